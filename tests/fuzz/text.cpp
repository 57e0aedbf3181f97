#include "net/text/text.hpp"

#include "tests/fuzz/promise.hpp"
#include "tests/fuzz/reader.hpp"
#include "tests/fuzz/use_net.hpp"

namespace ns::fuzz {

void read_text(std::string_view bytes) {
  const auto net = parse_net_text(bytes, "net.txt");
  if (const auto* const read = value_of(net)) use(*read);
}

}  // namespace ns::fuzz
