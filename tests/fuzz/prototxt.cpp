#include "net/prototxt/prototxt.hpp"

#include "tests/fuzz/promise.hpp"
#include "tests/fuzz/reader.hpp"
#include "tests/fuzz/use_net.hpp"

namespace ns::fuzz {

bool read_prototxt(std::string_view bytes) {
  const auto net = parse_prototxt(bytes, "net.prototxt");
  const auto* const read = value_of(net);
  if (read == nullptr) return false;
  use(*read);
  return true;
}

}  // namespace ns::fuzz
