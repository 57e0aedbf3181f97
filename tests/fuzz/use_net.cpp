#include "tests/fuzz/use_net.hpp"

#include "net/group.hpp"
#include "net/listing.hpp"
#include "net/text/text.hpp"
#include "tests/fuzz/promise.hpp"

#include <array>
#include <string>

namespace ns::fuzz {

void use(const Net& net) {
  static const std::array<std::string, 3> rules{"conv+act", "conv+add+act:relu", "fc+act"};
  static const auto fusion = FusionRules::parse(rules);
  promise(fusion.has_value(), "the rules of this test are well formed");
  const auto listing = listing_of(net);
  promise(listing.layers.size() == net.layers.size(), "a listing has every layer");
  const auto folded = fold(net);
  for (const auto& one : group(folded, *fusion)) value_of(cost(one.config));
  hash(folded);
  const auto again = parse_net_text(print_net_text(net), "printed.txt");
  const auto* const read = value_of(again);
  promise(read != nullptr && hash(*read) == hash(net), "a net's text form reads back as the same net");
}

}  // namespace ns::fuzz
