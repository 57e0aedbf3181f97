#include "net/prototxt/prototxt.hpp"

#include "tests/fuzz/promise.hpp"
#include "tests/fuzz/reader.hpp"
#include "tests/fuzz/use_net.hpp"

namespace ns::fuzz {

void read_prototxt(std::string_view bytes) {
  const auto net = parse_prototxt(bytes, "net.prototxt");
  if (const auto* const read = value_of(net)) use(*read);
}

}  // namespace ns::fuzz
