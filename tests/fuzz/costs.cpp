#include "partition/costs.hpp"

#include "tests/fuzz/memory_file.hpp"
#include "tests/fuzz/promise.hpp"
#include "tests/fuzz/reader.hpp"

namespace ns::fuzz {

bool read_costs(std::string_view bytes) {
  const MemoryFile file{bytes};
  const auto costs = ns::read_costs(file.path());
  const auto* const read = value_of(costs);
  if (read == nullptr) return false;
  coverage_of(*read);
  const MemoryFile printed{print_json(*read)};
  promise(value_of(ns::read_costs(printed.path())) != nullptr, "costs that are printed can be read");
  return true;
}

}  // namespace ns::fuzz
