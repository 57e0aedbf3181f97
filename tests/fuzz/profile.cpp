#include "profiler/profile.hpp"

#include "tests/fuzz/memory_file.hpp"
#include "tests/fuzz/promise.hpp"
#include "tests/fuzz/reader.hpp"

namespace ns::fuzz {

bool read_profile(std::string_view bytes) {
  const MemoryFile file{bytes};
  const auto profile = ns::read_profile(file.path());
  const auto* const read = value_of(profile);
  if (read == nullptr) return false;
  promise(parse_header(print(read->header)).has_value(), "a printed header reads back");
  for (const auto& row : read->rows) {
    const auto again = parse_row(print(row));
    promise(again.has_value() && key(*again) == key(row), "a printed row reads back");
  }
  return true;
}

}  // namespace ns::fuzz
