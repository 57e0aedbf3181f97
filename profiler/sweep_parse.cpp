#include "core/file.hpp"
#include "core/quantity.hpp"
#include "core/text.hpp"
#include "profiler/sweep.hpp"
#include "profiler/sweep_template.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <fmt/format.h>

namespace ns {
namespace {

constexpr std::int64_t largest = std::int64_t{1} << 40;  // no extent of a tensor is larger

std::optional<std::int64_t> extent(std::string_view text) {
  const auto value = parse_integer(trim(text));
  return value && *value >= 0 && *value <= largest ? value : std::nullopt;
}

SweepItem one(std::int64_t value) { return SweepItem{.first = value, .last = value}; }

/// "16-512*2": each value as likely as another item of the list.
Result<std::vector<SweepItem>> parse_progression(std::int64_t first, std::int64_t last, std::string_view by) {
  const auto factor = extent(by);
  if (!factor || *factor < 2 || first < 1)
    return bad_input("a range such as 16-512*2 needs a first number above 0 and a factor above 1");
  std::vector<SweepItem> items;
  for (auto value = first; value <= last; value *= *factor) {
    items.push_back(one(value));
    if (value > last / *factor) break;  // the next may not fit into 64 bits
  }
  return items;
}

/// Behind "log " if that was there: "4-150", "8-1024 by 8", "16-512*2".
Result<std::vector<SweepItem>> parse_range(std::string_view text, bool logarithmic) {
  const auto by = text.find(" by ");
  const auto bounds = trim(text.substr(0, by));
  const auto dash = bounds.find('-');
  const auto star = bounds.find('*');
  const auto first = extent(bounds.substr(0, dash));
  const auto last = extent(bounds.substr(dash + 1, star == std::string_view::npos ? star : star - dash - 1));
  const auto step =
      by == std::string_view::npos ? std::optional<std::int64_t>{1} : extent(text.substr(by + 4));
  if (!first || !last || *last < *first || (logarithmic && *first < 1))
    return bad_input(fmt::format("'{}' is no range from a smaller to a larger number", text));
  if (!step || *step < 1) return bad_input(fmt::format("'{}': 'by' needs a number above 0", text));
  if (star != std::string_view::npos) return parse_progression(*first, *last, bounds.substr(star + 1));
  SweepItem item{.kind = logarithmic ? SweepItem::Kind::logarithmic : SweepItem::Kind::uniform,
                 .first = (*first + *step - 1) / *step * *step,
                 .last = *last / *step * *step,
                 .step = *step};
  if (item.last < item.first) return bad_input(fmt::format("'{}' holds no multiple of {}", text, *step));
  return std::vector{std::move(item)};
}

/// "64", "16-512*2", "4-150", "log 8-1024 by 8", or a word.
Result<std::vector<SweepItem>> parse_item(std::string_view text) {
  constexpr std::string_view logarithm = "log ";
  text = trim(text);
  if (text.empty()) return bad_input("an item of the list is empty; write none for nothing");
  if (text.starts_with(logarithm)) return parse_range(trim(text.substr(logarithm.size())), true);
  if (const auto number = extent(text)) return std::vector{one(*number)};
  const auto dash = text.find('-');
  if (dash != std::string_view::npos && extent(text.substr(0, dash))) return parse_range(text, false);
  return std::vector{
      SweepItem{.kind = SweepItem::Kind::word, .word = std::string{text == "none" ? "" : text}}};
}

/// "200M", "2G", "64": counts with the prefixes of a thousand.
std::optional<double> parse_count(std::string_view text) {
  struct Prefix {
    char letter;
    double factor;
  };
  constexpr std::array prefixes{Prefix{'k', 1e3}, Prefix{'M', 1e6}, Prefix{'G', 1e9}};
  double factor = 1.0;
  for (const auto& prefix : prefixes)
    if (text.ends_with(prefix.letter)) factor = prefix.factor;
  if (factor > 1.0) text.remove_suffix(1);
  const auto number = parse_number(text);
  if (!number || *number < 0.0) return std::nullopt;
  return *number * factor;
}

enum class Place { anywhere, file, section };

/// A name that is no variable.
struct Setting {
  std::string_view name;
  Place place;
  void (*set)(Sweep& sweep, SweepSection& section, double value);
};
constexpr std::array settings{
    Setting{"max_macs", Place::anywhere,
            [](Sweep&, SweepSection& section, double value) { section.most_macs = Macs{value}; }},
    Setting{"max_bytes", Place::anywhere,
            [](Sweep&, SweepSection& section, double value) { section.most_bytes = Bytes{value}; }},
    Setting{"share", Place::section,
            [](Sweep&, SweepSection& section, double value) { section.share = value; }},
    Setting{"rows", Place::file,
            [](Sweep& sweep, SweepSection&, double value) {
              sweep.rows = static_cast<std::size_t>(std::min(value, 1e6));
            }},
};

class SweepParser {
 public:
  explicit SweepParser(const std::string& file) : file_{file} {
    sweep_.name = std::filesystem::path{file}.stem().string();
  }

