/// A net's groups on one GPU: weights uploaded, activations in one arena, everything captured as one graph.
#pragma once

#include "kernels/backend.hpp"
#include "kernels/cudnn/builder.hpp"
#include "kernels/cudnn/conversion.hpp"
#include "kernels/cudnn/stopwatch.hpp"

#include <memory>
#include <vector>

namespace ns::cudnn {

class CudnnPlan final : public Plan {
 public:
  static Result<std::unique_ptr<Plan>> prepare(std::shared_ptr<const Device> device, const Net& net,
                                               std::span<const Group> groups, const Weights& weights,
                                               bool isolated);
  ~CudnnPlan() override;
  CudnnPlan(const CudnnPlan&) = delete;
  CudnnPlan& operator=(const CudnnPlan&) = delete;

  void write_input(std::size_t index, std::span<const float> values) override;
  void run() override;
  [[nodiscard]] std::vector<float> read_output(std::size_t index) const override;
  /// Overwrites the L2 cache, then reads and writes the activations.
  void evict_weights() override;
  Sample time() override;
  Sample time_groups(std::span<Seconds> times) override;
  [[nodiscard]] Result<void> health() const override { return health_; }
  [[nodiscard]] std::string implementation(std::size_t index) const override;
  [[nodiscard]] Bytes weight_bytes() const override;
  [[nodiscard]] Bytes activation_bytes() const override;

 private:
  /// A step with its memory.
  struct Bound {
    std::vector<void*> operands;
    Enqueue enqueue;
  };
  struct Place {
    void* memory = nullptr;
    Kept kept;
  };

  explicit CudnnPlan(std::shared_ptr<const Device> device) : device_{std::move(device)} {}
  Result<void> finish(Builder::Product product, const Net& net, std::span<const Group> groups);
  Result<void> allocate(const Builder::Product& product);
  Result<void> try_once(const Net& net, std::span<const Group> groups) const;
  Result<void> capture();
  Result<void> capture_groups();
  [[nodiscard]] void* address(BufferId buffer) const;
  [[nodiscard]] Result<void> enqueue_group(std::size_t group) const;
  [[nodiscard]] Result<void> touch(void* memory, std::size_t bytes) const;
  /// The first failure stays; what is asked of the plan after it does nothing.
  void note(Result<void> done) const;

  std::shared_ptr<const Device> device_;
  std::vector<Buffer> buffers_;
  WeightStore weights_;
  DeviceMemory activations_;
  DeviceMemory scratch_;
  std::vector<std::size_t> offsets_;
  std::vector<Bound> steps_;
  std::vector<std::size_t> group_ends_;  // one past a group's last step
  std::vector<std::string> implementations_;
  bool isolated_ = false;
  std::vector<Place> inputs_;
  std::vector<Place> outputs_;
  Stopwatch stopwatch_;
  Graph graph_;
  std::vector<Event> marks_;  // around the groups, once they were timed
  Graph marked_graph_;        // the same with these
  mutable Result<void> health_;
};

}  // namespace ns::cudnn
