// What a plan on the GPU says of itself, and its times by the fake's clock.
#include "kernels/backend.hpp"
#include "net/net.hpp"

#include <cstdlib>
#include <gmock/gmock.h>
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

std::string implementation_of(const char* layer) {
  const auto backend = opened("cudnn:0");
  return plan_of(*backend, layer)->implementation(0);
}

TEST(GpuSettings, AreCanonical) {
  EXPECT_EQ(opened("cudnn")->settings(), "cudnn:0,math=fp32,workspace=64MB");
  EXPECT_EQ(opened("cudnn:math=tf32")->settings(), "cudnn:0,math=tf32,workspace=64MB");
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

TEST(GpuBoundary, CopiesFromPinnedAndPageableMemory) {
  for (const char* const settings : {"cudnn:0", "cudnn:0,host=pageable"}) {
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
}

}  // namespace
}  // namespace ns
