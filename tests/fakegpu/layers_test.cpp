// The GPU plug-in on the fake GPU against the reference, on random layers of each type that it claims, and on
// whole nets.
#include "compare.hpp"
#include "generate.hpp"
#include "net/reader.hpp"

#include <algorithm>
#include <array>
#include <gtest/gtest.h>
#include <ostream>
#include <tuple>

namespace ns {
namespace {

constexpr std::array devices{"cudnn:0", "cudnn:0,math=fp16", "cudnn:0,math=bf16", "cudnn:0,layout=nhwc",
                             "cudnn:0,math=fp16,layout=nhwc"};

/// Largest difference relative to the largest output in single precision; rounding_of() says what comes on
/// top where less is kept. What the fake computes like the reference is only rounded once; kernels of our own
/// compute in single precision.
struct Type {
  const char* name;
  double relative;
  bool in_part = false;  // some are refused; the support matrix says why
};

constexpr Type types[] = {
    {"conv", 3e-6},      {"conv+", 5e-6},      {"conv stored", 3e-6}, {"fc", 3e-6},        {"fc+", 5e-6},
    {"fc stored", 3e-6}, {"matmul", 3e-6},     {"pool", 1e-6},        {"act", 5e-6},       {"softmax", 2e-6},
    {"eltwise", 1e-6},   {"norm", 3e-6},       {"concat", 0.0},       {"slice", 0.0},      {"transpose", 0.0},
    {"reduce", 1e-5},    {"argmax", 0.0},      {"crop", 0.0},         {"pad", 0.0},        {"expand", 0.0},
    {"tile", 0.0},       {"depth_space", 0.0}, {"reshape", 0.0},      {"gather", 0.0},     {"resize", 2e-6},
    {"deconv", 3e-6},    {"local", 3e-6},      {"cast", 0.0},         {"identity", 0.0},   {"scatter", 2e-6},
    {"conv int8", 0.0},  {"fc int8", 0.0},     {"conv dynamic", 0.0}, {"fc dynamic", 0.0}, {"cumsum", 1e-5},
    {"topk", 0.0},       {"attention", 1e-5},  {"einsum", 5e-6},      {"rnn", 5e-6, true},
};
#ifdef __SANITIZE_ADDRESS__
constexpr int configurations = 6;  // threads that wait for each other do it fifty times as slowly
constexpr std::array nets{"mnist.prototxt"};
#else
constexpr int configurations = 120;
constexpr std::array nets{"mnist.prototxt", "squeezenet1_1.txt"};
#endif

int configurations_of(std::string_view settings) {
  return settings == devices.front() ? configurations : (configurations + 2) / 3;
}

void PrintTo(const Type& type, std::ostream* out) { *out << type.name; }

std::string test_name(const Type& type) {
  std::string name = type.name;
  std::ranges::replace(name, ' ', '_');
  return name.back() == '+' ? name.substr(0, name.size() - 1) + "_with_epilogue" : name;
}

using TypeOnDevice = std::tuple<Type, const char*>;

class GpuLayers : public testing::TestWithParam<TypeOnDevice> {};

TEST_P(GpuLayers, AgreeWithTheReference) {
  const auto [type, settings] = GetParam();
  const auto device = open_backend(settings);
  ASSERT_TRUE(device) << device.error().message;
  const auto reference = open_backend("reference");
  const Precision precision = precision_of(settings);
  int compared = 0;
  for (std::uint64_t seed = 1; compared < configurations_of(settings); ++seed) {
    Random random{seed};
    const LayerConfig config = random_layer(type.name, random);
    const auto supported = (*device)->supports(config);
    if (!supported && type.in_part) continue;
    ++compared;
    ASSERT_TRUE(supported) << print(config) << ": " << supported.error().message;
    const auto net = net_of(config);
    ASSERT_TRUE(net) << print(config) << ": " << net.error().message;
    const bool isolated = seed % 3 != 0;
    const auto actual = outputs_of(**device, *net, isolated, seed, {}, precision);
    const auto expected = outputs_of(**reference, *net, isolated, seed, {}, precision);
    ASSERT_TRUE(actual) << print(config) << ": " << actual.error().message;
    ASSERT_TRUE(expected) << print(config) << ": " << expected.error().message;
    EXPECT_LE(difference(*actual, *expected), type.relative + rounding_of(config, precision))
        << "seed " << seed << ": " << print(config);
  }
}

INSTANTIATE_TEST_SUITE_P(Types, GpuLayers,
                         testing::Combine(testing::ValuesIn(types), testing::ValuesIn(devices)),
                         [](const testing::TestParamInfo<TypeOnDevice>& test) {
                           const std::string settings = std::get<1>(test.param);
                           std::string name = test_name(std::get<0>(test.param));
                           for (const char* const word : {"fp16", "bf16", "nhwc"})
                             if (settings.find(word) != std::string::npos) name += std::string{"_"} + word;
                           return name;
                         });

using NetOnDevice = std::tuple<const char*, const char*>;

class GpuNets : public testing::TestWithParam<NetOnDevice> {};

TEST_P(GpuNets, ComputeWhatTheReferenceDoes) {
  const auto [file, settings] = GetParam();
  const auto device = open_backend(settings);
  ASSERT_TRUE(device) << device.error().message;
  const auto reference = open_backend("reference");
  const auto read = read_net(std::string{NS_DATA "/nets/"} + file);
  ASSERT_TRUE(read) << read.error().message;
  const Net net = fold(*read);
  const auto actual = outputs_of(**device, net, false, 5);
  const auto expected = outputs_of(**reference, net, false, 5);
  ASSERT_TRUE(actual) << actual.error().message;
  ASSERT_TRUE(expected) << expected.error().message;
  EXPECT_LE(difference(*actual, *expected), 2e-5);
}

INSTANTIATE_TEST_SUITE_P(Files, GpuNets,
                         testing::Combine(testing::ValuesIn(nets),
                                          testing::Values("cudnn:0", "cudnn:0,layout=nhwc")),
                         [](const testing::TestParamInfo<NetOnDevice>& test) {
                           const std::string name = std::get<0>(test.param);
                           const bool is_last = std::string{std::get<1>(test.param)} != devices.front();
                           return name.substr(0, name.find('.')) + (is_last ? "_nhwc" : "");
                         });

}  // namespace
}  // namespace ns
