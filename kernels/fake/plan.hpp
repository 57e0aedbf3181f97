/// The reference's plan with the fake device's times.
#pragma once

#include "kernels/fake/script.hpp"
#include "kernels/reference/plan.hpp"

#include <memory>
#include <vector>

namespace ns::fake {

class FakePlan final : public Plan {
 public:
  static Result<std::unique_ptr<Plan>> prepare(const Script& script, const Net& net,
                                               std::span<const Group> groups, const Weights& weights);

  void write_input(std::size_t index, std::span<const float> values) override {
    plan_->write_input(index, values);
    computed_ = false;
  }
  /// Passes its time; what nobody reads is not computed.
  void run() override;
  [[nodiscard]] std::vector<float> read_output(std::size_t index) const override;
  void evict_weights() override { cold_ = true; }
  Sample time() override;
  Sample time_groups(std::span<Seconds> times) override;
  [[nodiscard]] std::string implementation(std::size_t) const override { return "fake"; }
  [[nodiscard]] Bytes weight_bytes() const override { return plan_->weight_bytes(); }
  [[nodiscard]] Bytes activation_bytes() const override { return plan_->activation_bytes(); }

 private:
  /// One run, of as much time and energy as its groups; theirs are put into `times`.
  Sample pass(std::span<Seconds> times);

  Script script_;
  std::unique_ptr<Plan> plan_;
  std::vector<LayerCost> costs_;
  std::vector<Seconds> times_;
  mutable bool computed_ = false;
  bool wrong_ = false;
  bool cold_ = true;
  std::int64_t samples_ = 0;
};

class FakeBoundary final : public Timed {
 public:
  FakeBoundary(const Script& script, Bytes size) : script_{script}, size_{size} {}
  void evict_weights() override {}
  Sample time() override { return script_.sample(script_.time_of(size_), samples_++); }

 private:
  Script script_;
  Bytes size_;
  std::int64_t samples_ = 0;
};

/// unsupported for the type that the script calls absent, and what the reference cannot run.
Result<void> supports(const Script& script, const LayerConfig& layer);

}  // namespace ns::fake
