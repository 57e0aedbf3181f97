#include "kernels/cudnn/builder.hpp"

#include "kernels/cudnn/conversion.hpp"
#include "kernels/stored_weight.hpp"

#include <algorithm>

namespace ns::cudnn {
namespace {

std::size_t bytes_of(std::int64_t elements, Element element) {
  return static_cast<std::size_t>(elements) * size_of(element);
}

}  // namespace

Builder::Builder(const Device& device, const Net& net, std::span<const Group> groups, const Weights& weights)
    : device_{device},
      net_{net},
      groups_{groups},
      weights_{weights},
      kept_{element_of_math(device.selection().math)},
      values_(net.tensors.size(), 0) {
  for (const TensorId input : net.inputs)
    values_[input] = add_value(input, element_of(net.tensors[input].type.dtype));
}

BufferId Builder::add(Storage storage, Element element, std::size_t bytes) {
  const std::size_t now = product_.steps.size();
  product_.buffers.push_back({storage, element, bytes, nullptr, now, now, false});
  return static_cast<BufferId>(product_.buffers.size() - 1);
}

BufferId Builder::add_value(TensorId tensor, Element element) {
  return add(Storage::activation, element, bytes_of(net_.tensors[tensor].type.shape.elements(), element));
}

void Builder::begin(std::size_t group, bool is_wide) {
  group_ = group;
  is_wide_ = is_wide && kept_ != Element::float32;
  widened_.clear();
}

void Builder::end() {
  if (!is_wide_) return;
  is_wide_ = false;
  for (const TensorId output : groups_[group_].outputs) {
    const Element element = element_of(net_.tensors[output].type.dtype);
    const BufferId made = values_[output];
    if (product_.buffers[made].element == element) continue;
    values_[output] = add_value(output, element);
    append_conversion(made, values_[output]);
  }
}

void Builder::append_conversion(BufferId from, BufferId to) {
  const Element from_element = product_.buffers[from].element;
  const Element to_element = product_.buffers[to].element;
  const auto count = static_cast<std::int64_t>(product_.buffers[from].bytes / size_of(from_element));
  run("kernel:cast", {from, to},
      [&device = device_, from_element, to_element, count](std::span<void* const> memory) {
        return convert(device, memory[0], from_element, memory[1], to_element, count);
      });
}

const Shape& Builder::in(std::size_t index) const {
  return net_.tensors[groups_[group_].inputs[index]].type.shape;
}

const Shape& Builder::out(std::size_t index) const {
  return net_.tensors[groups_[group_].outputs[index]].type.shape;
}

Element Builder::in_element(std::size_t index) const {
  return element_of(net_.tensors[groups_[group_].inputs[index]].type.dtype);
}

Element Builder::out_element(std::size_t index) const {
  return element_of(net_.tensors[groups_[group_].outputs[index]].type.dtype);
}

BufferId Builder::read(std::size_t index) {
  const TensorId input = groups_[group_].inputs[index];
  if (product_.buffers[values_[input]].element == in_element(index)) return values_[input];
  const auto [widened, is_new] = widened_.try_emplace(input);
  if (is_new) {
    widened->second = add_value(input, Element::float32);
    append_conversion(values_[input], widened->second);
  }
  return widened->second;
}

BufferId Builder::write(std::size_t index) {
  return values_[groups_[group_].outputs[index]] = temporary(out(index).elements(), out_element(index));
}

void Builder::rename(std::size_t index) { values_[groups_[group_].outputs[index]] = read(); }

BufferId Builder::temporary(std::int64_t elements, Element element) {
  return add(Storage::activation, element, bytes_of(elements, element));
}

BufferId Builder::scratch(std::size_t bytes) {
  product_.scratch_bytes = std::max(product_.scratch_bytes, bytes);
  return add(Storage::scratch, Element::float32, bytes);
}

Result<std::vector<float>> Builder::weight(std::size_t slot) {
  return read_weight(weights_, net_, groups_[group_].layers.front(), slot);
}

Result<BufferId> Builder::stored_weight(std::size_t slot, Element element) {
  const auto values = weight(slot);
  if (!values) return tl::unexpected{values.error()};
  return constant(*values, element);
}

Result<std::optional<BufferId>> Builder::stored_weight_if(bool is_there, std::size_t slot, Element element) {
  if (!is_there) return std::optional<BufferId>{};
  return stored_weight(slot, element).map([](BufferId stored) { return std::optional{stored}; });
}

Result<BufferId> Builder::constant(std::span<const float> values, Element element) {
  const auto memory = product_.weights.keep(values, element, device_);
  if (!memory) return tl::unexpected{memory.error()};
  const BufferId id = add(Storage::weight, element, values.size() * size_of(element));
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
