#include "profiler/power/meter.hpp"
#include "profiler/power/recording.hpp"

#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ns {
namespace {

using testing::HasSubstr;

/// GPU 0 of a library that has what `words` say.
OpenedMeter open_gpu(const char* words) {
  ::setenv("NS_TEST_NVML", words, 1);
  MeterDoors doors;
  doors.nvml = NS_TEST_NVML_LIBRARY;
  return open_meter("nvml", doors);
}

Reading told_by(Meter& meter) {
  auto traces = empty_traces(meter);
  meter.read(traces);
  EXPECT_EQ(traces[0].readings().size(), 1U);
  return traces[0].readings().empty() ? Reading{} : traces[0].readings().front();
}

struct Gpu {
  const char* words;
  double watts;  // 0: a counter
  double window_s;
  const char* note;
};

TEST(Nvml, TakesTheBestThatAGpuTells) {
  for (const auto& gpu :
       {Gpu{"energy power instant average", 0, 0.0, "its counter of energy"},
        Gpu{"power instant average", 130, 0.1, "instantaneous power"},
        Gpu{"power average", 110, 1.0, "power averaged over a second"},
        Gpu{"power", 120, 1.0, "power, integrated"}, Gpu{"power volta", 120, 0.1, "power, integrated"},
        Gpu{"power a100", 120, 0.1, "NVIDIA A100-SXM4-80GB, driver 550.54"},
        Gpu{"instant module", 130, 0.1, "instantaneous power"}}) {
    const auto meter = open_gpu(gpu.words);
    ASSERT_TRUE(meter) << gpu.words << ": " << meter.error().message;
    EXPECT_THAT((*meter)->facts().note, HasSubstr(gpu.note)) << gpu.words;
    EXPECT_EQ((*meter)->facts().window, Seconds{gpu.window_s}) << gpu.words;
    const auto reading = told_by(**meter);
    if (gpu.watts > 0.0)
      EXPECT_EQ(std::get<Watts>(reading.value), Watts{gpu.watts}) << gpu.words;
    else
      EXPECT_TRUE(std::holds_alternative<Joules>(reading.value));
  }
}

TEST(Nvml, ThatStartsButTellsNothingIsNoMeter) {
  // As on Jetson Orin: initialised, one device, every query NOT_SUPPORTED.
  const auto meter = open_gpu("");
  ASSERT_FALSE(meter);
  EXPECT_EQ(meter.error().code, Errc::no_device);
  EXPECT_THAT(meter.error().message, HasSubstr("tells neither energy nor power"));
}

TEST(Nvml, SaysWhatIsMissing) {
  EXPECT_THAT(open_gpu("no-driver").error().message, HasSubstr("is NVIDIA's driver loaded?"));
  EXPECT_THAT(open_gpu("no-gpu").error().message, HasSubstr("there is no GPU 0; NVML counts 0"));
  MeterDoors doors;
  doors.nvml = "libno-such-nvml.so.1";
  EXPECT_THAT(open_meter("nvml", doors).error().message, HasSubstr("libno-such-nvml.so.1 is not here"));
  EXPECT_THAT(open_meter("nvml:x", doors).error().message, HasSubstr("the number of a GPU"));
}

TEST(Nvml, SaysWhenPowerIsNoLongerTold) {
  const auto meter = open_gpu("power");
  ASSERT_TRUE(meter);
  auto traces = empty_traces(**meter);
  (*meter)->read(traces);
  ::setenv("NS_TEST_NVML", "", 1);
  (*meter)->read(traces);
  const auto end = traces[0].readings().front().time + Seconds{1};
  const auto span = total_energy(traces, traces[0].readings().front().time, end);
  EXPECT_FALSE(span.energy) << "never 0 W";
  ASSERT_FALSE(span.faults.empty());
  EXPECT_THAT(span.faults[0].text, HasSubstr("power: this GPU does not support it"));
}

TEST(Nvml, KnowsWhatHoldsTheClocksDown) {
  const auto cool = open_gpu("energy");
  ASSERT_TRUE(cool);
  EXPECT_EQ((*cool)->is_throttled(), false);
  const auto hot = open_gpu("energy throttled");
  ASSERT_TRUE(hot);
  EXPECT_EQ((*hot)->is_throttled(), true);
}

}  // namespace
}  // namespace ns
