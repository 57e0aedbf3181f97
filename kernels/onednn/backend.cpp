#include "core/text.hpp"
#include "kernels/evict.hpp"
#include "kernels/onednn/boundary.hpp"
#include "kernels/onednn/layers.hpp"
#include "kernels/onednn/onednn.hpp"
#include "kernels/onednn/plan.hpp"
#include "kernels/onednn/processor.hpp"
#include "kernels/settings.hpp"

#include <array>
#include <fmt/format.h>
#include <unistd.h>

namespace ns {
namespace {

using onednn::Device;
using onednn::Isa;

/// Functions that oneDNN computes well behind a convolution or matrix product on every instruction set.
const std::vector<std::string>& fusion_texts() {
  static const std::vector<std::string> texts{
      "conv+act:relu",    "conv+act:relu6",    "conv+act:leaky_relu", "conv+act:elu",       "conv+act:clip",
      "conv+act:sigmoid", "conv+act:tanh",     "conv+act:htanh",      "conv+act:hardswish", "conv+act:silu",
      "conv+add",         "conv+add+act:relu", "conv+add+act:relu6",  "fc+act:relu",        "fc+act:relu6",
      "fc+act:sigmoid",   "fc+act:tanh",       "fc+act:htanh"};
  return texts;
}

class OnednnBackend final : public Backend {
 public:
  OnednnBackend(Device device, FusionRules rules, std::vector<std::string> warnings)
      : device_{std::make_shared<const Device>(std::move(device))},
        rules_{std::move(rules)},
        warnings_{std::move(warnings)} {}

  [[nodiscard]] std::string settings() const override {
    return fmt::format("onednn:threads={},isa={}", device_->threads, onednn::to_string(device_->isa));
  }

  [[nodiscard]] std::string description() const override {
    const dnnl_version_t& version = *dnnl_version();
    return fmt::format("oneDNN {}.{}.{}, {}, {}", version.major, version.minor, version.patch,
                       onednn::to_string(device_->isa), counted(device_->threads, "thread"));
  }

  [[nodiscard]] std::vector<std::string> warnings() const override { return warnings_; }
  [[nodiscard]] const FusionRules& rules() const override { return rules_; }
  [[nodiscard]] Result<void> supports(const LayerConfig& layer) const override {
    return onednn::supports(layer);
  }

  Result<std::unique_ptr<Plan>> prepare(const Net& net, std::span<const Group> groups, const Weights& weights,
                                        bool isolated) override {
    return onednn::OnednnPlan::prepare(device_, net, groups, weights, isolated);
  }

  Result<std::unique_ptr<Timed>> prepare_boundary(const TensorType& type, Direction direction) override {
    return onednn::prepare_boundary(device_, type, direction);
  }

 private:
  std::shared_ptr<const Device> device_;
  FusionRules rules_;
  std::vector<std::string> warnings_;
};

Result<Isa> choose_isa(const Settings& settings, std::vector<std::string>& warnings) {
  const Isa best = onednn::best_isa();
  const auto asked = settings.find("isa");
  if (!asked) return best;
  auto isa = onednn::parse_isa(*asked);
  if (!isa || *isa <= best) return isa;
  warnings.push_back(fmt::format("{} is absent here; using {}", *asked, onednn::to_string(best)));
  return best;
}

Result<int> choose_threads(const Settings& settings, std::vector<std::string>& warnings) {
  const auto cores = static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));
  auto threads = settings.integer("threads", cores, 1, 1024);
  if (threads && *threads >= cores && cores > 1) {
    warnings.push_back(
        fmt::format("{} threads on {} cores: anything else that runs here disturbs the times; "
                    "prefer threads={}",
                    *threads, cores, cores - 1));
  }
  return threads;
}

}  // namespace

Result<std::unique_ptr<Backend>> open_onednn(std::string_view text) try {
  static const std::array<std::string, 2> known{"threads", "isa"};
  const auto settings = Settings::parse(text, "onednn", known);
  if (!settings) return tl::unexpected{settings.error()};
  std::vector<std::string> warnings;
  const auto isa = choose_isa(*settings, warnings);
  if (!isa) return tl::unexpected{isa.error()};
  const auto threads = choose_threads(*settings, warnings);
  if (!threads) return tl::unexpected{threads.error()};
  if (auto held = onednn::hold_to(*isa); !held) return tl::unexpected{std::move(held.error())};
  if (!can_evict()) warnings.emplace_back("this processor cannot evict lines, so weights are measured warm");

  Device device;
  device.isa = *isa;
  device.threads = *threads;
  device.multiplies_bytes = onednn::multiplies_bytes(*isa);
  device.loops = &onednn::loops_of(*isa);
  device.set_threads = onednn::thread_setter();
  auto rules = FusionRules::parse(fusion_texts());
  if (!rules) return tl::unexpected{std::move(rules.error())};
  return std::make_unique<OnednnBackend>(std::move(device), std::move(*rules), std::move(warnings));
} catch (const dnnl::error& error) {
  return failure(Errc::no_device, fmt::format("device onednn: oneDNN does not start: {}", error.what()));
}

}  // namespace ns
