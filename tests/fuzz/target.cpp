// The fuzzer's way into one reader: NS_FUZZ_DOOR is the function behind it.
#include "tests/fuzz/reader.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ns::fuzz::NS_FUZZ_DOOR({reinterpret_cast<const char*>(data), size});
  return 0;
}
