#include "net/text/text.hpp"

#include "tests/fuzz/promise.hpp"
#include "tests/fuzz/reader.hpp"
#include "tests/fuzz/use_net.hpp"

namespace ns::fuzz {

bool read_text(std::string_view bytes) {
  const auto net = parse_net_text(bytes, "net.txt");
  const auto* const read = value_of(net);
  if (read == nullptr) return false;
  use(*read);
  return true;
}

}  // namespace ns::fuzz
