// Every call that the plug-in makes fails once: the failure is told, nothing leaks, nothing is lost.
#include "kernels/backend.hpp"
#include "net/net.hpp"

#include <array>
#include <dlfcn.h>
#include <gmock/gmock.h>

namespace ns {
namespace {

using testing::AnyOf;
using testing::HasSubstr;

/// The doors that the fake driver has for tests (ledger.hpp).
struct Fake {
  void* library = dlopen("libcuda.so.1", RTLD_NOW);
  void (*fail)(long) = load<void (*)(long)>("fakegpu_fail");
  long (*alive)() = load<long (*)()>("fakegpu_alive");
  const char* (*failed)() = load<const char* (*)()>("fakegpu_failed");
  void (*limit_memory)(std::size_t) = load<void (*)(std::size_t)>("fakegpu_limit_memory");

  template <class Function>
  Function load(const char* name) const {
    return library == nullptr ? nullptr : reinterpret_cast<Function>(dlsym(library, name));
  }
};

/// What gives something back cannot fail in a way that matters, and a version is no reason to stop.
bool is_harmless(std::string_view call) {
  constexpr std::array words{"Destroy", "Free", "Unload", "Release", "cublasGetVersion"};
  for (const std::string_view word : words)
    if (call.find(word) != std::string_view::npos) return true;
  return false;
}

Net small_net() {
  NetBuilder builder{"small"};
  const auto add = [&](const char* name, const char* layer, const char* input, const char* output) {
    const auto params = parse_params(layer, 2);
    ASSERT_TRUE(params) << params.error().message;
    ASSERT_TRUE(builder.add_layer(name, "", *params, {input}, {output}));
  };
  EXPECT_TRUE(builder.add_input("x", {Shape{1, 3, 8, 8}}));
  add("conv1", "conv:filters=4,kernel=3,pad=1", "x", "a");
  add("relu1", "act:relu", "a", "b");
  add("conv2", "conv:filters=6,kernel=3,pad=0x0x1x1", "b", "c");
  add("norm1", "norm:lrn", "c", "n");
  add("sigmoid1", "act:sigmoid", "n", "s");
  add("deconv1", "deconv:filters=4,kernel=2,stride=2", "s", "t");
  add("local1", "local:filters=4,kernel=3,stride=2", "t", "l");
  add("pool1", "pool:max,kernel=2,stride=2", "l", "d");
  add("mean", "reduce:mean,axes=2x3", "d", "e");
  add("steps", "reshape:extents=4x1x1", "e", "u");
  add("lstm1", "rnn:lstm,hidden=3,direction=both", "u", "v");
  add("line", "reshape:extents=1x24", "v", "w");
  add("whole", "fc:features=6,filter_dtype=uint8,filter_zero_points=1,dynamic=1", "w", "i");
  add("fc1", "fc:features=5", "i", "f");
  add("prob", "softmax:axis=1", "f", "g");
  auto net = std::move(builder).finish();
  EXPECT_TRUE(net) << net.error().message;
  return *net;
}

/// All that a backend is there for, once; ends with the first failure.
Result<void> whole_life(const Net& net, const char* settings) {
  const auto backend = open_backend(settings);
  if (!backend) return tl::unexpected{backend.error()};
  EXPECT_THAT((*backend)->description(), HasSubstr("Fake GPU"));
  const auto plan = (*backend)->prepare(net, group(net, (*backend)->rules()), RandomWeights{1}, false);
  if (!plan) return tl::unexpected{plan.error()};
  (*plan)->write_input(0, std::vector<float>(3 * 8 * 8, 1.0F));
  (*plan)->run();
  (*plan)->evict_weights();
  (*plan)->time();
  std::vector<Seconds> times(group(net, (*backend)->rules()).size());
  (*plan)->time_groups(times);
  EXPECT_EQ((*plan)->read_output(0).size(), 5U);
  if (auto health = (*plan)->health(); !health) return health;
  for (const LaunchClock clock : {LaunchClock::device, LaunchClock::host}) {
    const auto launch = (*backend)->prepare_launch(clock);
    if (!launch) return tl::unexpected{launch.error()};
    (*launch)->time();
    if (auto health = (*launch)->health(); !health) return health;
  }
  for (const Direction direction : {Direction::export_, Direction::import_}) {
    const auto boundary = (*backend)->prepare_boundary({Shape{1, 64}}, direction);
    if (!boundary) return tl::unexpected{boundary.error()};
    (*boundary)->time();
    if (auto health = (*boundary)->health(); !health) return health;
  }
  return {};
}

class GpuFailures : public testing::TestWithParam<const char*> {};

TEST_P(GpuFailures, AreToldAndLeaveNothingBehind) {
  const Fake fake;
  ASSERT_NE(fake.fail, nullptr) << "this is not the fake driver";
  const Net net = small_net();
  long calls = 0;
  for (long nth = 1;; ++nth) {
    fake.fail(nth);
    const auto lived = whole_life(net, GetParam());
    const std::string failed = fake.failed();
    fake.fail(0);
    EXPECT_EQ(fake.alive(), 0) << "behind a failed " << failed << ", call " << nth;
    if (failed.empty()) {
      EXPECT_TRUE(lived) << lived.error().message;
      calls = nth - 1;
      break;
    }
    if (is_harmless(failed)) continue;
    if (failed == "cuCtxSetCurrent" && lived) continue;  // before something is given back
    ASSERT_FALSE(lived) << failed << ", call " << nth << ", failed, and nobody said so";
    EXPECT_THAT(lived.error().message, HasSubstr(failed)) << "call " << nth;
    EXPECT_THAT(lived.error().code, AnyOf(Errc::no_device, Errc::unsupported));
  }
  std::printf("%ld calls, each of which failed once\n", calls);
  EXPECT_GT(calls, 200);
}

TEST_P(GpuFailures, FullMemoryIsToldAtEachAllocation) {
  const Fake fake;
  ASSERT_NE(fake.limit_memory, nullptr) << "this is not the fake driver";
  constexpr std::size_t plenty = std::size_t{8} << 30U;
  const Net net = small_net();
  bool lived = false;
  for (std::size_t bytes = 1000; !lived; bytes += bytes / 2) {
    fake.limit_memory(bytes);
    const auto life = whole_life(net, GetParam());
    lived = life.has_value();
    if (lived) break;
    EXPECT_EQ(life.error().code, Errc::unsupported);
    EXPECT_THAT(life.error().message, HasSubstr("memory is full"));
    EXPECT_EQ(fake.alive(), 0);
    ASSERT_LT(bytes, plenty);
  }
  fake.limit_memory(plenty);
}

INSTANTIATE_TEST_SUITE_P(Settings, GpuFailures, testing::Values("cudnn:0", "cudnn:0,math=fp16,layout=nhwc"),
                         [](const testing::TestParamInfo<const char*>& test) {
                           return std::string{test.param}.find("fp16") == std::string::npos ? "fp32" : "fp16";
                         });

TEST(GpuRunFailures, StayUntilThePlanIsGone) {
  const Fake fake;
  ASSERT_NE(fake.fail, nullptr) << "this is not the fake driver";
  const Net net = small_net();
  const auto backend = open_backend("cudnn:0");
  ASSERT_TRUE(backend) << backend.error().message;
  const auto plan = (*backend)->prepare(net, group(net, (*backend)->rules()), RandomWeights{1}, false);
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_TRUE((*plan)->health());
  EXPECT_GT((*plan)->time().time.count(), 0.0);
  fake.fail(2);
  const Sample sample = (*plan)->time();
  fake.fail(0);
  EXPECT_TRUE(sample.disturbed);
  EXPECT_FALSE((*plan)->health());
  EXPECT_TRUE((*plan)->time().disturbed);
  EXPECT_FALSE((*plan)->health());
}

}  // namespace
}  // namespace ns
