// One call of cuDNN, behind and before copies where it has another order: of time, of an only direction that
// goes backwards; of directions, in the output of two.
#include "net/layers/rnn.hpp"

#include "kernels/cudnn/conversion.hpp"
#include "kernels/cudnn/layers.hpp"
#include "kernels/cudnn/moves.hpp"
#include "kernels/cudnn/recurrent.hpp"

#include <array>
#include <bit>
#include <memory>

namespace ns::cudnn {
namespace {

Result<void> send(void* to, const std::vector<float>& values, std::int64_t first, std::int64_t count,
                  const Device& device) {
  return send(to, std::span{values}.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count)),
              {Form{}, Shape{count}}, device);
}

/// The trained values, as the file has them.
struct Trained {
  std::array<std::vector<float>, 2> matrices;  // of inputs and of states
  std::vector<float> bias;
};

Result<Trained> read_trained(const Rnn& layer, Builder& plan) {
  Trained trained;
  for (std::size_t slot = 0; slot < (layer.bias ? 3U : 2U); ++slot) {
    auto values = plan.weight(slot);
    if (!values) return tl::unexpected{std::move(values.error())};
    (slot == 2 ? trained.bias : trained.matrices.at(slot)) = std::move(*values);
  }
  return trained;
}

Result<BufferId> weight_space(const Rnn& layer, const Recurrent& recurrent, Builder& plan) {
  const auto trained = read_trained(layer, plan);
  if (!trained) return tl::unexpected{trained.error()};
  const std::size_t words = (recurrent.weight_bytes + sizeof(float) - 1) / sizeof(float);
  auto space = plan.constant(std::vector<float>(words, 0.0F), Element::float32);
  if (!space) return space;
  const auto gates = gates_of(layer.kind);
  for (std::int64_t i = 0; i < directions_of(layer) * 2 * gates; ++i) {
    const auto direction = i / (2 * gates);
    const auto number = i % (2 * gates);
    const auto of_state = number / gates;
    const auto gate = gate_of(layer.kind, number % gates);
    const auto place = gate_address(recurrent, plan.device(), plan.address(*space), direction, number);
    if (!place) return tl::unexpected{place.error()};
    const auto count = layer.hidden * (of_state == 1 ? layer.hidden : plan.in()[2]);
    auto sent = send(place->matrix, trained->matrices.at(static_cast<std::size_t>(of_state)),
                     (direction * gates + gate) * count, count, plan.device());
    if (sent && layer.bias)
      sent = send(place->bias, trained->bias, ((direction * 2 + of_state) * gates + gate) * layer.hidden,
                  layer.hidden, plan.device());
    if (!sent) return tl::unexpected{std::move(sent.error())};
  }
  return space;
}

/// cuDNN 8 reads them on the device as well; cuDNN 9 no more.
Result<BufferId> sequence_lengths(const Shape& input, Builder& plan) {
  const auto length = std::bit_cast<float>(static_cast<std::int32_t>(input[0]));
  return plan.constant(std::vector<float>(static_cast<std::size_t>(input[1]), length), Element::float32);
}

/// [steps, elements] the other way round.
void append_reversed(Builder& plan, BufferId from, BufferId to, std::int64_t steps, std::int64_t elements) {
  append_move(plan, from, to, {{steps, elements}, {-elements, 1}, {elements, 1}, (steps - 1) * elements, 0});
}

/// cuDNN's y [steps, N, directions, hidden] as [steps, directions, N, hidden], last step first if `turned`.
void append_outputs(Builder& plan, BufferId from, BufferId to, const Rnn& layer, bool turned) {
  const auto steps = plan.in()[0];
  const auto batch = plan.in()[1];
  const auto directions = directions_of(layer);
  if (turned) return append_reversed(plan, from, to, steps, batch * layer.hidden);
  const auto all = batch * directions * layer.hidden;
  append_move(plan, from, to,
              {{steps, directions, batch, layer.hidden},
               {all, layer.hidden, directions * layer.hidden, 1},
               {all, batch * layer.hidden, layer.hidden, 1}});
}

