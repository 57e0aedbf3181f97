#include "partition/device.hpp"

#include "tests/fuzz/memory_file.hpp"
#include "tests/fuzz/promise.hpp"
#include "tests/fuzz/reader.hpp"

namespace ns::fuzz {

bool read_device(std::string_view bytes) {
  const MemoryFile file{bytes};
  return value_of(ns::read_device(file.path())) != nullptr;
}

}  // namespace ns::fuzz
