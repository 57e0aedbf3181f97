/// What one run of a net gave, for people and programs.
#pragma once

#include "apps/command.hpp"
#include "core/array.hpp"
#include "core/units.hpp"
#include "runtime/executor.hpp"

#include <optional>
#include <string>
#include <vector>

namespace ns {

struct RunOutput {
  std::string name;
  Array array;
  std::string note;                  // what it is where it is no tensor: "sequence of 3"
  std::optional<double> difference;  // largest, as a share of the largest magnitude expected
};

struct RunResult {
  std::string net;
  std::string device;       // as it was named
  std::string description;  // of the backend
  std::size_t planned = 0;  // layers
  std::vector<InterpretedLayer> interpreted;
  Bytes weights{};      // as the device's plans hold them
  Bytes activations{};  // likewise
  Bytes peak{};         // most memory that the process has had
  Seconds prepare{};
  Seconds time{};  // median of all runs
  std::size_t runs = 1;
  std::string compared_with;  // what differences are from: a file, "the whole"; "" for nothing
  std::vector<RunOutput> outputs;
};

std::string run_text(const RunResult& result, Format format);

/// The largest difference of two arrays as a share of the largest magnitude of `expected`; nothing if their
/// shapes differ. Where both are no numbers, or the same infinity, they do not differ.
std::optional<double> relative_difference(const Array& made, const Array& expected);

}  // namespace ns
