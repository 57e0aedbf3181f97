#include "kernels/reference/layers.hpp"
#include "kernels/reference/plan.hpp"
#include "kernels/reference/reference.hpp"
#include "kernels/settings.hpp"

namespace ns {
namespace {

class ReferenceBackend final : public Backend {
 public:
  [[nodiscard]] std::string settings() const override { return "reference"; }
  [[nodiscard]] std::string description() const override { return "plain loops, double precision, 1 thread"; }
  [[nodiscard]] std::vector<std::string> warnings() const override { return {}; }
  [[nodiscard]] const FusionRules& rules() const override { return rules_; }
  [[nodiscard]] Result<void> supports(const LayerConfig& layer) const override {
    return reference::supports(layer);
  }

  Result<std::unique_ptr<Plan>> prepare(const Net& net, std::span<const Group> groups, const Weights& weights,
                                        bool /*isolated*/) override {
    return reference::ReferencePlan::prepare(net, groups, weights);
  }

  Result<std::unique_ptr<Timed>> prepare_boundary(const TensorType&, Direction) override {
    return failure(Errc::unsupported, "reference: every tensor is dense, so no border has to be crossed");
  }

 private:
  FusionRules rules_;
};

}  // namespace

Result<std::unique_ptr<Backend>> open_reference(std::string_view settings) {
  if (auto parsed = Settings::parse(settings, "reference", {}); !parsed)
    return tl::unexpected{parsed.error()};
  return std::make_unique<ReferenceBackend>();
}

}  // namespace ns