/// Operands of the call, which a layer may lack; 0 is none.
struct Places {
  std::size_t first_h = 0;
  std::size_t first_c = 0;
  std::size_t last_h = 0;
  std::size_t last_c = 0;
};

struct Operands {
  std::vector<BufferId> list;
  Places places;

  std::size_t add(BufferId buffer) {
    list.push_back(buffer);
    return list.size() - 1;
  }
};

/// A first state that is an input or stored; 0 where it is neither.
Result<std::size_t> add_first(char name, const Rnn& layer, Builder& plan, Operands& operands) {
  if (const auto place = layer.states.find(name); place != std::string::npos)
    return operands.add(plan.read(1 + place));
  const auto place = layer.stored.find(name);
  if (place == std::string::npos) return std::size_t{0};
  const auto stored = plan.stored_weight((layer.bias ? 3 : 2) + place);
  if (!stored) return tl::unexpected{stored.error()};
  return operands.add(*stored);
}

std::size_t add_last(char name, const Rnn& layer, Builder& plan, Operands& operands) {
  const auto place = layer.outputs.find(name);
  return place == std::string::npos ? 0 : operands.add(plan.write(place));
}

void append_call(Builder& plan, const std::shared_ptr<const Recurrent>& recurrent, Operands operands) {
  plan.run("cudnn:rnn", std::move(operands.list),
           [&device = plan.device(), recurrent, places = operands.places](std::span<void* const> memory) {
             const Recurrent& made = *recurrent;
             const auto at = [&](std::size_t place) { return place == 0 ? nullptr : memory[place]; };
             return check(
                 cudnnRNNForward(device.dnn(), made.layer.get(), CUDNN_FWD_MODE_INFERENCE,
                                 static_cast<const std::int32_t*>(memory[3]), made.x.get(), memory[0],
                                 made.y.get(), memory[1], made.state.get(), at(places.first_h),
                                 at(places.last_h), made.state.get(), at(places.first_c), at(places.last_c),
                                 made.weight_bytes, memory[2], made.workspace, memory[4], 0, nullptr),
                 "cudnnRNNForward");
           });
}

}  // namespace

Result<void> build(const Rnn& layer, Builder& plan) {
  auto described = recurrent_of(layer, plan.in(), plan.device());
  if (!described) return tl::unexpected{std::move(described.error())};
  const auto recurrent = std::make_shared<const Recurrent>(std::move(*described));
  const auto weights = weight_space(layer, *recurrent, plan);
  if (!weights) return tl::unexpected{weights.error()};
  const auto lengths = sequence_lengths(plan.in(), plan);
  if (!lengths) return tl::unexpected{lengths.error()};

  const bool turned = layer.direction == Rnn::Direction::reverse;
  BufferId x = plan.read();
  if (turned) {
    x = plan.temporary(plan.in().elements());
    append_reversed(plan, plan.read(), x, plan.in()[0], plan.in()[1] * plan.in()[2]);
  }
  const auto wanted = layer.outputs.find('y');
  const bool moves = turned || directions_of(layer) == 2 || wanted == std::string::npos;
  const BufferId y = moves ? plan.temporary(plan.in()[0] * plan.in()[1] * directions_of(layer) * layer.hidden)
                           : plan.write(wanted);
  Operands operands{{x, y, *weights, *lengths, plan.scratch(recurrent->workspace)}, {}};
  const auto first_h = add_first('h', layer, plan, operands);
  if (!first_h) return tl::unexpected{first_h.error()};
  const auto first_c = add_first('c', layer, plan, operands);
  if (!first_c) return tl::unexpected{first_c.error()};
  operands.places = {*first_h, *first_c, add_last('h', layer, plan, operands),
                     add_last('c', layer, plan, operands)};
  append_call(plan, recurrent, std::move(operands));
  if (moves && wanted != std::string::npos) append_outputs(plan, y, plan.write(wanted), layer, turned);
  return {};
}

}  // namespace ns::cudnn
