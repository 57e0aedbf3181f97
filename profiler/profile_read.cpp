#include "core/file.hpp"
#include "core/hash.hpp"
#include "core/json.hpp"
#include "core/text.hpp"
#include "profiler/gzip.hpp"
#include "profiler/profile.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace ns {
namespace {

/// Reads members one after another; the first mistake wins and later reads yield empty values.
class Members {
 public:
  explicit Members(JsonValue object) : object_{object} {}

  std::string text(std::string_view key) { return take(object_.text(key)); }
  std::string text_or_none(std::string_view key) { return take(object_.text_or(key, "")); }
  double number(std::string_view key) { return take(object_.number(key)); }
  std::int64_t integer(std::string_view key) { return take(object_.integer(key)); }
  [[nodiscard]] bool has(std::string_view key) const { return object_.find(key).has_value(); }
  bool flag(std::string_view key) { return take(object_.boolean_or(key, false)); }
  std::vector<JsonValue> elements(std::string_view key) { return take(object_.elements(key)); }
  std::optional<double> number_or_none(std::string_view key) {
    if (!object_.find(key)) return std::nullopt;
    return number(key);
  }
  std::vector<std::string> texts(std::string_view key) {
    std::vector<std::string> values;
    if (!object_.find(key)) return values;
    for (const auto& item : elements(key)) values.emplace_back(take(item.text()));
    return values;
  }
  Members member(std::string_view key) {
    auto inner = object_.at(key);
    if (inner) return Members{*inner};
    fail(std::move(inner.error()));
    return Members{JsonValue{object_}};
  }

  template <class T>
  T take(Result<T> result) {
    if (result) return std::move(*result);
    fail(std::move(result.error()));
    return T{};
  }
  void fail(Error error) {
    if (!error_) error_ = std::move(error);
  }
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

