/// A net run layer by layer with the reference's loops.
#pragma once

#include "kernels/backend.hpp"
#include "kernels/reference/operands.hpp"

#include <span>
#include <vector>

namespace ns::reference {

class ReferencePlan final : public Plan {
 public:
  /// bad_input or io if a weight cannot be read; unsupported if a layer or the net's size is.
  static Result<std::unique_ptr<ReferencePlan>> prepare(const Net& net, std::span<const Group> groups,
                                                        const Weights& weights);

  void write_input(std::size_t index, std::span<const float> values) override;
  void run() override;
  [[nodiscard]] std::vector<float> read_output(std::size_t index) const override;
  void evict_weights() override;
  Sample time() override;
  Sample time_groups(std::span<Seconds> times) override;
  [[nodiscard]] std::string implementation(std::size_t index) const override;
  [[nodiscard]] Bytes weight_bytes() const override;
  [[nodiscard]] Bytes activation_bytes() const override;

 private:
  void run_layer(LayerId layer);

  Net net_;
  std::vector<std::vector<LayerId>> groups_;
  std::vector<Array> tensors_;               // by TensorId
  std::vector<std::vector<Array>> weights_;  // by LayerId, then slot
};

}  // namespace ns::reference
