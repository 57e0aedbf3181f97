#include "kernels/onednn/layers.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace ns::onednn {
namespace {

Recurrence recurrence_of(const Rnn& layer) {
  switch (layer.kind) {
    case Rnn::Kind::lstm:
      return Recurrence::lstm;
    case Rnn::Kind::gru:
      return layer.reset_after ? Recurrence::gru_reset_after : Recurrence::gru;
    case Rnn::Kind::rnn:
      return Recurrence::plain;
  }
  return Recurrence::plain;
}

/// All trained values, as the file has them.
struct Trained {
  std::vector<float> weight;
  std::vector<float> recurrence;
  std::vector<float> bias;                 // zeros where there is none
  std::vector<std::vector<float>> states;  // first ones that are stored, in the order of Rnn::stored
};

Result<Trained> read_all(const Rnn& layer, Builder& plan) {
  auto weight = plan.weight(0);
  if (!weight) return tl::unexpected{std::move(weight.error())};
  auto recurrence = plan.weight(1);
  if (!recurrence) return tl::unexpected{std::move(recurrence.error())};
  const auto count = directions_of(layer) * 2 * gates_of(layer.kind) * layer.hidden;
  Trained trained{
      std::move(*weight), std::move(*recurrence), std::vector<float>(static_cast<std::size_t>(count)), {}};
  if (layer.bias) {
    auto bias = plan.weight(2);
    if (!bias) return tl::unexpected{std::move(bias.error())};
    trained.bias = std::move(*bias);
  }
  for (std::size_t i = 0; i < layer.stored.size(); ++i) {
    auto state = plan.weight((layer.bias ? 3 : 2) + i);
    if (!state) return tl::unexpected{std::move(state.error())};
    trained.states.push_back(std::move(*state));
  }
  return trained;
}

/// One direction's part of `values`, of `count` each.
std::vector<float> part(const std::vector<float>& values, std::int64_t direction, std::int64_t count) {
  const auto first = values.begin() + direction * count;
  return {first, first + count};
}

/// What all steps' inputs add to the gates: one product.
Result<View> build_gates(const Rnn& layer, Builder& plan, const Trained& trained, std::int64_t direction) {
  const auto rows = gates_of(layer.kind) * layer.hidden;
  const auto inputs = plan.in()[2];
  const Dims source{plan.in()[0] * plan.in()[1], inputs};
  const Dims filters{rows, inputs};
  const Recipe recipe = inner_product(plan.device().engine, dense(source), any(filters), dense(Dims{rows}),
                                      dense(Dims{source[0], rows}), {});
  if (!recipe)
    return failure(Errc::unsupported,
                   fmt::format("oneDNN has no implementation of {}", print(plan.config())));
  const View gates = plan.temporary(recipe.destination());
  const auto bias = part(trained.bias, 2 * direction, rows);
  plan.run(recipe, {{DNNL_ARG_SRC, {plan.read(0, dense(plan.in())).buffer, dense(source)}},
                    {DNNL_ARG_WEIGHTS, plan.pack(part(trained.weight, direction, rows * inputs),
                                                 dense(filters), recipe.weights())},
                    {DNNL_ARG_BIAS, plan.constant(bias)},
                    {DNNL_ARG_DST, gates}});
  return gates;
}

/// Where the loop finds its memory, among its operands.
struct Places {
  std::size_t first_h = 0;  // 0: none is given
  std::size_t first_c = 0;
  std::size_t y = 0;
  std::size_t last_h = 0;
  std::size_t last_c = 0;
};

void build_recurrence(const Rnn& layer, Builder& plan, const Trained& trained, std::int64_t direction,
                      const View& gates) {
  const auto rows = gates_of(layer.kind) * layer.hidden;
  const auto states = plan.in()[1] * layer.hidden;
  const auto across = part(trained.recurrence, direction, rows * layer.hidden);
  std::vector<float> along(across.size());  // the state's element first
  for (std::int64_t row = 0; row < rows; ++row)
    for (std::int64_t k = 0; k < layer.hidden; ++k)
      along[static_cast<std::size_t>(k * rows + row)] =
          across[static_cast<std::size_t>(row * layer.hidden + k)];
  const auto bias = part(trained.bias, 2 * direction + 1, rows);
  const View room = plan.scratch(static_cast<std::size_t>(2 * rows + 2 * states) * sizeof(float));
  std::vector<View> operands{gates, plan.constant(along), plan.constant(bias), room};
  const auto place_of = [&](const std::string& names, char name, auto&& view) -> std::size_t {
    const auto found = names.find(name);
    if (found == std::string::npos) return 0;
    operands.push_back(view(found));
    return operands.size() - 1;
  };
  const auto input = [&](std::size_t i) { return plan.read(1 + i, dense(plan.in(1 + i))); };
  const auto output = [&](std::size_t i) { return plan.written(i); };
  const auto stored = [&](std::size_t i) { return plan.constant(trained.states[i]); };
  const auto first = [&](char name) {
    return std::max(place_of(layer.states, name, input), place_of(layer.stored, name, stored));
  };
  const Places places{first('h'), first('c'), place_of(layer.outputs, 'y', output),
                      place_of(layer.outputs, 'h', output), place_of(layer.outputs, 'c', output)};
  RecurrentWork work;
  work.kind = recurrence_of(layer);
  work.steps = plan.in()[0];
  work.batch = plan.in()[1];
  work.hidden = layer.hidden;
  work.step_stride = directions_of(layer) * states;
  work.backwards = layer.direction == Rnn::Direction::reverse || direction == 1;
  const auto offset = direction * states;
  plan.run(
      "loops:recur",
      [work, places, offset, states, rows, loop = plan.device().loops->recur](float* const* memory) {
        float* const sums = memory[3];
        float* const h = sums + 2 * rows;
        float* const c = h + states;
        const auto fill = [&](float* state, std::size_t place) {
          if (place == 0) {
            std::fill_n(state, states, 0.0F);
          } else {
            std::copy_n(memory[place] + offset, states, state);
          }
        };
        fill(h, places.first_h);
        fill(c, places.first_c);
        loop(work, memory[0], memory[1], memory[2], h, c, places.y == 0 ? nullptr : memory[places.y] + offset,
             sums);
        if (places.last_h != 0) std::copy_n(h, states, memory[places.last_h] + offset);
        if (places.last_c != 0) std::copy_n(c, states, memory[places.last_c] + offset);
      },
      std::move(operands));
}

}  // namespace

Result<void> build(const Rnn& layer, Builder& plan) {
  const auto trained = read_all(layer, plan);
  if (!trained) return tl::unexpected{trained.error()};
  std::vector<View> gates;
  for (std::int64_t direction = 0; direction < directions_of(layer); ++direction) {
    auto made = build_gates(layer, plan, *trained, direction);
    if (!made) return tl::unexpected{std::move(made.error())};
    gates.push_back(*made);
  }
  for (std::size_t i = 0; i < plan.outputs(); ++i) plan.write(dense(plan.out(i)), i);
  for (std::size_t direction = 0; direction < gates.size(); ++direction)
    build_recurrence(layer, plan, *trained, static_cast<std::int64_t>(direction), gates[direction]);
  return {};
}

}  // namespace ns::onednn
