#include "kernels/onednn/recurrence.hpp"

#include <algorithm>
#include <utility>

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

std::int64_t states_of(const Rnn& layer, const Builder& plan) { return plan.in()[1] * layer.hidden; }

}  // namespace

RecurrentWork work_of(const Rnn& layer, const Builder& plan, std::int64_t direction) {
  RecurrentWork work;
  work.kind = recurrence_of(layer);
  work.steps = plan.in()[0];
  work.batch = plan.in()[1];
  work.inputs = plan.in()[2];
  work.hidden = layer.hidden;
  work.step_stride = directions_of(layer) * states_of(layer, plan);
  work.backwards = layer.direction == Rnn::Direction::reverse || direction == 1;
  return work;
}

std::vector<float> part(const std::vector<float>& values, std::int64_t direction, const Rnn& layer) {
  const auto count = static_cast<std::int64_t>(values.size()) / directions_of(layer);
  const auto first = values.begin() + direction * count;
  return {first, first + count};
}

Result<std::vector<std::vector<float>>> read_stored_states(const Rnn& layer, Builder& plan) {
  std::vector<std::vector<float>> states;
  for (std::size_t i = 0; i < layer.stored.size(); ++i) {
    auto state = plan.weight(bias_slot(layer) + (layer.bias ? 1 : 0) + i);
    if (!state) return tl::unexpected{std::move(state.error())};
    states.push_back(std::move(*state));
  }
  return states;
}

StatePlaces::StatePlaces(const Rnn& layer, Builder& plan, const std::vector<std::vector<float>>& stored,
                         std::int64_t direction, std::vector<View>& operands)
    : offset_{direction * states_of(layer, plan)} {
  const auto place_of = [&](const std::string& names, char name, auto&& view) -> std::size_t {
    const auto found = names.find(name);
    if (found == std::string::npos) return 0;
    operands.push_back(view(found));
    return operands.size() - 1;
  };
  const auto first = [&](char name) {
    const auto input = [&](std::size_t i) { return plan.read(1 + i, dense(plan.in(1 + i))); };
    const auto constant = [&](std::size_t i) { return plan.constant(stored[i]); };
    return std::max(place_of(layer.states, name, input), place_of(layer.stored, name, constant));
  };
  const auto output = [&](char name) {
    return place_of(layer.outputs, name, [&](std::size_t i) { return plan.written(i); });
  };
  first_h_ = first('h');
  first_c_ = first('c');
  y_ = output('y');
  last_h_ = output('h');
  last_c_ = output('c');
}

RecurrentStates StatePlaces::in(float* const* memory) const {
  const auto at = [&](std::size_t place) { return place == 0 ? nullptr : memory[place] + offset_; };
  return {at(first_h_), at(first_c_), at(y_), at(last_h_), at(last_c_)};
}

}  // namespace ns::onednn
