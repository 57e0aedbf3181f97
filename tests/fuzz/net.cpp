// The door that tells formats apart.
#include "net/reader.hpp"
#include "tests/fuzz/memory_file.hpp"
#include "tests/fuzz/promise.hpp"
#include "tests/fuzz/reader.hpp"

namespace ns::fuzz {

bool read_net(std::string_view bytes) {
  const MemoryFile file{bytes};
  const auto net = ns::read_net(file.path());
  const auto listing = read_listing(file.path(), {});
  // A listing may hold what is not known, a net may not.
  promise(value_of(net) == nullptr || value_of(listing) != nullptr, "what is a net can be listed");
  return net.has_value();
}

}  // namespace ns::fuzz
