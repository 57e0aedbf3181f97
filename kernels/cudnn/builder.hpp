/// Turns groups into steps: what the file of one layer type works with. Tensors are dense, row-major,
/// float32.
#pragma once

#include "core/error.hpp"
#include "kernels/cudnn/device.hpp"
#include "kernels/cudnn/step.hpp"
#include "kernels/cudnn/weight_store.hpp"
#include "net/group.hpp"
#include "net/weights.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ns::cudnn {

class Builder {
 public:
  Builder(const Device& device, const Net& net, std::span<const Group> groups, const Weights& weights);
  /// Makes the next group current. Called once per group, in order.
  void begin(std::size_t group) { group_ = group; }

  [[nodiscard]] const Device& device() const { return device_; }
  [[nodiscard]] const LayerConfig& config() const { return groups_[group_].config; }
  [[nodiscard]] std::size_t inputs() const { return groups_[group_].inputs.size(); }
  [[nodiscard]] const Shape& in(std::size_t index = 0) const;
  [[nodiscard]] std::size_t outputs() const { return groups_[group_].outputs.size(); }
  [[nodiscard]] const Shape& out(std::size_t index = 0) const;

  /// The memory of input `index`.
  [[nodiscard]] BufferId read(std::size_t index = 0) const { return values_[groups_[group_].inputs[index]]; }
  /// New memory for output `index`.
  BufferId write(std::size_t index = 0);
  /// Output `index` is input 0 under another name and shape.
  void rename(std::size_t index);
  /// Memory between this group's own steps.
  BufferId temporary(std::int64_t elements);
  /// Memory that nothing outlives one step in; none for no bytes, but still an operand.
  BufferId scratch(std::size_t bytes);

  /// The head's weight number `slot`; filters of whole numbers as the real ones that they stand for.
  Result<std::vector<float>> weight(std::size_t slot);
  /// The same on the device.
  Result<BufferId> stored_weight(std::size_t slot);
  /// The same of a weight that a layer may lack.
  Result<std::optional<BufferId>> stored_weight_if(bool is_there, std::size_t slot);
  /// Values that stay.
  Result<BufferId> constant(std::span<const float> values);
  /// Where a weight or constant stands, for trials while the plan is built.
  [[nodiscard]] float* address(BufferId stored) const { return product_.buffers[stored].memory; }

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
  BufferId add(Storage storage, std::size_t bytes);

  const Device& device_;
  const Net& net_;
  std::span<const Group> groups_;
  const Weights& weights_;
  std::size_t group_ = 0;
  std::vector<BufferId> values_;  // by TensorId
  Product product_;
};

}  // namespace ns::cudnn
