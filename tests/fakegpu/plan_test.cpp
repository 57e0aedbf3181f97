// What a plan on the GPU says of itself, and its times by the fake's clock.
#include "kernels/backend.hpp"
#include "net/net.hpp"

#include <cmath>
#include <cstdlib>
#include <gmock/gmock.h>
#include <limits>
#include <numeric>

namespace ns {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::unique_ptr<Backend> opened(const char* settings) {
  auto backend = open_backend(settings);
  EXPECT_TRUE(backend) << settings << ": " << backend.error().message;
  return backend ? std::move(*backend) : nullptr;
}

std::unique_ptr<Plan> plan_of(Backend& backend, const char* layer) {
  const auto config = parse_layer(layer);
  EXPECT_TRUE(config) << layer;
  const auto net = net_of(*config);
  auto plan = backend.prepare(*net, group(*net, backend.rules()), RandomWeights{1}, true);
  EXPECT_TRUE(plan) << layer << ": " << plan.error().message;
  return plan ? std::move(*plan) : nullptr;
}

std::string implementation_on(const char* settings, const char* layer) {
  const auto backend = opened(settings);
  return plan_of(*backend, layer)->implementation(0);
}

std::string implementation_of(const char* layer) { return implementation_on("cudnn:0", layer); }

TEST(GpuSettings, AreCanonical) {
  EXPECT_EQ(opened("cudnn")->settings(), "cudnn:0,math=fp32,workspace=64MB");
  EXPECT_EQ(opened("cudnn:math=tf32")->settings(), "cudnn:0,math=tf32,workspace=64MB");
  EXPECT_EQ(opened("cudnn:0,layout=nhwc,math=bf16")->settings(),
            "cudnn:0,math=bf16,workspace=64MB,layout=nhwc");
  EXPECT_EQ(opened("cudnn:0,workspace=1.5GB,host=pageable")->settings(),
            "cudnn:0,math=fp32,workspace=1500MB,host=pageable");
}

TEST(GpuSettings, ThatAreUnknownAreNamedWithWhatThereIs) {
  const auto message_of = [](const char* settings) {
    const auto backend = open_backend(settings);
    EXPECT_FALSE(backend);
    EXPECT_EQ(backend.error().code, Errc::usage) << settings;
    return backend.error().message;
  };
  EXPECT_THAT(message_of("cudnn:0,math=tf23"), HasSubstr("did you mean 'tf32'"));
  EXPECT_THAT(message_of("cudnn:first"), HasSubstr("cudnn:0"));
  EXPECT_THAT(message_of("cudnn:0,maths=fp32"), HasSubstr("did you mean 'math'"));
  EXPECT_THAT(message_of("cudnn:0,workspace=much"), HasSubstr("workspace"));
}

/// A setting that is given back when the test ends.
class Capability {
 public:
  explicit Capability(const char* number) { setenv("NS_FAKEGPU_CAPABILITY", number, 1); }
  ~Capability() { unsetenv("NS_FAKEGPU_CAPABILITY"); }
  Capability(const Capability&) = delete;
  Capability& operator=(const Capability&) = delete;
};

TEST(GpuSettings, MathThatAGpuIsTooOldForIsSaidAndLeft) {
  for (const auto& [capability, settings] :
       {std::pair{"75", "cudnn:0,math=bf16"}, std::pair{"75", "cudnn:0,math=tf32"},
        std::pair{"61", "cudnn:0,math=fp16"}}) {
    const Capability old{capability};
    const auto backend = opened(settings);
    EXPECT_THAT(backend->warnings(), testing::ElementsAre(HasSubstr("using math=fp32"))) << settings;
    EXPECT_THAT(backend->settings(), StartsWith("cudnn:0,math=fp32"));
  }
  const Capability turing{"75"};
  EXPECT_THAT(opened("cudnn:0,math=fp16")->warnings(), testing::IsEmpty());
}

/// What a layer makes of its inputs, which are filled from `values` in turn.
std::vector<float> computed(const char* settings, const char* layer, const std::vector<float>& values) {
  const auto backend = opened(settings);
  const auto plan = plan_of(*backend, layer);
  const auto config = parse_layer(layer);
  for (std::size_t i = 0; i < config->inputs.size(); ++i) {
    std::vector<float> all(static_cast<std::size_t>(config->inputs[i].shape.elements()));
    for (std::size_t j = 0; j < all.size(); ++j) all[j] = values[j % values.size()];
    plan->write_input(i, all);
  }
  plan->run();
  EXPECT_TRUE(plan->health());
  return plan->read_output(0);
}

constexpr float infinite = std::numeric_limits<float>::infinity();

// Ties go to the even number; the largest half is 65504.
TEST(GpuPrecision, RealNumbersAreKeptAsTheSettingSays) {
  const std::vector<float> values{1.0F + 0x1p-11F, 1.0F + 0x3p-11F, 70000.0F, 0x1p-24F};
  for (const char* const layer : {"act:neg@4", "transpose:perm=1x0@2x2", "identity@4"}) {
    const float sign = std::string_view{layer} == "act:neg@4" ? -1.0F : 1.0F;
    auto kept = computed("cudnn:0,math=fp16", layer, values);
    for (float& value : kept) value *= sign;
    if (std::string_view{layer}.starts_with("transpose")) std::swap(kept[1], kept[2]);
    EXPECT_EQ(kept, (std::vector<float>{1.0F, 1.0F + 0x1p-9F, infinite, 0x1p-24F})) << layer;
  }
  EXPECT_EQ(computed("cudnn:0,math=bf16", "identity@4", {1.0F + 0x1p-8F, 1.0F + 0x3p-8F, 70000.0F, -0.0F}),
            (std::vector<float>{1.0F, 1.0F + 0x1p-6F, 70144.0F, -0.0F}));
}

TEST(GpuPrecision, WholeNumbersStayAsTheyAre) {
  EXPECT_EQ(computed("cudnn:0,math=bf16", "identity@3:int32", {4097.0F, -70001.0F, 3.0F}),
            (std::vector<float>{4097.0F, -70001.0F, 3.0F}));
  EXPECT_EQ(computed("cudnn:0,math=bf16", "cast:dtype=int32@2", {1.00390625F, 300.7F}),
            (std::vector<float>{1.0F, 300.0F}));
}

// 4096 ones: a sum that is kept in half itself stays at 2048, one in bfloat16 at 256.
TEST(GpuPrecision, SumsAreMadeInSinglePrecision) {
  for (const char* const settings : {"cudnn:0,math=fp16", "cudnn:0,math=bf16"}) {
    EXPECT_EQ(computed(settings, "matmul@1x4096,4096x1", {1.0F}).front(), 4096.0F) << settings;
    EXPECT_EQ(computed(settings, "reduce:mean,axes=1@1x4096", {1.0F}).front(), 1.0F) << settings;
    EXPECT_EQ(computed(settings, "reduce:sum_square,axes=1@1x4096", {1.0F}).front(), 4096.0F) << settings;
    EXPECT_EQ(computed(settings, "cumsum:axis=1@1x4096", {1.0F}).back(), 4096.0F) << settings;
  }
}

TEST(GpuPrecision, ActivationsAndWeightsTakeHalfTheMemory) {
  const char* const layer = "conv:filters=16,kernel=3,pad=1,bias=0@1x16x16x16";
  const auto single = opened("cudnn:0");
  const auto half = opened("cudnn:0,math=fp16");
  const auto plan = plan_of(*half, layer);
  EXPECT_EQ(2.0 * plan->weight_bytes().value(), plan_of(*single, layer)->weight_bytes().value());
  EXPECT_EQ(2.0 * plan->activation_bytes().value(), plan_of(*single, layer)->activation_bytes().value());
}

// What stands for 0 gives nothing, whatever it is multiplied with; 252 further is 252 times as much as 1.
TEST(GpuIntegers, KeepEveryBit) {
  const auto backend = opened("cudnn:0");
  const auto plan =
      plan_of(*backend, "fc:features=2,bias=0,filter_dtype=int8,in_scale=1,in_zero_point=3@2x100:uint8");
  EXPECT_EQ(plan->implementation(0), "kernel:byte_columns+cublas:gemm_int8+kernel:finish");
  plan->write_input(0, std::vector<float>(200, 3.0F));
  plan->run();
  EXPECT_THAT(plan->read_output(0), testing::Each(0.0F));
  plan->write_input(0, std::vector<float>(200, 255.0F));
  plan->run();
  const auto whole = plan->read_output(0);
  plan->write_input(0, std::vector<float>(200, 4.0F));
  plan->run();
  const auto one = plan->read_output(0);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    EXPECT_NE(one[i], 0.0F);
    EXPECT_NEAR(whole[i], 252.0F * one[i], std::abs(whole[i]) * 1e-6F);
  }
}

