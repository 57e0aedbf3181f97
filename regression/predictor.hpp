/// What a device's kernels cost, fitted from its profile: the file predictor.json (ns.predictor/1) and its
/// evaluation, which needs neither Armadillo nor XGBoost.
#pragma once

#include "core/error.hpp"
#include "core/units.hpp"
#include "net/group.hpp"
#include "net/layer.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

struct PredictorData;  // regression/predictor_data.hpp

/// Time of one group, its layer-wise intervals and whether the model may be trusted there.
struct Prediction {
  Seconds time{};
  std::optional<Seconds> low;  // no interval: too few rows for its level, or no model
  std::optional<Seconds> high;
  std::optional<Watts> power;
  std::optional<double> energy_factor;  // of power x time: / factor .. x factor; none as of time
  std::string family;                   // "boosted", "roofline", ..., "free", "floor"
  std::string outside;                  // empty, or why the layer is unlike what was profiled
};

/// The meter that a predictor's powers are of.
struct PowerSource {
  std::string meter;
  std::string rail;
  std::optional<Watts> idle;  // the median over all rows
  std::optional<Watts> most;  // that any layer drew; none is predicted to draw more

  friend bool operator==(const PowerSource&, const PowerSource&) = default;
};

/// Of a device's nets: total = sum + c0 + c1 x groups, and how far totals were off on nets never fitted.
struct NetCorrection {
  Seconds per_net{};
  Seconds per_group{};
  std::vector<double> log_ratios;     // ln(measured / predicted), the worst of each family left out; sorted
  std::vector<std::string> families;  // of calibration nets, same order as measured
  std::vector<double> energy_log_ratios;  // likewise of energies; of the nets whose power was measured
};

/// A net whose time was measured and whose groups were never fitted.
struct CalibrationNet {
  std::string net;
  std::string family;
  Seconds measured{};
  Seconds groups_sum{};                     // of its groups' predicted times
  int groups = 0;                           // that run
  Seconds left_out{};                       // predicted total when its family was left out of the correction
  std::optional<Joules> energy{};           // measured: power x the net's time
  std::optional<Joules> energy_left_out{};  // predicted likewise
};

/// Time to bring one tensor over the border of the device.
struct BoundaryCost {
  Seconds base{};
  double seconds_per_byte = 0.0;
};

/// A read predictor. Immutable; prediction is const and thread safe.
class Predictor {
 public:
  /// Of models of layer types, only those of `types`, unless it is empty: for another, predict() says
  /// no_model.
  static Result<Predictor> load(const std::string& path, std::span<const std::string_view> types = {});
  /// From the text of a predictor's file; `name` stands for it in errors.
  static Result<Predictor> parse(std::string_view text, std::string_view name);

  Predictor(Predictor&&) noexcept;
  Predictor& operator=(Predictor&&) noexcept;
  ~Predictor();

  [[nodiscard]] const std::string& device() const;   // name in the profile's header
  [[nodiscard]] const std::string& backend() const;  // settings
  [[nodiscard]] const std::string& hash() const;     // of the content
  [[nodiscard]] const FusionRules& rules() const;
  [[nodiscard]] const NetCorrection& correction() const;
  [[nodiscard]] const std::vector<CalibrationNet>& nets() const;
  [[nodiscard]] const BoundaryCost& export_cost() const;
  [[nodiscard]] const BoundaryCost& import_cost() const;
  /// Nothing where no power was measured.
  [[nodiscard]] const std::optional<PowerSource>& power() const;

  /// no_model, naming the type and `--allow-missing`, if no model covers the layer's type, unless
  /// `allow_missing`: then the floor that memory traffic and arithmetic set, family "floor", as always for an
  /// opaque layer. The interval holds with probability `level` for layers drawn like the sweep.
  [[nodiscard]] Result<Prediction> predict(const LayerConfig& layer, bool allow_missing = false,
                                           double level = 0.9) const;

  /// Half width of a net's interval as a factor on time at `level` (0.9): total / factor .. total x factor,
  /// from the conformal quantile of |ln r|. Nothing if there are too few families of nets (9 for 0.9, 19 for
  /// 0.95).
  [[nodiscard]] std::optional<double> net_factor(double level) const;
  /// The same of a net's energy on the device.
  [[nodiscard]] std::optional<double> net_energy_factor(double level) const;

 private:
  explicit Predictor(std::unique_ptr<const PredictorData> data);
  std::unique_ptr<const PredictorData> data_;
};

}  // namespace ns
