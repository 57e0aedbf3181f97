/// Readings in lines of text as they come in: "WATTS", "SECONDS WATTS" or columns that a first line names.
#pragma once

#include "core/units.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// A line's numbers: a stamp, on whatever clock, if it has one.
struct StampedPower {
  std::optional<Seconds> stamp;
  Watts power;
};

/// Takes bytes in any pieces; keeps no more than an unfinished line of 4 kB.
class TextLines {
 public:
  /// The readings of the lines that `bytes` finish. Separators are blanks, commas and semicolons. A line
  /// that is no reading counts as `unread`, but for a first one that names columns: time (time_s, seconds,
  /// timestamp) and power (power_w, watts, power), power_mw in milliwatts.
  std::vector<StampedPower> take(std::string_view bytes);
  [[nodiscard]] std::size_t unread() const { return unread_; }
  /// "column 'power_mw' in milliwatts": what of a line is taken for the power.
  [[nodiscard]] std::string source() const;

 private:
  std::optional<StampedPower> parse(std::string_view line);
  bool take_header(const std::vector<std::string_view>& words);

  std::string rest_;
  bool begun_ = false;
  bool overlong_ = false;
  std::optional<std::size_t> time_column_;
  std::optional<std::size_t> power_column_;
  std::string power_name_;
  double unit_ = 1.0;
  std::size_t unread_ = 0;
};

}  // namespace ns
