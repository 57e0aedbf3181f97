/// Turns groups into steps: what the file of one layer type works with.
#pragma once

#include "core/error.hpp"
#include "kernels/onednn/device.hpp"
#include "kernels/onednn/layout.hpp"
#include "kernels/onednn/step.hpp"
#include "kernels/onednn/weight_store.hpp"
#include "net/group.hpp"
#include "net/weights.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ns::onednn {

class Builder {
 public:
  /// `isolated`: the net's inputs take the layout that their first reader asks for, and may be overwritten.
  Builder(const Device& device, const Net& net, std::span<const Group> groups, const Weights& weights,
          bool isolated);
  /// Makes the next group current. Called once per group, in order.
  void begin(std::size_t group);

  [[nodiscard]] const Device& device() const { return device_; }
  [[nodiscard]] const LayerConfig& config() const { return groups_[group_].config; }
  [[nodiscard]] std::size_t inputs() const { return groups_[group_].inputs.size(); }
  [[nodiscard]] const Shape& in(std::size_t index = 0) const;
  [[nodiscard]] std::size_t outputs() const { return groups_[group_].outputs.size(); }
  [[nodiscard]] const Shape& out(std::size_t index = 0) const;

  /// The layout in which input `index` arrives, as float32; behind a convolution for one that is still free.
  [[nodiscard]] Desc arriving(std::size_t index = 0);
  /// Its layout where it arrives as 8-bit whole numbers, in one that our loops know.
  [[nodiscard]] std::optional<Desc> arriving_bytes(std::size_t index = 0) const;
  /// The first before reshapes, which rename the axes and leave the memory alone: a blocked map that is now
  /// called a row.
  [[nodiscard]] Desc before_reshape(std::size_t index = 0);
  /// The shape that goes with before_reshape().
  [[nodiscard]] const Shape& shape_before_reshape(std::size_t index = 0) const;
  /// Has input `index` arrive in the layout `desc` if it is still free.
  void settle(std::size_t index, const Desc& desc);
  /// Input `index` in the layout `wanted`, behind a reorder if it arrives in another.
  View read(std::size_t index, const Desc& wanted) { return read_as(index, in(index), wanted); }
  /// Input `index` in a layout that our loops know: as it arrives if they do, else dense.
  View read_for_loops(std::size_t index = 0);
  [[nodiscard]] Layout layout_of(std::size_t index, const View& view) const {
    return onednn::layout_of(view.desc, dims_of(in(index)));
  }
  /// The same under another shape of as many elements, which `wanted` goes with.
  View read_as(std::size_t index, const Shape& shape, const Desc& wanted);
  /// Whether `view` is the memory of input `index` itself and not a reordered copy.
  [[nodiscard]] bool is_own(std::size_t index, const View& view) const {
    return value(index).view->buffer == view.buffer;
  }
  /// Whether input `index` dies here, so that its memory may hold the output.
  [[nodiscard]] bool may_overwrite(std::size_t index) const;

  /// Memory for output `index` in a layout.
  View write(const Desc& desc, std::size_t index = 0);
  /// Memory for output `index` that the writer sees in the dense layout `desc` of another shape.
  View write_as(const Desc& desc, std::size_t index = 0);
  /// Output `index` in the memory of `over`.
  View write_over(const View& over, std::size_t index = 0);
  /// Output `index` is input 0 under another name and shape.
  void rename(std::size_t index);

  /// The head's weight number `slot`, dense; filters of whole numbers without their zero points and, unless
  /// they are multiplied as such, as the real ones that they stand for.
  Result<std::vector<float>> weight(std::size_t slot);
  /// The same, packed: seen as dense `dims`, in the layout `to`. Read and packed in parts, so that a large
  /// one is never there twice.
  Result<View> packed_weight(std::size_t slot, const Dims& dims, const Desc& to);
  /// The same as it is.
  Result<View> constant_weight(std::size_t slot);
  /// Values that stay, packed from one layout into another.
  View pack(std::vector<float> values, const Desc& from, const Desc& to);
  /// Values that stay, as they are.
  View constant(std::span<const float> values);
  /// Output `index`, which has been written to already.
  [[nodiscard]] View written(std::size_t index) const {
    return *values_[groups_[group_].outputs[index]].view;
  }
  /// Memory between this group's own steps.
  View temporary(const Desc& desc) { return add_activation(desc); }
  /// Memory that nothing outlives one step in.
  View scratch(std::size_t bytes);

  /// Appends a primitive; its scratchpad is added.
  void run(const Recipe& recipe, std::vector<Argument> arguments);
  void run(std::string implementation, Loop loop, std::vector<View> operands);
  /// Copies values from one layout to another.
  void copy(const View& from, const View& to);

  // What a plan takes over.
  struct Product {
    std::vector<Buffer> buffers;
    WeightStore weights;
    std::vector<Step> steps;
    std::vector<View> inputs;
    std::vector<View> outputs;
    std::vector<Shape> input_shapes;  // that go with their layouts
    std::vector<Shape> output_shapes;
    std::size_t scratch_bytes = 0;
  };
  Product finish();

 private:
  struct Value {
    std::optional<View> view;  // none: an input of an isolated net that nobody has read yet
    Shape shape;               // under which the view's layout was made; reshapes leave it
  };
  View add_activation(const Desc& desc);
  [[nodiscard]] Value& value(std::size_t input) { return values_[groups_[group_].inputs[input]]; }
  [[nodiscard]] const Value& value(std::size_t input) const { return values_[groups_[group_].inputs[input]]; }
  void find_roots();
  void append(Step step);
  View converted(const View& from, const Desc& wanted);
  bool copy_in_loop(const View& from, const View& to);
  Result<void> read_weight(std::size_t slot, std::int64_t first, std::span<float> values);
  Result<bool> pack_in_parts(std::size_t slot, const Dims& dims, const Desc& to, std::byte* memory);
  View add_weight(const Desc& desc);

  const Device& device_;
  const Net& net_;
  std::span<const Group> groups_;
  const Weights& weights_;
  bool isolated_;
  std::size_t group_ = 0;
  std::vector<Value> values_;          // by TensorId
  std::vector<TensorId> roots_;        // by TensorId: whose memory a renamed tensor shares
  std::vector<std::size_t> last_use_;  // by root: the last group that reads it
  std::vector<bool> persists_;         // by root: holds an input or output of the net
  Product product_;
};

}  // namespace ns::onednn
