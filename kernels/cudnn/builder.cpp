#include "kernels/cudnn/builder.hpp"

#include "kernels/stored_weight.hpp"

#include <algorithm>

namespace ns::cudnn {
namespace {

std::size_t bytes_of(std::int64_t elements) { return static_cast<std::size_t>(elements) * sizeof(float); }

}  // namespace

Builder::Builder(const Device& device, const Net& net, std::span<const Group> groups, const Weights& weights)
    : device_{device}, net_{net}, groups_{groups}, weights_{weights}, values_(net.tensors.size(), 0) {
  for (const TensorId input : net.inputs)
    values_[input] = add(Storage::activation, bytes_of(net.tensors[input].type.shape.elements()));
}

BufferId Builder::add(Storage storage, std::size_t bytes) {
  const std::size_t now = product_.steps.size();
  product_.buffers.push_back({storage, bytes, nullptr, now, now, false});
  return static_cast<BufferId>(product_.buffers.size() - 1);
}

const Shape& Builder::in(std::size_t index) const {
  return net_.tensors[groups_[group_].inputs[index]].type.shape;
}

const Shape& Builder::out(std::size_t index) const {
  return net_.tensors[groups_[group_].outputs[index]].type.shape;
}

BufferId Builder::write(std::size_t index) {
  return values_[groups_[group_].outputs[index]] = temporary(out(index).elements());
}

void Builder::rename(std::size_t index) { values_[groups_[group_].outputs[index]] = read(); }

BufferId Builder::temporary(std::int64_t elements) { return add(Storage::activation, bytes_of(elements)); }

BufferId Builder::scratch(std::size_t bytes) {
  product_.scratch_bytes = std::max(product_.scratch_bytes, bytes);
  return add(Storage::scratch, bytes);
}

Result<std::vector<float>> Builder::weight(std::size_t slot) {
  return read_weight(weights_, net_, groups_[group_].layers.front(), slot);
}

Result<BufferId> Builder::stored_weight(std::size_t slot) {
  const auto values = weight(slot);
  if (!values) return tl::unexpected{values.error()};
  return constant(*values);
}

Result<std::optional<BufferId>> Builder::stored_weight_if(bool is_there, std::size_t slot) {
  if (!is_there) return std::optional<BufferId>{};
  return stored_weight(slot).map([](BufferId stored) { return std::optional{stored}; });
}

Result<BufferId> Builder::constant(std::span<const float> values) {
  const auto memory = product_.weights.keep(values, device_.stream());
  if (!memory) return tl::unexpected{memory.error()};
  const BufferId id = add(Storage::weight, values.size_bytes());
  product_.buffers[id].memory = *memory;
  return id;
}

void Builder::run(std::string implementation, std::vector<BufferId> operands, Enqueue enqueue) {
  for (const BufferId operand : operands) product_.buffers[operand].last_step = product_.steps.size();
  product_.steps.push_back({group_, std::move(implementation), std::move(operands), std::move(enqueue)});
}

Builder::Product Builder::finish() {
  const auto keep = [&](TensorId tensor, std::vector<BufferId>& kept) {
    kept.push_back(values_[tensor]);
    product_.buffers[values_[tensor]].persistent = true;
  };
  for (const TensorId input : net_.inputs) keep(input, product_.inputs);
  for (const TensorId output : net_.outputs) keep(output, product_.outputs);
  return std::move(product_);
}

}  // namespace ns::cudnn
