#include "partition/link.hpp"

#include "core/json.hpp"
#include "core/quantity.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fmt/format.h>
#include <system_error>
#include <utility>
#include <vector>

namespace ns {
namespace {

namespace fs = std::filesystem;

Result<void> read_number(const JsonValue& object, std::string_view key, double& target) {
  const auto value = object.number_or(key, target);
  if (!value) return tl::unexpected{value.error()};
  if (*value < 0.0) return bad_input(fmt::format("'{}' is {}; it must be at least 0", key, *value));
  target = *value;
  return {};
}

Result<BytesPerSecond> read_rate(const JsonValue& root, std::string_view key) {
  const auto value = root.number(key);
  if (!value) return tl::unexpected{value.error()};
  if (*value <= 0.0) return bad_input(fmt::format("'{}' is {}; a rate must be above 0", key, *value));
  return BytesPerSecond{*value};
}

Result<Radio> read_radio(const JsonValue& object) {
  Radio radio;
  double base = 0.0, promotion = 0.0, promotion_power = 0.0, tail = 0.0, tail_power = 0.0;
  const std::array fields{std::pair{"uplink_w_per_mbit_s", &radio.uplink_w_per_mbit_s},
                          std::pair{"downlink_w_per_mbit_s", &radio.downlink_w_per_mbit_s},
                          std::pair{"base_w", &base},
                          std::pair{"promotion_s", &promotion},
                          std::pair{"promotion_w", &promotion_power},
                          std::pair{"tail_s", &tail},
                          std::pair{"tail_w", &tail_power}};
  for (const auto& [key, target] : fields)
    if (auto status = read_number(object, key, *target); !status)
      return failure_within(Result<void>{std::move(status)}, "'radio'");
  radio.base = Watts{base};
  radio.promotion = Seconds{promotion};
  radio.promotion_power = Watts{promotion_power};
  radio.tail = Seconds{tail};
  radio.tail_power = Watts{tail_power};
  return radio;
}

Result<Link> parse_link(const JsonValue& root) {
  Link link;
  const auto name = root.text_or("name", "");
  const auto source = root.text_or("source", "");
  if (!name) return tl::unexpected{name.error()};
  if (!source) return tl::unexpected{source.error()};
  link.name = *name;
  link.source = *source;
  const auto uplink = read_rate(root, "uplink_bytes_per_s");
  if (!uplink) return tl::unexpected{uplink.error()};
  const auto downlink = read_rate(root, "downlink_bytes_per_s");
  if (!downlink) return tl::unexpected{downlink.error()};
  link.uplink = *uplink;
  link.downlink = *downlink;
  double rtt = 0.0, message = 0.0;
  auto status = read_number(root, "rtt_s", rtt);
  if (status) status = read_number(root, "message_s", message);
  if (!status) return tl::unexpected{status.error()};
  link.rtt = Seconds{rtt};
  link.message = Seconds{message};
  if (const auto object = root.find("radio")) {
    if (!object->is_object()) return bad_input("'radio' must be an object");
    const auto radio = read_radio(*object);
    if (!radio) return tl::unexpected{radio.error()};
    link.radio = *radio;
  }
  return link;
}

std::vector<std::string> names_in(std::span<const std::string> folders) {
  std::vector<std::string> names;
  for (const auto& folder : folders) {
    std::error_code none;
    for (const auto& entry : fs::directory_iterator{folder, none}) {
      if (entry.path().extension() != ".json" || !entry.is_regular_file(none)) continue;
      if (entry.file_size(none) > 65536) continue;
      const auto document = JsonDocument::load(entry.path().string());
      if (document && document->expect_schema("ns.link")) names.push_back(entry.path().stem().string());
    }
  }
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

/// The parts "up=5Mbit/s", "rtt=35ms" or a bare rate for both ways, each at most once.
class LinkText {
 public:
  LinkText() = default;
  /// Of a link that is known, some parts of which are said anew.
  explicit LinkText(Link known) : known_{std::move(known)}, rtt_{known_->rtt}, message_{known_->message} {}

  Result<void> add(std::string_view part) {
    const auto equals = part.find('=');
    const auto key = equals == std::string_view::npos ? std::string_view{} : trim(part.substr(0, equals));
    const auto value = equals == std::string_view::npos ? trim(part) : trim(part.substr(equals + 1));
    if (std::ranges::find(seen_, key) != seen_.end())
      return bad_input(key.empty() ? std::string{"two rates; write up=RATE,down=RATE"}
                                   : fmt::format("'{}' stands twice", key));
    seen_.emplace_back(key);
    if (key.empty() || key == "up" || key == "down") return add_rate(key, value);
    if (key == "rtt") return add_time(value, rtt_);
    if (key == "message") return add_time(value, message_);
    const std::array<std::string, 4> keys{"up", "down", "rtt", "message"};
    return bad_input(fmt::format("unknown '{}'{}; a link has {}", key, suggestion(key, keys), list_of(keys)));
  }

  [[nodiscard]] Result<Link> link(const std::string& text) const {
    if (!up_ && !known_)
      return bad_input("no uplink rate; write it like 20Mbit/s or up=5.85Mbit/s,down=13.76Mbit/s");
    Link link = known_.value_or(Link{});
    link.source = known_ ? link.source + "; changed on the command line" : "given on the command line";
    link.name = text;
    link.uplink = up_.value_or(link.uplink);
    link.downlink = down_.value_or(known_ ? link.downlink : link.uplink);
    link.rtt = rtt_;
    link.message = message_;
    return link;
  }

 private:
  Result<void> add_rate(std::string_view key, std::string_view value) {
    const auto rate = parse_rate(value);
    if (!rate) return tl::unexpected{rate.error()};
    if (key != "down") {
      if (up_) return bad_input("two uplink rates");
      up_ = *rate;
    }
    if (key == "down") down_ = *rate;
    return {};
  }

  static Result<void> add_time(std::string_view value, Seconds& target) {
    const auto time = parse_duration(value);
    if (!time) return tl::unexpected{time.error()};
    target = *time;
    return {};
  }

  std::optional<Link> known_;
  std::vector<std::string> seen_;
  std::optional<BytesPerSecond> up_;
  std::optional<BytesPerSecond> down_;
  Seconds rtt_{};
  Seconds message_{};
};

Result<Link> read_parts(const std::string& text, std::string_view parts_text, LinkText parts) {
  Result<void> status;
  for (const auto part : split(parts_text, ','))
    if (status) status = parts.add(part);
  auto link = status ? parts.link(text) : Result<Link>{tl::unexpected{status.error()}};
  if (link) return link;
  return failure(Errc::usage, fmt::format("link '{}': {}", text, link.error().message));
}

Result<Link> parse_link_text(const std::string& text) { return read_parts(text, text, LinkText{}); }

/// The file of that name in the first folder that has it.
std::optional<std::string> known_link(std::string_view name, std::span<const std::string> folders) {
  std::error_code none;
  for (const auto& folder : folders) {
    auto path = fs::path{folder} / fmt::format("{}.json", name);
    if (!name.empty() && fs::is_regular_file(path, none)) return path.string();
  }
  return std::nullopt;
}

}  // namespace

std::optional<Watts> Link::sending_power() const {
  if (!radio) return std::nullopt;
  return radio->base + Watts{radio->uplink_w_per_mbit_s * in_megabits_per_second(uplink)};
}

std::optional<Watts> Link::receiving_power() const {
  if (!radio) return std::nullopt;
  return radio->base + Watts{radio->downlink_w_per_mbit_s * in_megabits_per_second(downlink)};
}

Result<Link> read_link(const std::string& path) {
  const auto document = JsonDocument::load(path);
  if (!document) return tl::unexpected{document.error()};
  if (const auto schema = document->expect_schema("ns.link"); !schema) return tl::unexpected{schema.error()};
  auto link = parse_link(document->root());
  if (!link) return failure_within(std::move(link), path);
  if (link->name.empty()) link->name = fs::path{path}.stem().string();
  return link;
}

Result<Link> find_link(const std::string& text, std::span<const std::string> folders) {
  std::error_code none;
  if (const auto path = known_link(text, folders)) return read_link(*path);
  if (const auto comma = text.find(','); comma != std::string::npos) {
    if (const auto path = known_link(std::string_view{text}.substr(0, comma), folders)) {
      auto known = read_link(*path);
      return known ? read_parts(text, std::string_view{text}.substr(comma + 1), LinkText{std::move(*known)})
                   : known;
    }
  }
  if (text == "-" || fs::exists(text, none)) return read_link(text);
  if (text.find_first_of("=,") != std::string::npos || text.ends_with("/s")) return parse_link_text(text);
  const auto names = names_in(folders);
  const auto near = suggestion(text, names);
  // "20Mbit" lacks its unit; "5gg" is a name misspelt.
  const bool starts_as_number = !text.empty() && text.front() >= '0' && text.front() <= '9';
  if (starts_as_number && near.empty()) return parse_link_text(text);
  return failure(Errc::usage,
                 fmt::format("no link '{}'{}; name {}, a file, or rates like 20Mbit/s,rtt=35ms", text, near,
                             names.empty() ? std::string{"a link"} : list_of(names)));
}

}  // namespace ns
