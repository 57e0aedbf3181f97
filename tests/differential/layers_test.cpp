// oneDNN against the reference on random layers; run once per instruction set (NS_TEST_DEVICE).
#include "compare.hpp"
#include "generate.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <ostream>

namespace ns {
namespace {

/// Largest difference relative to the largest output. Copies are exact; sums of n products in single
/// precision drift by a few units in the last place (6e-8) times the square root of n, and the logarithm of
/// one that is near 1 by more; functions are approximations.
struct Tolerance {
  const char* type;
  double relative;
};

constexpr Tolerance tolerances[] = {
    {"conv", 3e-6},         {"conv+", 5e-6},      {"fc", 3e-6},        {"fc+", 5e-6},
    {"local", 3e-6},        {"pool", 1e-6},       {"act", 5e-6},       {"norm", 2e-6},
    {"softmax", 2e-6},      {"argmax", 0.0},      {"eltwise", 1e-6},   {"concat", 0.0},
    {"slice", 0.0},         {"reshape", 0.0},     {"identity", 0.0},   {"deconv", 3e-6},
    {"matmul", 3e-6},       {"rnn", 5e-6},        {"reduce", 1e-5},    {"cast", 0.0},
    {"crop", 0.0},          {"pad", 0.0},         {"expand", 0.0},     {"tile", 0.0},
    {"transpose", 0.0},     {"conv int8", 3e-6},  {"fc int8", 3e-6},   {"conv stored", 3e-6},
    {"conv dynamic", 3e-6}, {"fc dynamic", 3e-6}, {"fc stored", 3e-6}, {"depth_space", 0.0},
    {"gather", 0.0},        {"scatter", 1e-6},    {"resize", 2e-6},    {"einsum", 3e-6},
    {"topk", 0.0},          {"cumsum", 0.0},      {"attention", 3e-6}, {"rnn dynamic", 2e-7},
};
constexpr int configurations = 250;

void PrintTo(const Tolerance& tolerance, std::ostream* out) { *out << tolerance.type; }

std::string test_name(const Tolerance& tolerance) {
  std::string name = tolerance.type;
  std::ranges::replace(name, ' ', '_');
  return name.back() == '+' ? name.substr(0, name.size() - 1) + "_with_epilogue" : name;
}

/// Whether sums are rounded to whole numbers, of which two are as near where a sum lies in the middle.
bool rounds_sums(const LayerConfig& config) {
  const auto* const quantisation = quantisation_of(config.params);
  return quantisation != nullptr && quantisation->out;
}

class Differential : public testing::TestWithParam<Tolerance> {};

TEST_P(Differential, AgreesWithTheReferenceOnRandomLayers) {
  const auto device = device_under_test();
  const auto reference = open_backend("reference");
  ASSERT_TRUE(device != nullptr && reference);
  double worst = 0.0;
  std::size_t rounded = 0;
  std::size_t rounded_otherwise = 0;
  for (std::uint64_t seed = 1; seed <= configurations; ++seed) {
    Random random{seed};
    const LayerConfig config = random_layer(GetParam().type, random);
    const auto net = net_of(config);
    ASSERT_TRUE(net) << print(config) << ": " << net.error().message;
    const bool isolated = seed % 3 != 0;
    const auto actual = outputs_of(*device, *net, isolated, seed);
    const auto expected = outputs_of(**reference, *net, isolated, seed);
    ASSERT_TRUE(actual) << print(config) << ": " << actual.error().message;
    ASSERT_TRUE(expected) << print(config) << ": " << expected.error().message;
    if (rounds_sums(config)) {
      ASSERT_EQ(actual->size(), expected->size());
      rounded += expected->size();
      rounded_otherwise += differing(*actual, *expected, 0.0F);
      EXPECT_EQ(differing(*actual, *expected, 1.0F), 0U) << "seed " << seed << ": " << print(config);
      continue;
    }
    const double found = difference(*actual, *expected);
    worst = std::max(worst, found);
    EXPECT_LE(found, GetParam().relative)
        << "seed " << seed << (isolated ? ", isolated: " : ": ") << print(config);
  }
  EXPECT_LE(rounded_otherwise, rounded / 50'000);
  RecordProperty("worst", std::to_string(worst));
  std::printf("%s: %d configurations, largest difference %.2g of %.2g\n", GetParam().type, configurations,
              worst, GetParam().relative);
  if (rounded > 0) std::printf("rounded otherwise: %zu of %zu\n", rounded_otherwise, rounded);
}

INSTANTIATE_TEST_SUITE_P(Types, Differential, testing::ValuesIn(tolerances),
                         [](const testing::TestParamInfo<Tolerance>& test) { return test_name(test.param); });

}  // namespace
}  // namespace ns
