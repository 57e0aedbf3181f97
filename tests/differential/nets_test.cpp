// Whole nets, folded, grouped and planned, on oneDNN against the reference.
#include "compare.hpp"
#include "net/reader.hpp"

#include <cstdlib>
#include <gtest/gtest.h>

namespace ns {
namespace {

/// Single precision through tens of layers: each adds about 1e-6, softmax at the end shrinks the differences.
constexpr double tolerance = 2e-5;

class Nets : public testing::TestWithParam<const char*> {};

TEST_P(Nets, ComputeWhatTheReferenceDoes) {
  const char* const settings = std::getenv("NS_TEST_DEVICE");
  const auto device = open_backend(settings == nullptr ? "onednn:threads=1" : settings);
  const auto reference = open_backend("reference");
  const auto read = read_net(std::string{NS_DATA "/nets/"} + GetParam());
  ASSERT_TRUE(device && reference);
  ASSERT_TRUE(read) << read.error().message;
  const Net net = fold(*read);
  const auto actual = outputs_of(**device, net, false, 5);
  const auto expected = outputs_of(**reference, net, false, 5);
  ASSERT_TRUE(actual) << actual.error().message;
  ASSERT_TRUE(expected) << expected.error().message;
  EXPECT_LE(difference(*actual, *expected), tolerance);
}

INSTANTIATE_TEST_SUITE_P(Files, Nets,
                         testing::Values("mnist.prototxt", "pos.prototxt", "ner.prototxt", "chk.prototxt",
                                         "squeezenet1_1.txt", "mobilenet_v2.txt"),
                         [](const testing::TestParamInfo<const char*>& test) {
                           const std::string name = test.param;
                           return name.substr(0, name.find('.'));
                         });

}  // namespace
}  // namespace ns