TEST(GpuIntegers, AreRefusedWhereTheGpuHasNone) {
  const Capability maxwell{"53"};
  const auto config = parse_layer("fc:features=2,filter_dtype=int8,in_scale=1@2x100:uint8");
  const auto supported = opened("cudnn:0")->supports(*config);
  ASSERT_FALSE(supported);
  EXPECT_THAT(supported.error().message, HasSubstr("sm_61"));
}

TEST(GpuPrecision, WhatHasNoKernelForItComputesOnCopies) {
  EXPECT_EQ(implementation_on("cudnn:0,math=fp16", "rnn:lstm,hidden=4@3x1x2"),
            "kernel:cast+cudnn:rnn+kernel:cast");
  EXPECT_EQ(implementation_on("cudnn:0,math=bf16", "softmax:axis=1@2x8"),
            "kernel:cast+cudnn:softmax+kernel:cast");
  EXPECT_EQ(implementation_on("cudnn:0,math=fp16", "softmax:axis=1@2x8"), "cudnn:softmax");
  EXPECT_EQ(implementation_on("cudnn:0,math=bf16", "fc:features=4,bias=0@2x8"), "cublas:gemm_ex");
}

TEST(GpuDescription, NamesDeviceAndLibraries) {
  EXPECT_THAT(
      opened("cudnn:0")->description(),
      StartsWith(
          "Fake GPU 0, sm_86, 16 SMs at 1500 MHz, 8.59 GB at 1.02 TB/s, L2 1.05 MB, driver for CUDA "));
}

