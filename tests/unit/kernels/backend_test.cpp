// The registry, settings, the fake device's formula and the clock.
#include "kernels/cpu_clock.hpp"
#include "one_layer.hpp"

#include <cmath>
#include <gmock/gmock.h>

namespace ns {
namespace {

using testing::HasSubstr;

Error error_of(std::string_view settings) {
  const auto backend = open_backend(settings);
  EXPECT_FALSE(backend) << settings;
  return backend ? Error{} : backend.error();
}

TEST(Registry, SuggestsTheBackendThatWasMeant) {
  const Error error = error_of("onedn:threads=1");
  EXPECT_EQ(error.code, Errc::usage);
  EXPECT_THAT(error.message, HasSubstr("did you mean 'onednn'"));
}

// Either none was built, or its plug-in does not stand beside this program, or there are fewer GPUs.
TEST(Registry, AGpuThatIsNotThereSaysWhatToDo) {
  const Error error = error_of("cudnn:1000");
  EXPECT_EQ(error.code, Errc::no_device);
  EXPECT_THAT(error.message, HasSubstr("use onednn"));
}

TEST(Registry, RefusesUnknownRepeatedAndEmptySettings) {
  EXPECT_THAT(error_of("onednn:thread=1").message, HasSubstr("did you mean 'threads'"));
  EXPECT_THAT(error_of("onednn:threads=1,threads=2").message, HasSubstr("stands twice"));
  EXPECT_THAT(error_of("onednn:threads=").message, HasSubstr("has no value"));
  EXPECT_THAT(error_of("onednn:threads=0").message, HasSubstr("from 1 to"));
  EXPECT_THAT(error_of("onednn:isa=mmx").message, HasSubstr("sse41"));
  EXPECT_EQ(error_of("reference:x=1").code, Errc::usage);
  EXPECT_EQ(error_of("fake:gflops=-1").code, Errc::usage);
}

TEST(Onednn, WarnsWhenItTakesEveryCore) {
  const auto all = open_backend("onednn");
  const auto one = open_backend("onednn:threads=1");
  ASSERT_TRUE(all && one);
  if ((*all)->settings() == (*one)->settings()) GTEST_SKIP() << "this machine has one core";
  EXPECT_FALSE((*all)->warnings().empty());
}

TEST(Onednn, ASecondInstructionSetInOneProcessIsRefused) {
  const auto first = open_backend("onednn:threads=1");
  ASSERT_TRUE(first);
  if ((*first)->settings() == "onednn:threads=1,isa=sse41") GTEST_SKIP() << "there is only one here";
  EXPECT_EQ(error_of("onednn:threads=1,isa=sse41").code, Errc::no_device);
}

TEST(Onednn, RefusesAnElementTypeItDoesNotCompute) {
  const auto backend = open_backend("onednn:threads=1");
  const auto layer = parse_layer("act:relu@1x4:float16");
  ASSERT_TRUE(layer);
  EXPECT_THAT((*backend)->supports(*layer).error().message, HasSubstr("float16"));
}

/// One fc of 100 x 10: 2,000 FLOPs; 400 bytes in, 40 out, 4,040 of weights.
Result<std::unique_ptr<Plan>> small_plan(Backend& backend) {
  const auto layer = parse_layer("fc:features=10@1x100");
  const auto net = net_of(*layer);
  return backend.prepare(*net, group(*net, backend.rules()), RandomWeights{1}, true);
}

TEST(Fake, TakesTheLongerOfComputingAndMoving) {
  const auto computing = open_backend("fake:gflops=1,gbps=1000,launch_us=5");
  ASSERT_TRUE(computing) << computing.error().message;
  EXPECT_DOUBLE_EQ((*small_plan(**computing))->time().time.count(), 5e-6 + 2000 / 1e9);
  const auto moving = open_backend("fake:gflops=1000,gbps=1,launch_us=5");
  EXPECT_DOUBLE_EQ((*small_plan(**moving))->time().time.count(), 5e-6 + 4480 / 1e9);
}

TEST(Fake, WeightsCostOnlyAfterTheyWereEvicted) {
  const auto backend = open_backend("fake:gflops=1000,gbps=1,launch_us=0");
  const auto plan = small_plan(**backend);
  (*plan)->time();
  EXPECT_DOUBLE_EQ((*plan)->time().time.count(), 440 / 1e9);
  (*plan)->evict_weights();
  EXPECT_DOUBLE_EQ((*plan)->time().time.count(), 4480 / 1e9);
}

TEST(Fake, DisturbsEveryNthSample) {
  const auto backend = open_backend("fake:disturb=3");
  const auto plan = small_plan(**backend);
  std::vector<bool> disturbed;
  for (int i = 0; i < 6; ++i) disturbed.push_back((*plan)->time().disturbed);
  EXPECT_THAT(disturbed, testing::ElementsAre(false, false, true, false, false, true));
}

TEST(Fake, NoiseStaysWithinItsAmplitude) {
  const auto backend = open_backend("fake:noise=0.1,gflops=1,launch_us=0,gbps=1000");
  const auto plan = small_plan(**backend);
  double low = 1.0;
  double high = 0.0;
  for (int i = 0; i < 50; ++i) {
    const double time = (*plan)->time().time.count();
    low = std::min(low, time);
    high = std::max(high, time);
  }
  EXPECT_GE(low, 0.9 * 2e-6);
  EXPECT_LE(high, 1.1 * 2e-6);
  EXPECT_GT(high - low, 0.1 * 2e-6);
}

TEST(Fake, CanBeToldToLackOrSpoilAType) {
  const auto backend = open_backend("fake:absent=softmax,wrong=act");
  const auto softmax = parse_layer("softmax@1x4");
  EXPECT_EQ((*backend)->supports(*softmax).error().code, Errc::unsupported);
  EXPECT_THAT(run_layer(**backend, "act:relu@2", {{-1, 1}})->front(), testing::ElementsAre(1, 2));
}

TEST(CpuClock, ASleepingRunIsDisturbed) {
  // Wall time without processor time is what being preempted looks like.
  const Sample sample = time_on_cpu(
      [] {
        timespec pause{0, 2000000};
        nanosleep(&pause, nullptr);
      },
      1);
  EXPECT_TRUE(sample.disturbed);
  EXPECT_GE(sample.time.count(), 2e-3);
}

}  // namespace
}  // namespace ns
