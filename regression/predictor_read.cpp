#include "regression/predictor_data.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <fmt/format.h>
#include <functional>

namespace ns {
namespace {

/// A number of at most 15 digits with no exponent, which are most: whole / 10^places, both exact, rounded
/// once. Several times as quick as from_chars, and a predictor has tens of thousands. Null for any other
/// form.
const char* read_short(const char* next, const char* end, double& number) {
  constexpr std::ptrdiff_t most_digits = 15;
  static constexpr std::array<double, 16> powers{1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
  const bool negative = next != end && *next == '-';
  if (negative) ++next;
  std::uint64_t whole = 0;  // wraps where there are too many digits, which are counted afterwards
  const auto digits = [&] {
    const char* const first = next;
    for (; next != end; ++next) {
      const auto digit = static_cast<unsigned>(*next) - '0';
      if (digit > 9U) break;
      whole = 10 * whole + digit;
    }
    return next - first;
  };
  auto count = digits();
  if (count == 0) return nullptr;
  number = static_cast<double>(whole);
  if (next != end && *next == '.') {
    ++next;
    const auto places = digits();
    count += places;
    if (places == 0 || count > most_digits) return nullptr;
    number = static_cast<double>(whole) / powers[static_cast<std::size_t>(places)];
  }
  if (count > most_digits || (next != end && *next != ' ')) return nullptr;
  if (negative) number = -number;
  return next;
}

/// Long lists are one string, "1 2.5 -3": what is not asked for costs a copy and no parsing.
Result<std::vector<double>> numbers_of(std::string_view text) {
  std::vector<double> numbers(text.size() / 2 + 1);
  std::size_t count = 0;
  const char* next = text.data();
  const char* const end = next + text.size();
  while (next != end) {
    double number = 0.0;
    const auto* behind = read_short(next, end, number);
    if (behind == nullptr) {
      const auto parsed = std::from_chars(next, end, number);
      behind = parsed.ptr;
      if (parsed.ec != std::errc{} || !std::isfinite(number) || (behind != end && *behind != ' '))
        return bad_input(fmt::format("number {} of the list is none, or out of range", count + 1));
    }
    numbers[count++] = number;
    next = behind == end ? end : behind + 1;
  }
  numbers.resize(count);
  return numbers;
}

/// Reads members one after another; the first mistake wins and later reads do nothing.
class Reader {
 public:
  explicit Reader(const JsonValue& value) : value_{value} {}

  template <class T>
  T take(Result<T> read) {
    if (read) return std::move(*read);
    fail(std::move(read.error()));
    return T{};
  }
  void fail(Error error) {
    if (!error_) error_ = std::move(error);
  }
  void fail(std::string sentence) { fail(Error{Errc::bad_input, std::move(sentence)}); }

  double number(std::string_view key) { return take(value_.number(key)); }
  double not_negative(std::string_view key) {
    const auto read = number(key);
    if (read < 0.0) fail(fmt::format("'{}' must not be negative", key));
    return read;
  }
  std::string text(std::string_view key) { return take(value_.text(key)); }
  bool flag(std::string_view key) { return take(value_.boolean_or(key, false)); }

  std::vector<double> numbers(std::string_view key) {
    const auto member = value_.at(key);
    if (!member) return take(Result<std::vector<double>>{tl::unexpected{member.error()}});
    auto read = member->is_string() ? numbers_of(*member->text()) : member->numbers();
    if (read) return std::move(*read);
    fail(std::move(read.error()).within(fmt::format("'{}'", key)));
    return {};
  }

  std::vector<std::string> texts(std::string_view key) {
    std::vector<std::string> read;
    for (const auto& element : take(value_.elements(key))) read.emplace_back(take(element.text()));
    return read;
  }

  /// What `read` makes of the member; an error gets the key as its place.
  template <class T>
  T member(std::string_view key, Result<T> (*read)(const JsonValue&)) {
    const auto found = value_.at(key);
    if (!found) return take(Result<T>{tl::unexpected{found.error()}});
    auto made = read(*found);
    if (made) return std::move(*made);
    fail(std::move(made.error()).within(fmt::format("'{}'", key)));
    return T{};
  }

  /// What `read` makes of each element that is `wanted`.
  template <class T>
  std::vector<T> list(
      std::string_view key, Result<T> (*read)(const JsonValue&),
      const std::function<bool(const JsonValue&)>& wanted = [](const JsonValue&) { return true; }) {
    std::vector<T> made;
    std::size_t number = 0;
    for (const auto& element : take(value_.elements(key))) {
      ++number;
      if (!wanted(element)) continue;
      auto one = read(element);
      if (one) {
        made.push_back(std::move(*one));
      } else {
        fail(std::move(one.error()).within(fmt::format("'{}' number {}", key, number)));
        break;
      }
    }
    return made;
  }

  /// `made`, unless something was wrong.
  template <class T>
  Result<T> finish(T made) {
    if (error_) return tl::unexpected{std::move(*error_)};
    return made;
  }

 private:
  JsonValue value_;
  std::optional<Error> error_;
};

Result<VariableModel> read_variable_model(const JsonValue& json) {
  Reader reader{json};
  VariableModel model;
  model.variables = reader.texts("variables");
  model.coefficients = reader.numbers("coefficients");
  model.constant = reader.number("constant");
  model.floor = reader.not_negative("floor");
  model.logarithmic = reader.flag("logarithmic");
  model.rate = reader.flag("gflops");
  if (model.variables.size() != model.coefficients.size()) reader.fail("needs one coefficient per variable");
  if (model.rate && !(model.floor > 0.0)) reader.fail("'floor' of a rate must be above 0");
  return reader.finish(std::move(model));
}

Result<RooflineModel::Segment> read_segment(const JsonValue& json) {
  Reader reader{json};
  RooflineModel::Segment segment;
  segment.name = reader.text("segment");
  const auto coefficients = reader.numbers("coefficients");
  if (std::ranges::any_of(coefficients, [](double value) { return value < 0.0; }))
    reader.fail("'coefficients' must be at least 0");
  segment.coefficients = coefficients;
  return reader.finish(std::move(segment));
}

Result<RooflineModel> read_roofline(const JsonValue& json) {
  Reader reader{json};
  RooflineModel model;
  model.segments = reader.list("segments", read_segment);
  model.variants = reader.texts("variants");
  if (model.segments.empty()) reader.fail("needs a segment");
  const auto terms = RooflineModel::common_terms + model.variants.size();
  if (std::ranges::any_of(model.segments,
                          [&](const auto& segment) { return segment.coefficients.size() != terms; }))
    reader.fail(fmt::format("needs {} coefficients in each segment", terms));
  return reader.finish(std::move(model));
}

/// One value per node: thresholds and leaves are whole numbers of their steps, in two lists.
std::vector<double> read_values(const JsonValue& json, std::span<const double> splits, Reader& reader) {
  // Predictors of the first version hold both as they are, in one list.
  if (json.find("values")) return reader.numbers("values");
  const auto thresholds = reader.numbers("thresholds");
  const auto leaves = reader.numbers("leaves");
  std::vector<double> values;
  values.reserve(splits.size());
  std::size_t leaf = 0;
  for (const auto split : splits) {
    const auto inner = values.size() - leaf;
    if (split == Forest::leaf ? leaf == leaves.size() : inner == thresholds.size()) break;
    values.push_back(split == Forest::leaf ? leaves[leaf++] / Forest::leaf_steps
                                           : thresholds[inner] / Forest::threshold_steps);
  }
  if (values.size() != splits.size() || splits.size() != thresholds.size() + leaves.size())
    reader.fail("needs one threshold for each split and one leaf for each -1");
  return values;
}

Result<BoostedModel> read_boosted(const JsonValue& json) {
  Reader reader{json};
  BoostedModel model;
  model.base = reader.member("base", read_roofline);
  model.features = reader.texts("features");
  const auto splits = reader.numbers("splits");
  const auto values = read_values(json, splits, reader);
  model.forest = reader.take(Forest::from_preorder(splits, values, model.features.size()));
  return reader.finish(std::move(model));
}

Result<EnergyModel> read_energy(const JsonValue& json) {
  Reader reader{json};
  EnergyModel model;
  model.energy = reader.member("energy", read_roofline);
  model.time = reader.member("time", read_roofline);
  return reader.finish(std::move(model));
}

template <class Family>
Result<Model> as_model(Result<Family> read) {
  if (!read) return tl::unexpected{std::move(read.error())};
  return Model{std::move(*read)};
}

struct FamilyEntry {
  std::string_view name;
  Result<Model> (*read)(const JsonValue&);
};

constexpr std::array family_readers{
    FamilyEntry{"paper", [](const JsonValue& json) { return as_model(read_variable_model(json)); }},
    FamilyEntry{"paper-linear", [](const JsonValue& json) { return as_model(read_variable_model(json)); }},
    FamilyEntry{"roofline", [](const JsonValue& json) { return as_model(read_roofline(json)); }},
    FamilyEntry{"boosted", [](const JsonValue& json) { return as_model(read_boosted(json)); }},
    FamilyEntry{"energy", [](const JsonValue& json) { return as_model(read_energy(json)); }},
};

Result<QuantityModel> read_quantity(const JsonValue& json) {
  Reader reader{json};
  QuantityModel quantity;
  quantity.family = reader.text("family");
  quantity.least = reader.not_negative("least");
  quantity.residuals = reader.numbers("residuals");
  std::ranges::sort(quantity.residuals);
  const auto entry = std::ranges::find(family_readers, quantity.family, &FamilyEntry::name);
  if (entry == family_readers.end())
    reader.fail(fmt::format("family '{}' is unknown to this program", quantity.family));
  else
    quantity.model = reader.member("model", entry->read);
  return reader.finish(std::move(quantity));
}

Result<Neighbours> read_neighbours(const JsonValue& json) {
  Reader reader{json};
  const auto features = reader.texts("features");
  const auto centers = reader.numbers("centers");
  const auto scales = reader.numbers("scales");
  const auto limit = reader.not_negative("limit");
  const auto points = reader.numbers("points");
  std::vector<Neighbours::Axis> axes;
  if (centers.size() != features.size() || scales.size() != features.size())
    reader.fail("needs one center and one scale per feature");
  else
    for (std::size_t i = 0; i < features.size(); ++i)
      axes.push_back(Neighbours::Axis{features[i], centers[i], scales[i]});
  auto made = reader.finish(Neighbours{});
  return made ? Neighbours::from_points(std::move(axes), points, limit) : made;
}

Result<TypeModels> read_type(const JsonValue& json) {
  Reader reader{json};
  TypeModels models;
  models.type = reader.text("type");
  models.categories = reader.texts("categories");
  models.epilogues = reader.texts("epilogues");
  std::ranges::sort(models.categories);
  std::ranges::sort(models.epilogues);
  models.neighbours = reader.member("neighbours", read_neighbours);
  models.time = reader.member("time_s", read_quantity);
  if (json.find("power_w")) models.power = reader.member("power_w", read_quantity);
  if (json.find("energy_residuals")) models.energy_residuals = reader.numbers("energy_residuals");
  std::ranges::sort(models.energy_residuals);
  auto type = models.type;
  auto made = reader.finish(std::move(models));
  if (!made) return failure_within(std::move(made), type);
  return made;
}

Result<BoundaryCost> read_boundary(const JsonValue& json) {
  Reader reader{json};
  BoundaryCost cost;
  cost.base = Seconds{reader.not_negative("base_s")};
  cost.seconds_per_byte = reader.not_negative("s_per_byte");
  return reader.finish(cost);
}

Result<PowerSource> read_power(const JsonValue& json) {
  Reader reader{json};
  PowerSource power;
  power.meter = reader.text("meter");
  power.rail = reader.text("rail");
  if (json.find("idle_w")) power.idle = Watts{reader.not_negative("idle_w")};
  if (json.find("most_w")) power.most = Watts{reader.not_negative("most_w")};
  return reader.finish(std::move(power));
}

Result<Floor> read_floor(const JsonValue& json) {
  Reader reader{json};
  Floor floor;
  floor.seconds_per_byte = reader.not_negative("s_per_byte");
  // Predictors of the first version know memory traffic alone.
  if (json.find("s_per_flop")) floor.seconds_per_flop = reader.not_negative("s_per_flop");
  return reader.finish(floor);
}

Result<CalibrationNet> read_net(const JsonValue& json) {
  Reader reader{json};
  CalibrationNet net;
  net.net = reader.text("net");
  net.family = reader.text("family");
  net.measured = Seconds{reader.not_negative("measured_s")};
  net.groups_sum = Seconds{reader.not_negative("groups_sum_s")};
  net.groups = static_cast<int>(std::min(reader.not_negative("groups"), 1e9));
  net.left_out = Seconds{reader.not_negative("left_out_s")};
  if (json.find("measured_j")) net.energy = Joules{reader.not_negative("measured_j")};
  if (json.find("left_out_j")) net.energy_left_out = Joules{reader.not_negative("left_out_j")};
  return reader.finish(std::move(net));
}

struct Nets {
  NetCorrection correction;
  std::vector<CalibrationNet> nets;
};

Result<Nets> read_nets(const JsonValue& json) {
  Reader reader{json};
  Nets nets;
  nets.correction.per_net = Seconds{reader.not_negative("per_net_s")};
  nets.correction.per_group = Seconds{reader.not_negative("per_group_s")};
  nets.correction.log_ratios = reader.numbers("log_ratios");
  nets.correction.families = reader.texts("families");
  if (json.find("energy_log_ratios")) nets.correction.energy_log_ratios = reader.numbers("energy_log_ratios");
  nets.nets = reader.list("calibration", read_net);
  std::ranges::sort(nets.correction.log_ratios);
  return reader.finish(std::move(nets));
}

}  // namespace

Result<PredictorData> read_predictor_data(const JsonValue& root, std::span<const std::string_view> types) {
  Reader reader{root};
  PredictorData data;
  data.device = reader.text("device");
  data.backend = reader.text("backend");
  data.hash = reader.text("hash");
  data.rules = reader.take(FusionRules::parse(reader.texts("fusion_rules")));
  data.types = reader.list("types", read_type, [&](const JsonValue& json) {
    const auto type = json.text("type");
    return types.empty() || !type || std::ranges::find(types, *type) != types.end();
  });
  auto nets = reader.member("nets", read_nets);
  data.correction = std::move(nets.correction);
  data.nets = std::move(nets.nets);
  const auto boundary = root.find("boundary");
  if (boundary) {
    Reader crossing{*boundary};
    data.export_cost = crossing.member("export", read_boundary);
    data.import_cost = crossing.member("import", read_boundary);
    if (auto made = crossing.finish(0); !made) reader.fail(std::move(made.error()).within("'boundary'"));
  }
  if (root.find("power")) data.power = reader.member("power", read_power);
  data.floor = reader.member("floor", read_floor);
  return reader.finish(std::move(data));
}

}  // namespace ns