  Result<Sweep> parse(std::string_view text) {
    for (auto line : split(text, '\n')) {
      ++line_;
      line = trim(line.substr(0, line.find('#')));
      if (line.empty()) continue;
      if (auto read = parse_line(line); !read) return failure_within(std::move(read), place());
    }
    for (const auto& section : sweep_.sections)
      if (auto checked = check(section); !checked) return failure_within(std::move(checked), section.place);
    if (sweep_.sections.empty() && sweep_.listed.empty())
      return bad_input(fmt::format("{}: names no layers; write a section or a layer's text form", file_));
    if (sweep_.rows == 0) sweep_.rows = sweep_.sections.empty() ? sweep_.listed.size() : 100;
    return std::move(sweep_);
  }

 private:
  [[nodiscard]] std::string place() const { return fmt::format("{}:{}", file_, line_); }

  Result<void> parse_line(std::string_view line) {
    if (line.front() == '[') return begin_section(line);
    const auto equals = line.find('=');
    const auto name = trim(line.substr(0, equals));
    // A layer's text form holds '=' too, behind its type and a colon.
    if (equals == std::string_view::npos || name.find(':') != std::string_view::npos) return add_listed(line);
    return assign(name, trim(line.substr(equals + 1)));
  }

  Result<void> begin_section(std::string_view line) {
    if (line.back() != ']' || line.size() < 3) return bad_input("a section begins with a name in brackets");
    auto section = defaults_;
    section.name = trim(line.substr(1, line.size() - 2));
    section.place = place();
    sweep_.sections.push_back(std::move(section));
    return {};
  }

  Result<void> add_listed(std::string_view line) {
    auto layer = layer_of(line);
    if (!layer) return tl::unexpected{std::move(layer.error())};
    if (auto whole = cost(*layer); !whole) return tl::unexpected{std::move(whole.error())};
    sweep_.listed.push_back(std::move(*layer));
    return {};
  }

  Result<void> assign(std::string_view name, std::string_view value) {
    const bool in_section = !sweep_.sections.empty();
    auto& target = in_section ? sweep_.sections.back() : defaults_;
    if (name == "layer") {
      if (!in_section) return bad_input("'layer' belongs into a section; write [name] before it");
      target.layers.emplace_back(value);
      return {};
    }
    const auto* const setting = std::ranges::find(settings, name, &Setting::name);
    if (setting == settings.end()) return add_variable(target, name, value);
    const auto count = parse_count(value);
    if (!count) return bad_input(fmt::format("'{}' needs a number such as 200M, not '{}'", name, value));
    if ((setting->place == Place::section && !in_section) || (setting->place == Place::file && in_section))
      return bad_input(
          fmt::format("'{}' belongs {} section", name, in_section ? "before the first" : "into a"));
    setting->set(sweep_, target, *count);
    return {};
  }

  static Result<void> add_variable(SweepSection& section, std::string_view name, std::string_view value) {
    SweepVariable variable{std::string{name}, {}};
    for (const auto part : split(value, ',')) {
      auto items = parse_item(part);
      if (!items) return failure_within(std::move(items), fmt::format("'{}'", name));
      std::ranges::move(*items, std::back_inserter(variable.items));
    }
    std::erase_if(section.variables, [&](const SweepVariable& known) { return known.name == name; });
    section.variables.push_back(std::move(variable));
    return {};
  }

  /// A mistake in a template is found here, not in the middle of a sweep.
  static Result<void> check(const SweepSection& section) {
    if (section.layers.empty()) return bad_input(fmt::format("section '{}' has no 'layer'", section.name));
    Bindings bindings;
    for (const auto& variable : section.variables) {
      const auto& item = variable.items.front();
      bindings.emplace_back(variable.name,
                            item.kind == SweepItem::Kind::word ? item.word : std::to_string(item.first));
    }
    for (const auto& layer : section.layers) {
      const auto text = fill(layer, bindings);
      if (!text) return tl::unexpected{text.error()};
      const auto at = text->find('@');
      const auto head = text->substr(0, std::min(at, text->find('+')));
      const auto inputs = at == std::string::npos ? std::string{} : text->substr(at);
      if (auto parsed = parse_layer(head + inputs.substr(0, inputs.find(','))); !parsed)
        return tl::unexpected{std::move(parsed.error())};
    }
    return {};
  }

  std::string file_;
  std::size_t line_ = 0;
  Sweep sweep_;
  SweepSection defaults_;
};

}  // namespace

Result<Sweep> parse_sweep(std::string_view text, const std::string& file) {
  return SweepParser{file}.parse(text);
}

Result<Sweep> read_sweep(const std::string& path) {
  const auto text = read_file(path);
  if (!text) return tl::unexpected{text.error()};
  return parse_sweep(*text, path);
}

}  // namespace ns
