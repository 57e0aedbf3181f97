/// A kernel, a clock and a backend that do what a test says.
#pragma once

#include "kernels/backend.hpp"
#include "profiler/measure.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace ns {

/// Time that passes only when a kernel runs or somebody pauses.
class ScriptedTime {
 public:
  [[nodiscard]] Clock clock() {
    return Clock{[this] { return now_; }, [this](Seconds pause) { now_ += pause; }};
  }
  void pass(Seconds time) { now_ += time; }
  [[nodiscard]] Seconds now() const { return now_; }

 private:
  Seconds now_{0};
};

/// Plays samples one after another, and again from the start; remembers what was asked of it.
class ScriptedKernel final : public Timed {
 public:
  ScriptedKernel(ScriptedTime& time, std::vector<Sample> samples)
      : time_{&time}, samples_{std::move(samples)} {}
  ScriptedKernel(ScriptedTime& time, const std::vector<double>& seconds) : time_{&time} {
    for (const auto value : seconds) samples_.push_back(Sample{Seconds{value}});
  }
  void evict_weights() override { calls += 'e'; }
  Sample time() override {
    calls += 't';
    const auto sample = samples_[next_++ % samples_.size()];
    time_->pass(sample.time);
    return sample;
  }

  std::string calls;

 private:
  ScriptedTime* time_;
  std::vector<Sample> samples_;
  std::size_t next_ = 0;
};

/// Computes 1 everywhere (or `value`) in one millisecond per layer; what it cannot do is up to the test.
class ScriptedBackend final : public Backend {
 public:
  explicit ScriptedBackend(ScriptedTime& time) : time_{&time} {}

  float value = 1.0F;
  std::function<Result<void>(const LayerConfig&)> can = [](const LayerConfig&) { return Result<void>{}; };
  std::function<Result<void>(const Net&)> prepares = [](const Net&) { return Result<void>{}; };
  Seconds per_group{1e-3};
  FusionRules fusion;

  [[nodiscard]] std::string settings() const override { return "scripted"; }
  [[nodiscard]] std::string description() const override { return "scripted 1"; }
  [[nodiscard]] std::vector<std::string> warnings() const override { return {}; }
  [[nodiscard]] const FusionRules& rules() const override { return fusion; }
  [[nodiscard]] Result<void> supports(const LayerConfig& layer) const override { return can(layer); }

  Result<std::unique_ptr<Plan>> prepare(const Net& net, std::span<const Group> groups,
                                        const Weights& /*weights*/, bool /*isolated*/) override {
    if (auto prepared = prepares(net); !prepared) return tl::unexpected{std::move(prepared.error())};
    return std::make_unique<ScriptedPlan>(*this, net, groups.size());
  }
  Result<std::unique_ptr<Timed>> prepare_boundary(const TensorType& /*type*/, Direction /*way*/) override {
    return std::make_unique<ScriptedKernel>(*time_, std::vector<double>{2e-5});
  }

 private:
  class ScriptedPlan final : public Plan {
   public:
    ScriptedPlan(const ScriptedBackend& backend, const Net& net, std::size_t groups)
        : backend_{&backend}, groups_{groups} {
      for (const auto id : net.outputs)
        elements_.push_back(static_cast<std::size_t>(net.tensors[id].type.shape.elements()));
    }
    void evict_weights() override {}
    Sample time() override {
      const auto whole = static_cast<double>(groups_) * backend_->per_group;
      backend_->time_->pass(whole);
      return Sample{whole};
    }
    void write_input(std::size_t /*index*/, std::span<const float> /*values*/) override {}
    void run() override {}
    [[nodiscard]] std::vector<float> read_output(std::size_t index) const override {
      return std::vector<float>(elements_[index], backend_->value);
    }
    Sample time_groups(std::span<Seconds> times) override {
      std::ranges::fill(times, backend_->per_group);
      return time();
    }
    [[nodiscard]] std::string implementation(std::size_t /*index*/) const override { return "script"; }
    [[nodiscard]] Bytes weight_bytes() const override { return {}; }
    [[nodiscard]] Bytes activation_bytes() const override { return {}; }

   private:
    const ScriptedBackend* backend_;
    std::size_t groups_;
    std::vector<std::size_t> elements_;
  };

  ScriptedTime* time_;
};

}  // namespace ns
