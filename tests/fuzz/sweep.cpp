#include "profiler/sweep.hpp"

#include "profiler/deal.hpp"
#include "tests/fuzz/promise.hpp"
#include "tests/fuzz/reader.hpp"

#include <algorithm>

namespace ns::fuzz {

bool read_sweep(std::string_view bytes) {
  constexpr std::size_t drawn = 8;
  const auto sweep = parse_sweep(bytes, "family.sweep");
  const auto* const read = value_of(sweep);
  if (read == nullptr) return false;
  deal({read, 1}, std::min(drawn, read->rows), 1, [](const LayerConfig&) { return true; });
  return true;
}

}  // namespace ns::fuzz
