/// The text form of a layer's parameters, printed and parsed by one description per room, so that the two are
/// inverse by construction. A room writes
///
///     void fields(auto& io, Room<Conv> auto& layer) {
///       io.number("filters", layer.filters);
///       io.window("kernel", layer.kernel);
///     }
///
/// and gets "filters=96,kernel=11" and back. A value that equals its default is not printed.
#pragma once

#include "core/dtype.hpp"
#include "core/error.hpp"

#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace ns {

/// A room, const when it is printed and mutable when it is parsed.
template <class T, class Layer>
concept Room = std::same_as<std::remove_const_t<T>, Layer>;

/// A name of an enumerator, in a room's table.
template <class Enum>
struct Choice {
  Enum value;
  std::string_view name;
};

/// Writes "kind,key=value,..." in the order of the room's description.
class FieldPrinter {
 public:
  /// `spatial_rank`: how many spatial axes the layer's input has; a window with equal extents prints as one
  /// number.
  explicit FieldPrinter(std::size_t spatial_rank) : spatial_rank_{spatial_rank} {}

  void number(std::string_view key, const std::int64_t& value);  // required: always printed
  void number(std::string_view key, const std::int64_t& value, std::int64_t otherwise);
  void real(std::string_view key, const double& value, double otherwise);
  void flag(std::string_view key, const bool& value, bool otherwise);
  void text(std::string_view key, const std::string& value);  // required
  void text(std::string_view key, const std::string& value, std::string_view otherwise);
  void element(std::string_view key, const DType& value, DType otherwise);
  void list(std::string_view key, const std::vector<std::int64_t>& value);    // empty: not printed
  void texts(std::string_view key, const std::vector<std::string>& value);    // empty: not printed
  void reals(std::string_view key, const std::vector<double>& value);         // empty: not printed
  void window(std::string_view key, const std::vector<std::int64_t>& value);  // required
  void window(std::string_view key, const std::vector<std::int64_t>& value,
              std::int64_t otherwise);                                      // per axis
  void pads(std::string_view key, const std::vector<std::int64_t>& value);  // begins, then ends; default 0
  template <class Enum>
  void choice(const Enum& value, std::span<const Choice<Enum>> table) {
    for (const auto& [enumerator, name] : table)
      if (enumerator == value) bare(name);
  }
  template <class Enum>
  void choice(std::string_view key, const Enum& value, std::span<const Choice<Enum>> table, Enum otherwise) {
    if (value == otherwise) return;
    for (const auto& [enumerator, name] : table)
      if (enumerator == value) pair(key, name);
  }

  [[nodiscard]] const std::string& result() const { return text_; }

 private:
  void bare(std::string_view word);
  void pair(std::string_view key, std::string_view value);
  std::size_t spatial_rank_;
  std::string text_;
};

/// Reads what FieldPrinter writes, in any order. The first mistake wins; what is missing is said only where
/// nothing else is wrong, for it may stand there misspelt.
class FieldParser {
 public:
  FieldParser(std::string_view text, std::size_t spatial_rank);

  void number(std::string_view key, std::int64_t& value);
  void number(std::string_view key, std::int64_t& value, std::int64_t otherwise);
  void real(std::string_view key, double& value, double otherwise);
  void flag(std::string_view key, bool& value, bool otherwise);
  void text(std::string_view key, std::string& value);
  void text(std::string_view key, std::string& value, std::string_view otherwise);
  void element(std::string_view key, DType& value, DType otherwise);
  void list(std::string_view key, std::vector<std::int64_t>& value);
  void texts(std::string_view key, std::vector<std::string>& value);
  void reals(std::string_view key, std::vector<double>& value);
  void window(std::string_view key, std::vector<std::int64_t>& value);
  void window(std::string_view key, std::vector<std::int64_t>& value, std::int64_t otherwise);
  void pads(std::string_view key, std::vector<std::int64_t>& value);
  template <class Enum>
  void choice(Enum& value, std::span<const Choice<Enum>> table) {
    std::vector<std::string> names;
    for (const auto& [enumerator, name] : table) {
      if (take_bare(name)) {
        value = enumerator;
        return;
      }
      names.emplace_back(name);
    }
    reject_bare(names);
  }
  template <class Enum>
  void choice(std::string_view key, Enum& value, std::span<const Choice<Enum>> table, Enum otherwise) {
    value = otherwise;
    std::string word;
    if (!take(key, word)) return;
    std::vector<std::string> names;
    for (const auto& [enumerator, name] : table) {
      if (word == name) {
        value = enumerator;
        return;
      }
      names.emplace_back(name);
    }
    reject(key, word, names);
  }

  /// bad_input if anything was wrong, missing or left over.
  [[nodiscard]] Result<void> finish();

 private:
  struct Field {
    std::string_view key;  // empty for a bare word
    std::string_view value;
    bool used = false;
  };
  bool take(std::string_view key, std::string& value);
  bool take_bare(std::string_view word);
  void reject(std::string_view key, std::string_view word, std::span<const std::string> names);
  void reject_bare(std::span<const std::string> names);
  void fail(std::string message);
  void miss(std::string_view key);

  std::size_t spatial_rank_;
  std::vector<Field> fields_;
  std::vector<std::string> known_;  // keys the room asked for, for suggestions
  std::string error_;
  std::string missing_;
};

}  // namespace ns
