/// A family of layers to measure, as a text that people read and edit (data/sweeps/*.sweep): ranges to draw
/// from, or layers listed one by one. docs/formats.md explains the syntax.
#pragma once

#include "core/error.hpp"
#include "core/units.hpp"
#include "net/layer.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// Integers that one item of a list stands for, or a word.
struct SweepItem {
  enum class Kind { uniform, logarithmic, word };
  Kind kind = Kind::uniform;
  std::int64_t first = 0;
  std::int64_t last = 0;
  std::int64_t step = 1;  // multiples of it; first and last are two
  std::string word{};
};

struct SweepVariable {
  std::string name;
  std::vector<SweepItem> items;
};

struct SweepSection {
  std::string name;
  std::string place;  // "conv.sweep:12", for errors
  double share = 1.0;
  Macs most_macs{2e9};
  Bytes most_bytes{256e6};  // inputs, outputs and weights together
  std::vector<SweepVariable> variables;
  std::vector<std::string> layers;  // templates
};

struct Sweep {
  std::string name;  // of the file, without folder and ending: "conv"
  std::size_t rows = 0;
  std::vector<SweepSection> sections;
  std::vector<LayerConfig> listed;
};

/// Errors name file and line. Every template must yield a well-formed layer for the first item of each of its
/// variables.
Result<Sweep> parse_sweep(std::string_view text, const std::string& file);
Result<Sweep> read_sweep(const std::string& path);

}  // namespace ns
