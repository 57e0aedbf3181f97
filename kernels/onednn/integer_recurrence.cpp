#include "kernels/onednn/integer_recurrence.hpp"

#include "kernels/onednn/recurrence.hpp"

#include <array>
#include <cstring>
#include <utility>

namespace ns::onednn {
namespace {

/// As they are stored, by direction; filters without their zero points.
struct Trained {
  std::array<std::vector<float>, 2> filters;  // of the input, of the state
  std::array<std::vector<float>, 2> factors;  // likewise
  std::vector<float> bias;                    // zeros where there is none
  std::vector<std::vector<float>> states;
};

Result<Trained> read_all(const Rnn& layer, Builder& plan) {
  Trained trained;
  const auto read = [&](std::size_t slot, std::vector<float>& values) -> Result<void> {
    auto weight = plan.weight(slot);
    if (!weight) return tl::unexpected{std::move(weight.error())};
    values = std::move(*weight);
    return {};
  };
  Result<void> done;
  for (std::size_t i = 0; i < 2 && done; ++i) {
    done = read(i, trained.filters.at(i));
    if (done) done = read(2 + i, trained.factors.at(i));
  }
  trained.bias.resize(2 * trained.factors[0].size());
  if (done && layer.bias) done = read(bias_slot(layer), trained.bias);
  if (!done) return tl::unexpected{std::move(done.error())};
  auto states = read_stored_states(layer, plan);
  if (!states) return tl::unexpected{std::move(states.error())};
  trained.states = std::move(*states);
  return trained;
}

/// In pairs of bytes.
std::vector<float> packed(const std::vector<float>& filters) {
  std::vector<std::int16_t> numbers(filters.begin(), filters.end());
  std::vector<float> words((numbers.size() + 1) / 2);
  std::memcpy(words.data(), numbers.data(), numbers.size() * sizeof(std::int16_t));
  return words;
}

/// Room that the loop asks for.
View room_of(const RecurrentWork& work, Builder& plan) {
  const auto states = work.batch * work.hidden;
  const auto vectors = work.steps * work.batch;
  const auto bytes =
      16 * states + 16 * work.hidden * (vectors + work.batch) + 6 * states + 2 * vectors * work.inputs;
  return plan.scratch(static_cast<std::size_t>(bytes));
}

void build_direction(const Rnn& layer, Builder& plan, const Trained& trained, std::int64_t direction) {
  const RecurrentWork work = work_of(layer, plan, direction);
  auto factors = part(trained.factors[0], direction, layer);
  const auto of_state = part(trained.factors[1], direction, layer);
  factors.insert(factors.end(), of_state.begin(), of_state.end());
  std::vector<View> operands{plan.read(0, dense(plan.in())),
                             plan.constant(packed(part(trained.filters[0], direction, layer))),
                             plan.constant(packed(part(trained.filters[1], direction, layer))),
                             plan.constant(factors),
                             plan.constant(part(trained.bias, direction, layer)),
                             room_of(work, plan)};
  const StatePlaces places{layer, plan, trained.states, direction, operands};
  plan.run(
      "loops:recur_int8",
      [work, places, loop = plan.device().loops->recur_integers](float* const* memory) {
        const auto shorts = [&](std::size_t i) { return reinterpret_cast<const std::int16_t*>(memory[i]); };
        loop(work, {shorts(1), shorts(2), memory[3], memory[4]}, memory[0], places.in(memory), memory[5]);
      },
      std::move(operands));
}

}  // namespace

Result<void> build_integer_recurrence(const Rnn& layer, Builder& plan) {
  const auto trained = read_all(layer, plan);
  if (!trained) return tl::unexpected{trained.error()};
  for (std::size_t i = 0; i < plan.outputs(); ++i) plan.write(dense(plan.out(i)), i);
  for (std::int64_t direction = 0; direction < directions_of(layer); ++direction)
    build_direction(layer, plan, *trained, direction);
  return {};
}

}  // namespace ns::onednn
