#include "kernels/fake/fake.hpp"
#include "kernels/fake/plan.hpp"
#include "kernels/fake/timeline.hpp"
#include "kernels/settings.hpp"

#include <array>

namespace ns {
namespace {

using fake::Script;

class FakeBackend final : public Backend {
 public:
  FakeBackend(std::string settings, Script script, FusionRules rules)
      : settings_{std::move(settings)}, script_{std::move(script)}, rules_{std::move(rules)} {}

  [[nodiscard]] std::string settings() const override { return settings_; }
  [[nodiscard]] std::string description() const override { return "fake device, times by formula"; }
  [[nodiscard]] std::vector<std::string> warnings() const override { return {}; }
  [[nodiscard]] const FusionRules& rules() const override { return rules_; }
  [[nodiscard]] Result<void> supports(const LayerConfig& layer) const override {
    return fake::supports(script_, layer);
  }

  Result<std::unique_ptr<Plan>> prepare(const Net& net, std::span<const Group> groups, const Weights& weights,
                                        bool /*isolated*/) override {
    return fake::FakePlan::prepare(script_, net, groups, weights);
  }

  Result<std::unique_ptr<Timed>> prepare_boundary(const TensorType& type, Direction) override {
    return std::make_unique<fake::FakeBoundary>(script_, type.bytes());
  }

 private:
  std::string settings_;
  Script script_;
  FusionRules rules_;
};

/// Sets a member of the script from a number, unless an earlier one was wrong.
template <class Assign>
Result<void> take(const Settings& settings, std::string_view key, double otherwise, double least,
                  Assign&& assign) {
  const auto value = settings.number(key, otherwise, least);
  if (!value) return tl::unexpected{value.error()};
  assign(*value);
  return {};
}

Result<Script> parse_script(const Settings& settings) {
  constexpr double tiny = 1e-9;  // a rate of 0 would take forever
  Script script;
  Result<void> taken =
      take(settings, "gflops", 10.0, tiny, [&](double v) { script.rate = FlopsPerSecond{v * 1e9}; });
  if (taken)
    taken = take(settings, "gbps", 10.0, tiny, [&](double v) { script.bandwidth = BytesPerSecond{v * 1e9}; });
  if (taken)
    taken = take(settings, "launch_us", 1.0, 0.0, [&](double v) { script.launch = Seconds{v * 1e-6}; });
  if (taken)
    taken = take(settings, "overhead_us", 0.0, 0.0, [&](double v) { script.overhead = Seconds{v * 1e-6}; });
  if (taken) taken = take(settings, "idle_w", 0.5, 0.0, [&](double v) { script.idle = Watts{v}; });
  if (taken) taken = take(settings, "compute_w", 3.0, 0.0, [&](double v) { script.compute = Watts{v}; });
  if (taken) taken = take(settings, "memory_w", 1.0, 0.0, [&](double v) { script.memory = Watts{v}; });
  if (taken) taken = take(settings, "noise", 0.0, 0.0, [&](double v) { script.noise = v; });
  if (!taken) return tl::unexpected{std::move(taken.error())};
  const auto disturb = settings.integer("disturb", 0, 0, 1000000);
  if (!disturb) return tl::unexpected{disturb.error()};
  const auto fuse = settings.integer("fuse", 1, 0, 1);
  if (!fuse) return tl::unexpected{fuse.error()};
  script.disturb = *disturb;
  script.fuse = *fuse == 1;
  script.absent = settings.find("absent").value_or("");
  script.wrong = settings.find("wrong").value_or("");
  return script;
}

}  // namespace

Result<std::unique_ptr<Backend>> open_fake(std::string_view text) {
  static const std::array<std::string, 12> known{"gflops",  "gbps",      "launch_us", "overhead_us",
                                                 "idle_w",  "compute_w", "memory_w",  "noise",
                                                 "disturb", "fuse",      "absent",    "wrong"};
  const auto settings = Settings::parse(text, "fake", known);
  if (!settings) return tl::unexpected{settings.error()};
  auto script = parse_script(*settings);
  if (!script) return tl::unexpected{std::move(script.error())};
  std::vector<std::string> texts;
  if (script->fuse) texts = {"conv+act:relu", "conv+add", "conv+add+act:relu", "fc+act:relu"};
  auto rules = FusionRules::parse(texts);
  if (!rules) return tl::unexpected{std::move(rules.error())};
  fake::timeline().set_idle(script->idle);
  std::string canonical = text.empty() ? "fake" : "fake:" + std::string{text};
  return std::make_unique<FakeBackend>(std::move(canonical), std::move(*script), std::move(*rules));
}

}  // namespace ns
