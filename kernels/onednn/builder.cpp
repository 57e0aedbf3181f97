#include "kernels/onednn/builder.hpp"

#include "kernels/stored_weight.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>

namespace ns::onednn {
namespace {

/// Larger weights are read and packed a part after the other.
constexpr std::size_t part_bytes = std::size_t{8} << 20;

}  // namespace

Builder::Builder(const Device& device, const Net& net, std::span<const Group> groups, const Weights& weights,
                 bool isolated)
    : device_{device},
      net_{net},
      groups_{groups},
      weights_{weights},
      isolated_{isolated},
      values_(net.tensors.size()) {
  find_roots();
  for (TensorId tensor = 0; tensor < values_.size(); ++tensor)
    values_[tensor].shape = net.tensors[tensor].type.shape;
  for (const TensorId input : net.inputs) {
    const TensorType& type = net.tensors[input].type;
    if (!isolated)
      values_[input].view = add_activation(dense(type.shape));
    else if (const auto bytes = behind_integers(device, type))
      values_[input].view = add_activation(*bytes);
  }
}

void Builder::find_roots() {
  roots_.resize(net_.tensors.size());
  std::iota(roots_.begin(), roots_.end(), 0);
  for (const Layer& layer : net_.layers) {
    if (!is_free(layer.params)) continue;
    for (const TensorId output : layer.outputs) roots_[output] = roots_[layer.inputs.front()];
  }
  last_use_.assign(net_.tensors.size(), 0);
  for (std::size_t group = 0; group < groups_.size(); ++group)
    for (const TensorId input : groups_[group].inputs) last_use_[roots_[input]] = group;
  persists_.assign(net_.tensors.size(), false);
  for (const TensorId output : net_.outputs) persists_[roots_[output]] = true;
  if (isolated_) return;
  for (const TensorId input : net_.inputs) persists_[input] = true;
}

void Builder::begin(std::size_t group) { group_ = group; }

const Shape& Builder::in(std::size_t index) const {
  return net_.tensors[groups_[group_].inputs[index]].type.shape;
}

const Shape& Builder::out(std::size_t index) const {
  return net_.tensors[groups_[group_].outputs[index]].type.shape;
}

View Builder::add_activation(const Desc& desc) {
  const std::size_t now = product_.steps.size();
  product_.buffers.push_back({Storage::activation, desc.get_size(), nullptr, now, now, false, false});
  return {static_cast<BufferId>(product_.buffers.size() - 1), desc};
}

Desc Builder::before_reshape(std::size_t index) {
  const auto& view = value(index).view;
  return view ? as_floats(view->desc) : behind_convolution(device_.engine, in(index));
}

std::optional<Desc> Builder::arriving_bytes(std::size_t index) const {
  const auto& [view, shape] = value(index);
  if (!view || shape != in(index) || element_of(view->desc) == dnnl::memory::data_type::f32)
    return std::nullopt;
  return with_elements(view->desc, element_of(view->desc)) == view->desc ? std::optional{view->desc}
                                                                         : std::nullopt;
}

const Shape& Builder::shape_before_reshape(std::size_t index) const { return value(index).shape; }

Desc Builder::arriving(std::size_t index) {
  return value(index).shape == in(index) ? before_reshape(index) : dense(in(index));
}

void Builder::settle(std::size_t index, const Desc& desc) {
  if (!value(index).view) read(index, desc);
}

View Builder::read_as(std::size_t index, const Shape& shape, const Desc& wanted) {
  Value& source = value(index);
  if (!source.view) {
    source = {add_activation(wanted), shape};
    product_.buffers[source.view->buffer].first_step = 0;  // written before the first step
  }
  View view = *source.view;
  if (view.desc == wanted) return view;
  if (source.shape != shape) {
    view = converted(view, dense(source.shape));
    view.desc = dense(shape);  // dense values may be seen under any shape
  }
  return converted(view, wanted);
}

View Builder::read_for_loops(std::size_t index) {
  const Desc desc = arriving(index);
  const bool known = onednn::layout_of(desc, dims_of(in(index))) != Layout::other;
  return read(index, known ? desc : dense(in(index)));
}

View Builder::converted(const View& from, const Desc& wanted) {
  if (from.desc == wanted) return from;
  const View target = add_activation(wanted);
  copy(from, target);
  return target;
}

bool Builder::may_overwrite(std::size_t index) const {
  const auto& inputs = groups_[group_].inputs;
  const TensorId root = roots_[inputs[index]];
  const auto readers =
      std::count_if(inputs.begin(), inputs.end(), [&](TensorId input) { return roots_[input] == root; });
  return readers == 1 && last_use_[root] == group_ && !persists_[root];
}

View Builder::write(const Desc& desc, std::size_t index) {
  const View view = add_activation(desc);
  values_[groups_[group_].outputs[index]].view = view;
  return view;
}

View Builder::write_as(const Desc& desc, std::size_t index) {
  const View view = add_activation(desc);
  values_[groups_[group_].outputs[index]].view = View{view.buffer, dense(out(index))};
  return view;
}

View Builder::write_over(const View& over, std::size_t index) {
  values_[groups_[group_].outputs[index]].view = over;
  product_.buffers[over.buffer].overwritten = true;
  return over;
}

void Builder::rename(std::size_t index) {
  if (!value(0).view) read(0, dense(in(0)));
  Value& renamed = values_[groups_[group_].outputs[index]];
  renamed.view = value(0).view;
  renamed.shape = value(0).shape;
}

Result<std::vector<float>> Builder::weight(std::size_t slot) {
  return ns::read_weight(weights_, net_, groups_[group_].layers.front(), slot);
}

Result<void> Builder::read_weight(std::size_t slot, std::int64_t first, std::span<float> values) {
  return ns::read_weight(weights_, net_, groups_[group_].layers.front(), slot, first, values);
}

Result<View> Builder::packed_weight(std::size_t slot, const Dims& dims, const Desc& to) {
  if (to == dense(dims))
    return constant_weight(slot).map([&](const View& view) { return View{view.buffer, to}; });
  if (to.get_size() > part_bytes) {
    const View target = add_weight(to);
    const auto done = pack_in_parts(slot, dims, to, product_.buffers.back().memory);
    if (!done) return tl::unexpected{done.error()};
    if (*done) return target;
  }
  auto values = weight(slot);
  if (!values) return tl::unexpected{std::move(values.error())};
  return pack(std::move(*values), dense(dims), to);
}

/// False where the layout cannot be filled so: its blocks of rows must not be cut.
Result<bool> Builder::pack_in_parts(std::size_t slot, const Dims& dims, const Desc& to,
                                    std::byte* memory) try {
  constexpr std::int64_t rows_of_block = 64;
  std::int64_t row = 1;
  for (std::size_t axis = 1; axis < dims.size(); ++axis) row *= dims[axis];
  const auto fitting =
      static_cast<std::int64_t>(part_bytes / sizeof(float)) / row / rows_of_block * rows_of_block;
  const auto step = std::max(fitting, rows_of_block);
  std::vector<float> values;
  for (std::int64_t first = 0; first < dims[0]; first += step) {
    Dims part = dims;
    part[0] = std::min(step, dims[0] - first);
    Dims offsets(dims.size(), 0);
    offsets[0] = first;
    values.resize(static_cast<std::size_t>(part[0] * row));
    if (auto read = read_weight(slot, first * row, values); !read)
      return tl::unexpected{std::move(read.error())};
    dnnl::memory source{dense(part), device_.engine, values.data()};
    dnnl::memory target{to.submemory_desc(part, offsets), device_.engine, memory};
    dnnl::stream stream = device_.stream;
    dnnl::reorder{source, target}.execute(stream, source, target);
    stream.wait();
  }
  return true;
} catch (const dnnl::error&) {
  return false;
}

Result<View> Builder::constant_weight(std::size_t slot) {
  const LayerId head = groups_[group_].layers.front();
  const auto count = weights(net_.layers[head].params, net_.input_types(head))[slot].shape.elements();
  const View target = add_weight(dense(Dims{count}));
  auto* const memory = reinterpret_cast<float*>(product_.buffers.back().memory);
  if (auto read = read_weight(slot, 0, {memory, static_cast<std::size_t>(count)}); !read)
    return tl::unexpected{std::move(read.error())};
  return target;
}

View Builder::add_weight(const Desc& desc) {
  std::byte* const memory = product_.weights.allocate(desc.get_size());
  product_.buffers.push_back({Storage::weight, desc.get_size(), memory, 0, 0, true, false});
  return {static_cast<BufferId>(product_.buffers.size() - 1), desc};
}

View Builder::pack(std::vector<float> values, const Desc& from, const Desc& to) {
  const View target = add_weight(to);
  dnnl::memory source{from, device_.engine, values.data()};
  dnnl::memory packed{to, device_.engine, product_.buffers.back().memory};
  dnnl::stream stream = device_.stream;
  dnnl::reorder{source, packed}.execute(stream, source, packed);
  stream.wait();
  return target;
}

View Builder::constant(std::span<const float> values) {
  const View target = add_weight(dense(Dims{static_cast<std::int64_t>(values.size())}));
  std::memcpy(product_.buffers.back().memory, values.data(), values.size_bytes());
  return target;
}

View Builder::scratch(std::size_t bytes) {
  product_.buffers.push_back({Storage::scratch, bytes, nullptr, 0, 0, false, false});
  product_.scratch_bytes = std::max(product_.scratch_bytes, bytes);
  return {static_cast<BufferId>(product_.buffers.size() - 1),
          dense(Dims{static_cast<std::int64_t>(bytes / 4)})};
}

void Builder::append(Step step) {
  const auto use = [&](const View& view) { product_.buffers[view.buffer].last_step = product_.steps.size(); };
  for (const Argument& argument : step.arguments) use(argument.view);
  for (const View& operand : step.operands) use(operand);
  step.group = group_;
  product_.steps.push_back(std::move(step));
}

void Builder::run(const Recipe& recipe, std::vector<Argument> arguments) {
  const Desc scratchpad = recipe.scratchpad();
  if (scratchpad.get_size() > 0) {
    View memory = scratch(scratchpad.get_size());
    memory.desc = scratchpad;
    arguments.push_back({DNNL_ARG_SCRATCHPAD, memory});
  }
  Step step;
  step.implementation = recipe.implementation();
  step.primitive = recipe.make();
  step.arguments = std::move(arguments);
  append(std::move(step));
}

void Builder::run(std::string implementation, Loop loop, std::vector<View> operands) {
  Step step;
  step.implementation = std::move(implementation);
  step.loop = std::move(loop);
  step.operands = std::move(operands);
  append(std::move(step));
}

/// Maps between the dense layout and another in a loop of our own where that is the faster one: oneDNN's
/// reorders of channels that fill no blocks take two to three times as long, but go to several threads.
bool Builder::copy_in_loop(const View& from, const View& to) {
  constexpr std::int64_t least_channels = 8;
  const Dims dims = extents_of(from.desc);
  if (device_.threads != 1 || dims.size() < 3 || dims[1] < least_channels) return false;
  const Layout source = onednn::layout_of(from.desc, dims);
  const Layout target = onednn::layout_of(to.desc, dims);
  const bool from_last = source == Layout::channels_last && target == Layout::dense;
  const bool to_last = source == Layout::dense && target == Layout::channels_last;
  const bool from_partial =
      target == Layout::dense && is_blocked(source) && dims[1] % block_of(source, dims[1]) != 0;
  if (!from_last && !to_last && !from_partial) return false;
  run("loops:relayout",
      [maps = maps_of(Shape{dims}, source), block = block_of(target, dims[1]),
       loop = device_.loops->relayout](float* const* memory) { loop(maps, block, memory[0], memory[1]); },
      {from, to});
  return true;
}

void Builder::copy(const View& from, const View& to) {
  if (copy_in_loop(from, to)) return;
  run(reorder(device_.engine, from.desc, to.desc), {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}});
  product_.steps.back().implementation = "reorder";
}

Builder::Product Builder::finish() {
  const auto keep = [&](TensorId tensor, std::vector<View>& views, std::vector<Shape>& shapes) {
    Value& kept = values_[tensor];
    if (!kept.view) kept.view = add_activation(dense(kept.shape));
    views.push_back(*kept.view);
    shapes.push_back(kept.shape);
    product_.buffers[kept.view->buffer].persistent = true;
  };
  for (const TensorId input : net_.inputs) keep(input, product_.inputs, product_.input_shapes);
  for (const TensorId output : net_.outputs) keep(output, product_.outputs, product_.output_shapes);
  return std::move(product_);
}

}  // namespace ns::onednn
