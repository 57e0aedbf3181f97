/// What stands behind the colon of "onednn:threads=1,isa=sse41".
#pragma once

#include "core/error.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ns {

class Settings {
 public:
  /// "threads=1,isa=sse41"; usage error for an unknown, repeated or empty key, naming those that `backend`
  /// knows.
  static Result<Settings> parse(std::string_view text, std::string_view backend,
                                std::span<const std::string> known);

  [[nodiscard]] std::optional<std::string> find(std::string_view key) const;
  /// The value of `key` as a number of at least `least`, or `otherwise`.
  [[nodiscard]] Result<double> number(std::string_view key, double otherwise, double least) const;
  [[nodiscard]] Result<int> integer(std::string_view key, int otherwise, int least, int most) const;

 private:
  std::string backend_;
  std::vector<std::pair<std::string, std::string>> values_;
};

}  // namespace ns
