#include "kernels/cudnn/builder.hpp"

#include "kernels/cudnn/conversion.hpp"
#include "kernels/cudnn/layers.hpp"
#include "kernels/stored_weight.hpp"

#include <algorithm>

namespace ns::cudnn {
namespace {

std::size_t bytes_of(std::int64_t elements, Element element) {
  return static_cast<std::size_t>(elements) * size_of(element);
}

/// Of an input of a plan that holds one layer: as the layer before would have left it.
Layout arriving_layout(std::span<const Group> groups, TensorId input, const Device& device) {
  if (device.selection().layout == Layout::nchw) return Layout::nchw;
  const auto reader = std::ranges::find_if(groups, [&](const Group& group) {
    return std::ranges::find(group.inputs, input) != group.inputs.end();
  });
  return reader != groups.end() && takes_layouts(reader->config) ? Layout::nhwc : Layout::nchw;
}

}  // namespace

Builder::Builder(const Device& device, const Net& net, std::span<const Group> groups, const Weights& weights,
                 bool isolated)
    : device_{device},
      net_{net},
      groups_{groups},
      weights_{weights},
      kept_{element_of_math(device.selection().math)},
      values_(net.tensors.size(), 0) {
  for (const TensorId input : net.inputs)
    values_[input] = add_value(input, {element_of(net.tensors[input].type.dtype),
                                       isolated ? arriving_layout(groups, input, device) : Layout::nchw});
}

BufferId Builder::add(Storage storage, Form form, std::size_t bytes) {
  const std::size_t now = product_.steps.size();
  product_.buffers.push_back({storage, form, bytes, nullptr, now, now, false});
  return static_cast<BufferId>(product_.buffers.size() - 1);
}

BufferId Builder::add_value(TensorId tensor, Form form) {
  return add(Storage::activation, form, bytes_of(net_.tensors[tensor].type.shape.elements(), form.element));
}

void Builder::begin(std::size_t group, bool is_wide) {
  group_ = group;
  is_wide_ = is_wide && kept_ != Element::float32;
  copies_.clear();
}

void Builder::end() {
  if (!is_wide_) return;
  is_wide_ = false;
  for (const TensorId output : groups_[group_].outputs) {
    const Element element = element_of(net_.tensors[output].type.dtype);
    const Form made = product_.buffers[values_[output]].form;
    if (made.element != element) values_[output] = append_copy(output, {element, made.layout});
  }
}

BufferId Builder::append_copy(TensorId tensor, Form form) {
  const BufferId from = values_[tensor];
  const BufferId to = add_value(tensor, form);
  const Kept kept{product_.buffers[from].form, net_.tensors[tensor].type.shape};
  run(kept.form.layout == form.layout ? "kernel:cast" : "kernel:transpose", {from, to},
      [&device = device_, kept, form](std::span<void* const> memory) {
        return convert(device, memory[0], kept, memory[1], form);
      });
  return to;
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

Layout Builder::layout(std::size_t index) const {
  return has_layouts(in(index)) ? product_.buffers[values_[groups_[group_].inputs[index]]].form.layout
                                : Layout::nchw;
}

BufferId Builder::read(std::size_t index, Layout layout) {
  const TensorId input = groups_[group_].inputs[index];
  const bool is_placed = !has_layouts(in(index)) || this->layout(index) == layout;
  if (is_placed && element_in(values_[input]) == in_element(index)) return values_[input];
  const auto [copy, is_new] = copies_.try_emplace({input, layout});
  if (is_new) copy->second = append_copy(input, {in_element(index), layout});
  return copy->second;
}

BufferId Builder::write(std::size_t index, Layout layout) {
  return values_[groups_[group_].outputs[index]] =
             add_value(groups_[group_].outputs[index], {out_element(index), layout});
}

void Builder::rename(std::size_t index, Layout layout) {
  values_[groups_[group_].outputs[index]] = read(0, layout);
}

BufferId Builder::temporary(std::int64_t elements, Element element) {
  return add(Storage::activation, {element}, bytes_of(elements, element));
}

BufferId Builder::scratch(std::size_t bytes) {
  product_.scratch_bytes = std::max(product_.scratch_bytes, bytes);
  return add(Storage::scratch, {}, bytes);
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
  const BufferId id = add(Storage::weight, {element}, values.size() * size_of(element));
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
