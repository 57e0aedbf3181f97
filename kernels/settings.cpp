#include "kernels/settings.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace ns {

Result<Settings> Settings::parse(std::string_view text, std::string_view backend,
                                 std::span<const std::string> known) {
  Settings settings;
  settings.backend_ = backend;
  if (trim(text).empty()) return settings;
  for (const std::string_view part : split(text, ',')) {
    const auto equals = part.find('=');
    const std::string key{trim(part.substr(0, equals))};
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      const std::string choices = known.empty() ? "it takes none" : "it takes " + list_of(known);
      return failure(Errc::usage, fmt::format("device {}: unknown setting '{}'; {}{}", backend, key, choices,
                                              suggestion(key, known)));
    }
    if (equals == std::string_view::npos || trim(part.substr(equals + 1)).empty()) {
      return failure(Errc::usage,
                     fmt::format("device {}: setting '{}' has no value; write {}=...", backend, key, key));
    }
    if (settings.find(key)) {
      return failure(Errc::usage,
                     fmt::format("device {}: setting '{}' stands twice; keep one", backend, key));
    }
    settings.values_.emplace_back(key, trim(part.substr(equals + 1)));
  }
  return settings;
}

std::optional<std::string> Settings::find(std::string_view key) const {
  const auto found =
      std::find_if(values_.begin(), values_.end(), [&](const auto& value) { return value.first == key; });
  return found == values_.end() ? std::nullopt : std::optional{found->second};
}

Result<double> Settings::number(std::string_view key, double otherwise, double least) const {
  const auto text = find(key);
  if (!text) return otherwise;
  const auto value = parse_number(*text);
  if (!value || *value < least) {
    return failure(Errc::usage, fmt::format("device {}: {}={} must be a number of at least {}", backend_, key,
                                            *text, print_number(least)));
  }
  return *value;
}

Result<int> Settings::integer(std::string_view key, int otherwise, int least, int most) const {
  const auto text = find(key);
  if (!text) return otherwise;
  const auto value = parse_integer(*text);
  if (!value || *value < least || *value > most) {
    return failure(Errc::usage, fmt::format("device {}: {}={} must be an integer from {} to {}", backend_,
                                            key, *text, least, most));
  }
  return static_cast<int>(*value);
}

}  // namespace ns
