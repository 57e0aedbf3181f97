#include "regression/predictor.hpp"

#include "tests/fuzz/promise.hpp"
#include "tests/fuzz/reader.hpp"

#include <array>

namespace ns::fuzz {
namespace {

/// One of each of the commonest kinds: plain, depthwise, fused, without weights, without arithmetic.
constexpr std::array<std::string_view, 6> asked{
    "conv:filters=96,kernel=11,stride=4+act:relu@1x3x227x227",
    "conv:filters=32,groups=32,kernel=3,pad=1@1x32x56x56",
    "fc:features=1000@1x4096",
    "pool:max,kernel=3,stride=2@1x96x55x55",
    "act:relu@1x96x55x55",
    "softmax@1x1000",
};

}  // namespace

bool read_predictor(std::string_view bytes) {
  const auto predictor = Predictor::parse(bytes, "predictor.json");
  const auto* const read = value_of(predictor);
  if (read == nullptr) return false;
  for (const auto text : asked) {
    const auto layer = parse_layer(text);
    promise(layer.has_value(), "the layers of this test are well formed");
    value_of(read->predict(*layer));
    value_of(read->predict(*layer, true, 0.95));
  }
  if (const auto factor = read->net_factor(0.9)) promise(*factor >= 1.0, "an interval holds its middle");
  return true;
}

}  // namespace ns::fuzz
