/// A table that people read: aligned columns with units in their titles; or the same as CSV.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ns {

enum class Align { left, right };

class Table {
 public:
  /// One column; `title` carries the unit, as in "out bytes" or "time (ms)".
  Table& column(std::string title, Align align = Align::right);

  /// As many cells as there are columns.
  void row(std::vector<std::string> cells);

  [[nodiscard]] bool empty() const { return rows_.empty(); }

  /// Columns two blanks apart, each line indented by `indent`, no blanks at line ends. Counts UTF-8
  /// characters.
  [[nodiscard]] std::string text(std::string_view indent = "") const;

  /// RFC 4180: quoted where a cell holds a comma, a quote, a line break or a blank at an end.
  [[nodiscard]] std::string csv() const;

 private:
  struct Column {
    std::string title;
    Align align;
  };
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

/// A bar of at most `width` characters for `fraction` in [0, 1], in eighths of a character.
std::string bar(double fraction, int width);

}  // namespace ns