 private:
  JsonValue object_;
  std::optional<Error> error_;
};

RowStatus read_status(Members& from) {
  constexpr std::array statuses{RowStatus::ok, RowStatus::skipped, RowStatus::failed, RowStatus::wrong};
  const auto name = from.text("status");
  for (const auto status : statuses)
    if (to_string(status) == name) return status;
  from.fail(
      {Errc::bad_input, fmt::format("'status' is '{}'; it must be ok, skipped, failed or wrong", name)});
  return RowStatus::failed;
}

Timing read_timing(Members& from) {
  Timing timing;
  for (const auto& item : from.elements("samples_s")) {
    const auto sample = from.take(item.number());
    if (sample < 0.0) from.fail({Errc::bad_input, "'samples_s' holds a negative time"});
    timing.samples.emplace_back(sample);
  }
  timing.disturbed.assign(timing.samples.size(), false);
  for (const auto& item : from.elements("disturbed")) {
    const auto index = from.take(item.integer());
    if (index < 0 || static_cast<std::size_t>(index) >= timing.samples.size())
      from.fail({Errc::bad_input, fmt::format("'disturbed' names sample {}, which is not there", index)});
    else
      timing.disturbed[static_cast<std::size_t>(index)] = true;
  }
  if (const auto median = from.number_or_none("time_s")) timing.median = Seconds{*median};
  if (timing.median && *timing.median < Seconds{0}) from.fail({Errc::bad_input, "'time_s' is negative"});
  timing.settled = from.flag("settled");
  timing.notes = from.texts("notes");
  return timing;
}

Timing read_timing(Members& from, std::string_view key) {
  auto inner = from.member(key);
  auto timing = inner.error() ? Timing{} : read_timing(inner);
  if (inner.error()) from.fail(Error{*inner.error()}.within(fmt::format("'{}'", key)));
  return timing;
}

ProfileRow read_layer(Members& from) {
  LayerRow row;
  row.layer = from.text("layer");
  row.status = read_status(from);
  row.reason = from.text_or_none("reason");
  row.timing = read_timing(from);
  if (const auto power = from.number_or_none("power_w")) row.power = Watts{*power};
  if (const auto energy = from.number_or_none("energy_j")) row.energy = Joules{*energy};
  row.implementation = from.text_or_none("implementation");
  row.origin = from.text_or_none("origin");
  if (auto layer = parse_layer(row.layer); !layer && !from.error())
    from.fail(std::move(layer.error()).within("'layer'"));
  return row;
}

ProfileRow read_net(Members& from) {
  NetRow row;
  row.net = from.text("net");
  row.hash = from.text("hash");
  row.status = read_status(from);
  row.reason = from.text_or_none("reason");
  row.cold = read_timing(from, "cold");
  row.warm = read_timing(from, "warm");
  for (const auto& item : from.elements("groups")) {
    Members group{item};
    row.groups.push_back(GroupTime{group.texts("layers"), group.text("config"),
                                   Seconds{group.number("time_s")}, group.text_or_none("implementation")});
    if (group.error()) from.fail(Error{*group.error()}.within("'groups'"));
  }
  return row;
}

ProfileRow read_boundary(Members& from) {
  BoundaryRow row;
  row.direction = from.text("direction");
  row.tensor = from.text("tensor");
  row.size = Bytes{from.number("size_bytes")};
  row.status = read_status(from);
  row.reason = from.text_or_none("reason");
  row.timing = read_timing(from);
  if (row.direction != "export" && row.direction != "import")
    from.fail(
        {Errc::bad_input, fmt::format("'direction' is '{}'; it must be export or import", row.direction)});
  return row;
}

ProfileRow read_launch(Members& from) {
  LaunchRow row;
  row.clock = from.text("clock");
  row.status = read_status(from);
  row.reason = from.text_or_none("reason");
  row.timing = read_timing(from);
  if (row.clock != "device" && row.clock != "host")
    from.fail({Errc::bad_input, fmt::format("'clock' is '{}'; it must be device or host", row.clock)});
  return row;
}

ProfileRow read_idle(Members& from) {
  IdleRow row;
  row.net = from.text("net");
  row.pause = Seconds{from.number("pause_s")};
  row.status = read_status(from);
  row.reason = from.text_or_none("reason");
  row.timing = read_timing(from);
  if (const auto power = from.number_or_none("power_w")) row.power = Watts{*power};
  return row;
}

std::optional<Watts> watts_or_none(Members& from, std::string_view key) {
  const auto value = from.number_or_none(key);
  return value ? std::optional{Watts{*value}} : std::nullopt;
}

MeterPower read_meter(Members& from) {
  MeterPower power;
  power.meter = from.text("meter");
  power.rail = from.text_or_none("rail");
  for (const auto& block : from.elements("blocks_w")) power.blocks.emplace_back(from.take(block.number()));
  power.power = watts_or_none(from, "power_w");
  power.low = watts_or_none(from, "low_w");
  power.high = watts_or_none(from, "high_w");
  power.idle = watts_or_none(from, "idle_w");
  power.distinct = static_cast<std::size_t>(std::max<std::int64_t>(0, from.integer("distinct")));
  power.faults = from.texts("faults");
  if (power.power && !(*power.power > Watts{})) from.fail({Errc::bad_input, "'power_w' must be above 0"});
  return power;
}

ProfileRow read_power(Members& from) {
  PowerRow row;
  row.layer = from.text_or_none("layer");
  row.net = from.text_or_none("net");
  row.hash = from.text_or_none("hash");
  row.pause = Seconds{from.number_or_none("pause_s").value_or(0.0)};
  row.status = read_status(from);
  row.reason = from.text_or_none("reason");
  row.runs = static_cast<std::size_t>(std::max<std::int64_t>(0, from.integer("runs")));
  if (const auto time = from.number_or_none("time_s")) row.time = Seconds{*time};
  row.settled = from.flag("settled");
  row.throttled = from.flag("throttled");
  for (const auto& item : from.elements("meters")) {
    Members meter{item};
    row.meters.push_back(read_meter(meter));
    if (meter.error()) from.fail(Error{*meter.error()}.within("'meters'"));
  }
  row.origin = from.text_or_none("origin");
  row.notes = from.texts("notes");
  if (row.time && !(*row.time > Seconds{0})) from.fail({Errc::bad_input, "'time_s' must be above 0"});
  if (row.layer.empty() == row.net.empty())
    from.fail({Errc::bad_input, "a power row is of a 'layer' or of a 'net'"});
  if (row.layer.empty() || from.error()) return row;
  if (auto layer = parse_layer(row.layer); !layer) from.fail(std::move(layer.error()).within("'layer'"));
  return row;
}

struct Kind {
  std::string_view name;
  ProfileRow (*read)(Members& from);
};
constexpr std::array kinds{Kind{"layer", read_layer},       Kind{"net", read_net},
                           Kind{"boundary", read_boundary}, Kind{"idle", read_idle},
                           Kind{"launch", read_launch},     Kind{"power", read_power}};

/// A line of the file, and how to speak of it.
struct Line {
  std::string_view text;
  std::size_t number;
};

std::vector<Line> lines_of(std::string_view content) {
  std::vector<Line> lines;
  std::size_t number = 0;
  for (const auto text : split(content, '\n')) {
    ++number;
    if (!trim(text).empty()) lines.push_back(Line{text, number});
  }
  return lines;
}

GpuFacts read_gpu(Members& from) {
  GpuFacts gpu;
  gpu.name = from.text("name");
  gpu.capability = from.integer("capability");
  gpu.multiprocessors = from.integer("multiprocessors");
  gpu.clock_mhz = from.integer("clock_mhz");
  gpu.memory = Bytes{from.number("memory_bytes")};
  gpu.bandwidth = BytesPerSecond{from.number("bandwidth_bytes_per_s")};
  gpu.l2 = Bytes{from.number("l2_bytes")};
  gpu.driver = from.text_or_none("driver");
  gpu.cudnn = from.text_or_none("cudnn");
  gpu.cublas = from.text_or_none("cublas");
  gpu.is_partition = from.flag("partition");
  return gpu;
}

Fingerprint read_machine(Members& from) {
  Fingerprint machine{from.text("cpu"),    from.integer("cores"), from.text("instructions"),
                      from.text("caches"), from.text("memory"),   from.text("kernel"),
                      from.text("library")};
  if (!from.has("gpu")) return machine;
  Members gpu = from.member("gpu");
  if (!from.error()) machine.gpu = read_gpu(gpu);
  if (gpu.error()) from.fail(Error{*gpu.error()}.within("'gpu'"));
  return machine;
}

}  // namespace