// The fake proposes an algorithm that wants 8 GB, one that differs from run to run and one that is refused
// before.
TEST(GpuConvolution, TakesTheFirstAlgorithmThatIsSmallAndAlwaysTheSameAndRuns) {
  EXPECT_EQ(implementation_of("conv:filters=4,kernel=3,bias=0@1x3x8x8"), "cudnn:implicit_precomp_gemm");
  EXPECT_EQ(implementation_of("conv:filters=5,kernel=3,bias=0@1x3x8x8"), "cudnn:implicit_gemm");
}

TEST(GpuConvolution, FusesWhatTheLibraryDoesAndAppendsTheRest) {
  EXPECT_EQ(implementation_of("conv:filters=5,kernel=3+act:relu@1x3x8x8"), "cudnn:implicit_gemm:fused");
  EXPECT_EQ(implementation_of("conv:filters=5,kernel=3@1x3x8x8"), "cudnn:implicit_gemm+kernel:pointwise");
  EXPECT_EQ(implementation_of("conv:filters=4,kernel=3@1x3x8x8"), "cudnn:implicit_precomp_gemm:fused");
  EXPECT_EQ(implementation_of("conv:filters=5,kernel=3+act:silu@1x3x8x8"),
            "cudnn:implicit_gemm+kernel:pointwise");
  EXPECT_EQ(implementation_of("conv:filters=9,kernel=3+act:relu@1x3x8x8"),
            "cudnn:implicit_gemm+kernel:pointwise");
}

TEST(GpuConvolution, PadsApartWhatIsPaddedUnevenly) {
  EXPECT_EQ(implementation_of("conv:filters=4,kernel=3,pad=0x0x1x1,bias=0@1x3x8x8"),
            "kernel:pad+cudnn:implicit_precomp_gemm");
}

