#include "partition/device.hpp"

#include "tests/fuzz/memory_file.hpp"
#include "tests/fuzz/promise.hpp"
#include "tests/fuzz/reader.hpp"

namespace ns::fuzz {

void read_device(std::string_view bytes) {
  const MemoryFile file{bytes};
  value_of(ns::read_device(file.path()));
}

}  // namespace ns::fuzz