Result<ProfileRow> parse_row(std::string_view line) {
  const auto document = JsonDocument::parse(line, "row");
  if (!document) return tl::unexpected{document.error()};
  Members from{document->root()};
  const auto name = from.text("kind");
  if (from.error()) return tl::unexpected{*from.error()};
  const auto* const kind = std::ranges::find(kinds, std::string_view{name}, &Kind::name);
  if (kind == kinds.end())
    return bad_input(
        fmt::format("'kind' is '{}'; this program reads layer, net, boundary, idle, launch and power", name));
  auto row = kind->read(from);
  if (from.error()) return tl::unexpected{*from.error()};
  return row;
}

Result<ProfileHeader> parse_header(std::string_view line) {
  const auto document = JsonDocument::parse(line, "header");
  if (!document) return tl::unexpected{document.error()};
  if (auto schema = document->expect_schema("ns.profile"); !schema) return tl::unexpected{schema.error()};
  Members from{document->root()};
  ProfileHeader header;
  header.device = from.text("device");
  header.backend = from.text("backend");
  auto machine = from.member("machine");
  if (!from.error()) {
    header.machine = read_machine(machine);
    if (machine.error()) from.fail(Error{*machine.error()}.within("'machine'"));
  }
  const auto rules = from.texts("rules");
  header.rules = from.take(FusionRules::parse(rules));
  header.measured_at = from.text_or_none("measured_at");
  header.version = from.text_or_none("version");
  const auto seed = from.number_or_none("seed");
  header.seed = seed && *seed >= 0.0 && *seed < 0x1p53 ? static_cast<std::uint64_t>(*seed) : 0;
  if (from.error()) return tl::unexpected{*from.error()};
  return header;
}

Result<Profile> read_profile(const std::string& path) {
  auto raw = read_file(path);
  if (!raw) return tl::unexpected{std::move(raw.error())};
  auto content = gunzip(std::move(*raw));
  if (!content) return failure_within(std::move(content), path);

  const auto lines = lines_of(*content);
  if (lines.empty()) return bad_input(fmt::format("{}: is empty; ns-profile writes profiles", path));
  Profile profile;
  profile.hash = content_hash(*content);
  auto header = parse_header(lines.front().text);
  if (!header) return failure_within(std::move(header), fmt::format("{}:{}", path, lines.front().number));
  profile.header = std::move(*header);
  for (std::size_t i = 1; i < lines.size(); ++i) {
    auto row = parse_row(lines[i].text);
    if (row) {
      profile.rows.push_back(std::move(*row));
      continue;
    }
    // A writer that was killed leaves at most one line without its end.
    const bool cut_off = i + 1 == lines.size() && content->back() != '\n';
    if (!cut_off) return failure_within(std::move(row), fmt::format("{}:{}", path, lines[i].number));
  }
  return profile;
}

}  // namespace ns