constexpr const char* nhwc = "cudnn:0,layout=nhwc";

// A layer alone gets its maps as the one before would have left them.
TEST(GpuLayout, OfALayerAloneIsThatWhichItHasInANet) {
  EXPECT_EQ(implementation_on(nhwc, "conv:filters=4,kernel=3,bias=0@1x3x8x8"),
            "cudnn:implicit_precomp_gemm:nhwc");
  EXPECT_EQ(implementation_on(nhwc, "pool:max,kernel=2@1x3x8x8"), "cudnn:pooling:nhwc");
  EXPECT_EQ(implementation_on(nhwc, "norm:batch@1x3x8x8"), "kernel:affine");
  EXPECT_EQ(implementation_on(nhwc, "norm:lrn@1x3x8x8"), "cudnn:lrn");
  EXPECT_EQ(implementation_on("cudnn:0", "pool:max,kernel=2@1x3x8x8"), "cudnn:pooling");
}

TEST(GpuLayout, IsLeftWhereTheLibraryHasNothingInIt) {
  EXPECT_EQ(implementation_on(nhwc, "conv:filters=4,kernel=3,groups=2,bias=0@1x4x8x8"),
            "kernel:transpose+cudnn:implicit_precomp_gemm");
  EXPECT_EQ(implementation_on(nhwc, "conv:filters=4,kernel=3x3x3,bias=0@1x4x8x8x8"),
            "cudnn:implicit_precomp_gemm");
}

// conv -> norm -> act -> add -> concat -> pool -> conv -> lrn: maps are transposed before the first and
// before the last, which knows nchw alone.
TEST(GpuLayout, IsKeptBetweenLayersThatTakeIt) {
  NetBuilder builder{"chain"};
  const auto add = [&](const char* name, const char* layer, std::vector<std::string> inputs) {
    const auto params = parse_params(layer, 2);
    ASSERT_TRUE(params) << layer;
    ASSERT_TRUE(builder.add_layer(name, "", *params, inputs, {name}));
  };
  ASSERT_TRUE(builder.add_input("x", {Shape{1, 3, 9, 9}}));
  add("conv", "conv:filters=4,kernel=3,bias=0", {"x"});
  add("norm", "norm:batch", {"conv"});
  add("act", "act:gelu", {"norm"});
  add("sum", "eltwise:add", {"act", "norm"});
  add("both", "concat:axis=1", {"sum", "conv"});
  add("pool", "pool:max,kernel=2,stride=2", {"both"});
  add("end", "conv:filters=6,kernel=1,bias=0", {"pool"});
  add("lrn", "norm:lrn", {"end"});
  const auto net = std::move(builder).finish();
  ASSERT_TRUE(net) << net.error().message;
  const auto backend = opened(nhwc);
  const auto groups = group(*net, FusionRules{});
  const auto plan = backend->prepare(*net, groups, RandomWeights{1}, false);
  ASSERT_TRUE(plan) << plan.error().message;
  std::vector<std::string> implementations;
  for (std::size_t i = 0; i < groups.size(); ++i) implementations.push_back((*plan)->implementation(i));
  EXPECT_THAT(implementations,
              testing::ElementsAre("kernel:transpose+cudnn:implicit_precomp_gemm:nhwc", "kernel:affine",
                                   "kernel:pointwise", "kernel:eltwise", "kernel:copy+kernel:copy",
                                   "cudnn:pooling:nhwc", "cudnn:implicit_precomp_gemm:nhwc",
                                   "kernel:transpose+cudnn:lrn"));
}

TEST(GpuPlan, TimesOfGroupsAddUpToTheWhole) {
  const auto backend = opened("cudnn:0");
  const auto plan = plan_of(*backend, "conv:filters=16,kernel=3,pad=1+act:relu@1x8x16x16");
  const Sample whole = plan->time();
  std::vector<Seconds> times(1);
  const Sample in_groups = plan->time_groups(times);
  EXPECT_FALSE(whole.disturbed);
  EXPECT_GT(whole.time.count(), 0.0);
  EXPECT_NEAR(in_groups.time.count(), whole.time.count(), 1e-7);
  EXPECT_NEAR(times.front().count(), in_groups.time.count(), 1e-7);
}

