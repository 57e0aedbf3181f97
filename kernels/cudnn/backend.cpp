#include "kernels/cudnn/boundary.hpp"
#include "kernels/cudnn/entry.hpp"
#include "kernels/cudnn/layers.hpp"
#include "kernels/cudnn/overhead.hpp"
#include "kernels/cudnn/plan.hpp"

#include <fmt/format.h>
#include <new>

namespace ns {
namespace {

using cudnn::Device;

/// Relu goes into cuDNN's own call; all others into the pass that adds the bias, which is there anyway.
const std::vector<std::string>& fusion_texts() {
  static const std::vector<std::string> texts{
      "conv+act:relu",    "conv+act:relu6",    "conv+act:leaky_relu", "conv+act:elu",       "conv+act:clip",
      "conv+act:sigmoid", "conv+act:tanh",     "conv+act:htanh",      "conv+act:hardswish", "conv+act:silu",
      "conv+add",         "conv+add+act:relu", "conv+add+act:relu6",  "fc+act:relu",        "fc+act:relu6",
      "fc+act:sigmoid",   "fc+act:tanh",       "fc+act:htanh"};
  return texts;
}

class CudnnBackend final : public Backend {
 public:
  CudnnBackend(std::shared_ptr<const Device> device, FusionRules rules)
      : device_{std::move(device)}, rules_{std::move(rules)} {}

  [[nodiscard]] std::string settings() const override { return device_->selection().canonical(); }
  [[nodiscard]] std::string description() const override { return device_->description(); }
  [[nodiscard]] std::vector<std::string> warnings() const override { return device_->warnings(); }
  [[nodiscard]] const FusionRules& rules() const override { return rules_; }
  [[nodiscard]] Result<void> supports(const LayerConfig& layer) const override {
    return cudnn::supports(layer, device_->facts());
  }

  Result<std::unique_ptr<Plan>> prepare(const Net& net, std::span<const Group> groups, const Weights& weights,
                                        bool isolated) override try {
    return cudnn::CudnnPlan::prepare(device_, net, groups, weights, isolated);
  } catch (const std::bad_alloc&) {
    return failure(Errc::unsupported,
                   fmt::format("net {}: there is not enough memory for its plan", net.name));
  }

  [[nodiscard]] std::optional<GpuFacts> gpu() const override { return device_->gpu(); }
  Result<std::unique_ptr<Timed>> prepare_launch(LaunchClock clock) override {
    return cudnn::prepare_launch(device_, clock);
  }

  Result<std::unique_ptr<Timed>> prepare_boundary(const TensorType& type, Direction direction) override {
    return cudnn::prepare_boundary(device_, type, direction);
  }

 private:
  std::shared_ptr<const Device> device_;
  FusionRules rules_;
};

Result<std::unique_ptr<Backend>> open(std::string_view settings) {
  const auto selection = cudnn::parse_selection(settings);
  if (!selection) return tl::unexpected{selection.error()};
  auto rules = FusionRules::parse(fusion_texts());
  if (!rules) return tl::unexpected{std::move(rules.error())};
  auto device = Device::open(*selection);
  if (!device) return failure_within(std::move(device), "cudnn");
  return std::make_unique<CudnnBackend>(std::move(*device), std::move(*rules));
}

}  // namespace
}  // namespace ns

/// See kernels/cudnn/entry.hpp.
extern "C" __attribute__((visibility("default"))) void ns_open_cudnn(ns::cudnn::OpenRequest& request);

extern "C" void ns_open_cudnn(ns::cudnn::OpenRequest& request) {
  if (request.size != sizeof(ns::cudnn::OpenRequest) || request.version != NS_VERSION) {
    request.opened = ns::failure(ns::Errc::no_device,
                                 "cudnn: the plug-in is of another version than this program; install both "
                                 "from one build");
    return;
  }
  request.opened = ns::open(request.settings);
}
