#include "profiler/doctor.hpp"

#include "scripted.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ns {
namespace {

using testing::HasSubstr;

SystemFiles fixture(const std::string& name) { return SystemFiles{NS_TEST_DATA "/sysfs/" + name}; }

Finding about(const std::vector<Finding>& findings, std::string_view subject) {
  const auto found = std::ranges::find(findings, subject, &Finding::subject);
  EXPECT_NE(found, findings.end()) << subject;
  return found == findings.end() ? Finding{} : *found;
}

TEST(Doctor, FindsWhatIsWrongWithALaptop) {
  const auto findings = examine_system(fixture("laptop"));
  const auto governor = about(findings, "clock governor");
  EXPECT_FALSE(governor.good);
  EXPECT_EQ(governor.fact, "powersave");
  EXPECT_THAT(governor.remedy, HasSubstr("cpupower"));
  EXPECT_EQ(about(findings, "processor clock").fact, "1200 MHz, at most 4700 MHz");
  EXPECT_FALSE(about(findings, "other load").good);
  EXPECT_EQ(about(findings, "stolen time").fact, "3.00 % since the start");
  EXPECT_FALSE(about(findings, "stolen time").good);
  EXPECT_EQ(about(findings, "memory").fact, "16 GiB, 1.0 GiB available");
  EXPECT_FALSE(about(findings, "memory").good);
  EXPECT_FALSE(about(findings, "clock source").good);
  EXPECT_FALSE(about(findings, "performance counters").good);
  EXPECT_EQ(about(findings, "huge pages").fact, "always");
  for (const auto& finding : findings) EXPECT_EQ(finding.good, finding.remedy.empty()) << finding.subject;
}

TEST(Doctor, FindsNothingWrongWithAQuietBoard) {
  for (const auto& finding : examine_system(fixture("jetson")))
    EXPECT_TRUE(finding.good) << finding.subject << ": " << finding.fact;
}

TEST(Doctor, SaysWhyAMeterCannotBeRead) {
  const auto findings = examine_power(fixture("laptop"));
  const auto rapl = about(findings, "meter powercap");
  EXPECT_FALSE(rapl.good);
  EXPECT_THAT(rapl.fact, HasSubstr("not available: package-0: "));
  EXPECT_FALSE(about(findings, "power").good);
}

TEST(Doctor, NamesReadableZonesAndTheDriver) {
  const auto findings = examine_power(fixture("server"));
  EXPECT_THAT(about(findings, "meter powercap").fact, HasSubstr("package-0 + dram, counters of energy"));
  EXPECT_THAT(about(findings, "NVIDIA driver").fact, HasSubstr("535.104.05"));
  EXPECT_TRUE(about(findings, "power").good);
}

TEST(Doctor, KnowsRailsByTheirLabelsAndWhichAddUp) {
  // mV x mA / 10^6; in7 is a sum of shunts, and channel 3 of the second chip cannot be read.
  const auto findings = examine_power(fixture("jetson"));
  const auto ina = about(findings, "meter ina3221").fact;
  EXPECT_THAT(ina, testing::StartsWith("VDD_GPU_SOC + VDD_CPU_CV + VIN_SYS_5V0 34.09 W"));
  EXPECT_THAT(ina, HasSubstr("VDDQ_VDD2_1V8AO 1.00 W")) << "beside the sum, which has it already";
  EXPECT_TRUE(about(findings, "meter powercap").good) << "a board with rails misses none";
}

TEST(Doctor, ReadsTheOlderDriversPowerInMilliwatts) {
  const auto ina = about(examine_power(fixture("tx1")), "meter ina3221").fact;
  EXPECT_THAT(ina, testing::StartsWith("VDD_IN 5.10 W"));
  EXPECT_THAT(ina, HasSubstr("VDD_GPU 1.20 W, VDD_CPU 0.90 W"));
}

TEST(Doctor, NeverReportsZeroWattsForASensorThatIsNotThere) {
  const auto findings = examine_power(fixture("absent"));
  for (const auto& finding : findings) {
    EXPECT_THAT(finding.fact, testing::AnyOf(HasSubstr("n/a"), HasSubstr("not available")));
    EXPECT_THAT(finding.fact, testing::Not(HasSubstr("0 W")));
  }
  EXPECT_THAT(about(findings, "power").remedy, HasSubstr("--meter exec:COMMAND"));
}

TEST(Doctor, PrintsTheCommandsThatWouldFixTheClocks) {
  const auto board = about(examine_moving_clocks(fixture("orin-nano")), "GPU clock");
  EXPECT_FALSE(board.good);
  EXPECT_EQ(board.fact, "17000000.gpu 306 MHz, at most 1020 MHz");
  EXPECT_THAT(board.remedy, HasSubstr("jetson_clocks --restore"));
  const auto card = about(examine_moving_clocks(fixture("server")), "GPU clocks");
  EXPECT_THAT(card.remedy, HasSubstr("nvidia-smi -lgc"));
  EXPECT_TRUE(examine_moving_clocks(fixture("amd")).empty());
}

TEST(Doctor, JudgesTheSpreadOfRuns) {
  ScriptedTime time;
  ScriptedKernel steady{time, std::vector<double>{1e-3, 1.01e-3}};
  const auto quiet = examine_noise(steady);
  EXPECT_TRUE(quiet.good);
  EXPECT_THAT(quiet.fact, HasSubstr("50 runs of one kernel: median 1.0"));
  EXPECT_THAT(quiet.fact, HasSubstr("10th to 90th percentile 1.0 % apart"));
  ScriptedKernel shaky{time, std::vector<double>{1e-3, 1.5e-3, 1.2e-3}};
  EXPECT_FALSE(examine_noise(shaky).good);
}

TEST(Doctor, WarnsOfACoreThatOthersUse) {
  EXPECT_TRUE(judge_core(10, 200).good);
  const auto crowded = judge_core(60, 200);
  EXPECT_FALSE(crowded.good);
  EXPECT_EQ(crowded.fact, "crowded in 30 % of 200 probes");
  EXPECT_THAT(examine_core().fact, HasSubstr("of 200 probes"));
}

TEST(Doctor, TellsResolutionAndCostOfTheClocks) {
  const auto findings = examine_clocks();
  EXPECT_THAT(about(findings, "timer").fact, HasSubstr("resolves"));
  EXPECT_THAT(about(findings, "processor-time clock").fact, HasSubstr("costs"));
}

}  // namespace
}  // namespace ns
