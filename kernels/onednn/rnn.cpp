#include "kernels/onednn/integer_recurrence.hpp"
#include "kernels/onednn/layers.hpp"
#include "kernels/onednn/recurrence.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace ns::onednn {
namespace {

/// All trained values, as the file has them.
struct Trained {
  std::vector<float> weight;
  std::vector<float> recurrence;
  std::vector<float> bias;                 // zeros where there is none
  std::vector<std::vector<float>> states;  // first ones
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
    auto bias = plan.weight(bias_slot(layer));
    if (!bias) return tl::unexpected{std::move(bias.error())};
    trained.bias = std::move(*bias);
  }
  auto states = read_stored_states(layer, plan);
  if (!states) return tl::unexpected{std::move(states.error())};
  trained.states = std::move(*states);
  return trained;
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
  auto bias = part(trained.bias, direction, layer);
  bias.resize(static_cast<std::size_t>(rows));  // the input's half
  plan.run(recipe, {{DNNL_ARG_SRC, {plan.read(0, dense(plan.in())).buffer, dense(source)}},
                    {DNNL_ARG_WEIGHTS,
                     plan.pack(part(trained.weight, direction, layer), dense(filters), recipe.weights())},
                    {DNNL_ARG_BIAS, plan.constant(bias)},
                    {DNNL_ARG_DST, gates}});
  return gates;
}

void build_recurrence(const Rnn& layer, Builder& plan, const Trained& trained, std::int64_t direction,
                      const View& gates) {
  const auto rows = gates_of(layer.kind) * layer.hidden;
  const auto states = plan.in()[1] * layer.hidden;
  const auto across = part(trained.recurrence, direction, layer);
  std::vector<float> along(across.size());  // the state's element first
  for (std::int64_t row = 0; row < rows; ++row)
    for (std::int64_t k = 0; k < layer.hidden; ++k)
      along[static_cast<std::size_t>(k * rows + row)] =
          across[static_cast<std::size_t>(row * layer.hidden + k)];
  auto bias = part(trained.bias, direction, layer);
  bias.erase(bias.begin(), bias.begin() + rows);  // the state's half stays
  const View room = plan.scratch(static_cast<std::size_t>(2 * rows + 2 * states) * sizeof(float));
  std::vector<View> operands{gates, plan.constant(along), plan.constant(bias), room};
  const StatePlaces places{layer, plan, trained.states, direction, operands};
  plan.run(
      "loops:recur",
      [work = work_of(layer, plan, direction), places, states, rows,
       loop = plan.device().loops->recur](float* const* memory) {
        const RecurrentStates outside = places.in(memory);
        float* const sums = memory[3];
        float* const h = sums + 2 * rows;
        float* const c = h + states;
        const auto fill = [&](float* state, const float* first) {
          if (first == nullptr) {
            std::fill_n(state, states, 0.0F);
          } else {
            std::copy_n(first, states, state);
          }
        };
        fill(h, outside.first_h);
        fill(c, outside.first_c);
        loop(work, memory[0], memory[1], memory[2], h, c, outside.y, sums);
        if (outside.last_h != nullptr) std::copy_n(h, states, outside.last_h);
        if (outside.last_c != nullptr) std::copy_n(c, states, outside.last_c);
      },
      std::move(operands));
}

}  // namespace

Result<void> build(const Rnn& layer, Builder& plan) {
  if (layer.quantisation.dynamic) return build_integer_recurrence(layer, plan);
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
