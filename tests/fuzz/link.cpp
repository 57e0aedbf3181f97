#include "partition/link.hpp"

#include "tests/fuzz/memory_file.hpp"
#include "tests/fuzz/promise.hpp"
#include "tests/fuzz/reader.hpp"

namespace ns::fuzz {

bool read_link(std::string_view bytes) {
  const MemoryFile file{bytes};
  const auto link = ns::read_link(file.path());
  const auto* const read = value_of(link);
  if (read == nullptr) return false;
  const bool has_radio = read->radio.has_value();
  promise(read->sending_power().has_value() == has_radio, "a radio says what sending takes");
  promise(read->receiving_power().has_value() == has_radio, "a radio says what receiving takes");
  return true;
}

}  // namespace ns::fuzz
