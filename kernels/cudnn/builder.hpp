/// Turns groups into steps: what the file of one layer type works with. Tensors are dense and row-major,
/// maps in either layout: a group reads them in the one that it asks for, of copies if need be. Whole numbers
/// and truth values are kept as float32, real ones as the device's setting says, unless a group is wide: then
/// it computes on copies in float32.
#pragma once

#include "core/error.hpp"
#include "kernels/cudnn/device.hpp"
#include "kernels/cudnn/step.hpp"
#include "kernels/cudnn/weight_store.hpp"
#include "net/group.hpp"
#include "net/weights.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ns::cudnn {

class Builder {
 public:
  Builder(const Device& device, const Net& net, std::span<const Group> groups, const Weights& weights,
          bool isolated);
  /// Makes the next group current. Called once per group, in order, before end().
  void begin(std::size_t group, bool is_wide);
  /// Gives the outputs of a wide group the type that they are kept as.
  void end();

  [[nodiscard]] const Device& device() const { return device_; }
  [[nodiscard]] const LayerConfig& config() const { return groups_[group_].config; }
  [[nodiscard]] std::size_t inputs() const { return groups_[group_].inputs.size(); }
  [[nodiscard]] const Shape& in(std::size_t index = 0) const;
  [[nodiscard]] std::size_t outputs() const { return groups_[group_].outputs.size(); }
  [[nodiscard]] const Shape& out(std::size_t index = 0) const;

  /// What real numbers of the current group are kept as.
  [[nodiscard]] Element real() const { return is_wide_ ? Element::float32 : kept_; }
  /// What numbers of `dtype` are.
  [[nodiscard]] Element element_of(DType dtype) const {
    return is_floating(dtype) ? real() : Element::float32;
  }
  [[nodiscard]] Element in_element(std::size_t index = 0) const;
  [[nodiscard]] Element out_element(std::size_t index = 0) const;

  /// The layout that input `index` comes in; nchw where both are the same.
  [[nodiscard]] Layout layout(std::size_t index = 0) const;
  /// The memory of input `index`.
  BufferId read(std::size_t index = 0, Layout layout = Layout::nchw);
  /// New memory for output `index`.
  BufferId write(std::size_t index = 0, Layout layout = Layout::nchw);
  /// Output `index` is input 0 under another name and, where that is in such a layout, shape.
  void rename(std::size_t index, Layout layout = Layout::nchw);
  /// Memory between this group's own steps, for real numbers.
  BufferId temporary(std::int64_t elements) { return temporary(elements, real()); }
  BufferId temporary(std::int64_t elements, Element element);
  /// Memory that nothing outlives one step in; none for no bytes, but still an operand.
  BufferId scratch(std::size_t bytes);

  /// The head's weight number `slot`; filters of whole numbers as the real ones that they stand for.
  Result<std::vector<float>> weight(std::size_t slot);
  /// The same on the device, of real numbers or of others.
  Result<BufferId> stored_weight(std::size_t slot) { return stored_weight(slot, real()); }
  Result<BufferId> stored_weight(std::size_t slot, Element element);
  /// The same of a weight that a layer may lack.
  Result<std::optional<BufferId>> stored_weight_if(bool is_there, std::size_t slot) {
    return stored_weight_if(is_there, slot, real());
  }
  Result<std::optional<BufferId>> stored_weight_if(bool is_there, std::size_t slot, Element element);
  /// Values that stay.
  Result<BufferId> constant(std::span<const float> values, Element element);
  [[nodiscard]] Element element_in(BufferId buffer) const { return product_.buffers[buffer].form.element; }
  /// Where a weight or constant stands, for trials while the plan is built.
  [[nodiscard]] void* address(BufferId stored) const { return product_.buffers[stored].memory; }

  void run(std::string implementation, std::vector<BufferId> operands, Enqueue enqueue);

  // What a plan takes over.
  struct Product {
    std::vector<Buffer> buffers;
    WeightStore weights;
    std::vector<Step> steps;
    std::vector<BufferId> inputs;
    std::vector<BufferId> outputs;
    std::size_t scratch_bytes = 0;
  };
  Product finish();

 private:
  BufferId add(Storage storage, Form form, std::size_t bytes);
  BufferId add_value(TensorId tensor, Form form);
  BufferId append_copy(TensorId tensor, Form form);

  const Device& device_;
  const Net& net_;
  std::span<const Group> groups_;
  const Weights& weights_;
  Element kept_;
  std::size_t group_ = 0;
  bool is_wide_ = false;
  std::vector<BufferId> values_;                            // by TensorId
  std::map<std::pair<TensorId, Layout>, BufferId> copies_;  // inputs of the current group in other forms
  Product product_;
};

}  // namespace ns::cudnn