TEST(GpuPlan, SamplesOfAHotGpuAreDisturbed) {
  const auto backend = opened("cudnn:0");
  const auto plan = plan_of(*backend, "act:gelu@1x64");
  EXPECT_FALSE(plan->time().disturbed);
  setenv("NS_FAKEGPU_THROTTLED", "64", 1);  // by its temperature
  EXPECT_TRUE(plan->time().disturbed);
  unsetenv("NS_FAKEGPU_THROTTLED");
}

TEST(GpuPlan, OutlivesItsBackend) {
  auto backend = opened("cudnn:0");
  const auto plan = plan_of(*backend, "act:gelu@1x64");
  backend.reset();
  EXPECT_GT(plan->time().time.count(), 0.0);
  EXPECT_TRUE(plan->health());
}

TEST(GpuDescription, IsThereAsNumbers) {
  const auto gpu = opened("cudnn:0")->gpu();
  ASSERT_TRUE(gpu);
  EXPECT_EQ(gpu->name, "Fake GPU 0");
  EXPECT_EQ(gpu->capability, 86);
  EXPECT_EQ(gpu->multiprocessors, 16);
  EXPECT_EQ(gpu->clock_mhz, 1500);
  EXPECT_EQ(gpu->bandwidth, BytesPerSecond{1.024e12});
  EXPECT_FALSE(gpu->is_partition);
  EXPECT_FALSE(opened("reference")->gpu());
}

// By the fake's clock a launch takes 2 us, and 8 bytes per thread at 1 TB/s.
TEST(GpuLaunch, IsTimedByBothClocks) {
  const auto backend = opened("cudnn:0");
  const auto on_device = backend->prepare_launch(LaunchClock::device);
  ASSERT_TRUE(on_device) << on_device.error().message;
  EXPECT_NEAR((*on_device)->time().time.count(), 2e-6, 1e-8);
  const auto on_host = backend->prepare_launch(LaunchClock::host);
  ASSERT_TRUE(on_host) << on_host.error().message;
  EXPECT_GT((*on_host)->time().time.count(), 0.0);
  EXPECT_TRUE((*on_host)->health());
  const auto none = opened("reference")->prepare_launch(LaunchClock::host);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Errc::unsupported);
}

TEST(GpuBoundary, CopiesFromPinnedAndPageableMemory) {
  for (const char* const settings : {"cudnn:0", "cudnn:0,host=pageable", "cudnn:0,math=fp16,layout=nhwc"}) {
    const auto backend = opened(settings);
    for (const Direction direction : {Direction::export_, Direction::import_}) {
      const auto boundary = backend->prepare_boundary({Shape{1, 64, 8, 8}}, direction);
      ASSERT_TRUE(boundary) << boundary.error().message;
      EXPECT_GT((*boundary)->time().time.count(), 0.0);
      EXPECT_TRUE((*boundary)->health());
    }
  }
}

TEST(GpuSupport, SaysWhatItLacks) {
  const auto backend = opened("cudnn:0");
  const auto why = [&](const char* layer) {
    const auto config = parse_layer(layer);
    EXPECT_TRUE(config) << layer;
    const auto supported = backend->supports(*config);
    EXPECT_FALSE(supported) << layer;
    EXPECT_EQ(supported.error().code, Errc::unsupported);
    return supported.error().message;
  };
  EXPECT_THAT(why("rnn:gru,hidden=4@3x1x2"), HasSubstr("reset_after"));
  EXPECT_THAT(why("norm:lrn,size=17@1x32x4x4"), HasSubstr("at most 16"));
  EXPECT_THAT(why("act:relu@1x4:float16"), HasSubstr("float16"));
  EXPECT_THAT(why("act:relu@4294967296"), HasSubstr("2^31"));
  EXPECT_THAT(why("fc:features=1,filter_dtype=int8,in_scale=1@1x131072:int8"), HasSubstr("32 bits"));
}

}  // namespace
}  // namespace ns
