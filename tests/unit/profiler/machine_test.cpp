#include "profiler/machine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ns {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

SystemFiles fixture(const std::string& name) { return SystemFiles{NS_TEST_DATA "/sysfs/" + name}; }

TEST(Fingerprint, OfALaptop) {
  const auto machine = fingerprint(fixture("laptop"), "oneDNN 2.6.3");
  EXPECT_EQ(machine.cpu, "11th Gen Intel(R) Core(TM) i7-1165G7 @ 2.80GHz (family 6, model 140, stepping 1)");
  EXPECT_EQ(machine.cores, 4);
  EXPECT_EQ(machine.instructions, "sse4.1 avx fma avx2 avx512f avx512bw avx512_vnni");
  EXPECT_EQ(machine.caches, "48K/1280K/12288K");
  EXPECT_EQ(machine.memory, "16 GiB");
  EXPECT_EQ(machine.kernel, "Debian GNU/Linux 12 (bookworm), Linux 6.1.0-18-amd64");
  EXPECT_EQ(machine.library, "oneDNN 2.6.3");
}

TEST(Fingerprint, OfAJetsonComesFromItsDeviceTree) {
  const auto machine = fingerprint(fixture("jetson"), "");
  EXPECT_EQ(machine.cpu, "NVIDIA Jetson AGX Orin Developer Kit (implementer 0x41, part 0xd42, revision 1)");
  EXPECT_EQ(machine.cores, 6);
  EXPECT_EQ(machine.instructions, "asimd asimdhp asimddp");
  EXPECT_EQ(machine.memory, "30 GiB");
}

TEST(Fingerprint, OfAMachineThatTellsNothingIsEmptyNotWrong) {
  const auto machine = fingerprint(fixture("absent"), "");
  EXPECT_EQ(machine.cores, 0);
  EXPECT_EQ(machine.memory, "");
  EXPECT_EQ(machine.caches, "");
}

TEST(MeasuringWarnings, NameWhatSpoilsNumbersAndTheRemedy) {
  const auto sentences = measuring_warnings(fixture("laptop"), "onednn:threads=4,isa=avx2");
  EXPECT_THAT(sentences, Contains("the clock governor is 'powersave'; set it with: cpupower frequency-set -g "
                                  "performance"));
  EXPECT_THAT(sentences, Contains(HasSubstr("other work keeps 2.5 of 4 cores busy")));
  EXPECT_THAT(sentences, Contains(HasSubstr("4 threads take all cores")));
}

TEST(MeasuringWarnings, KeepQuietOnAQuietBoard) {
  const auto sentences = measuring_warnings(fixture("jetson"), "onednn:threads=1");
  EXPECT_THAT(sentences, Not(Contains(HasSubstr("governor"))));
  EXPECT_THAT(sentences, Not(Contains(HasSubstr("busy"))));
  EXPECT_THAT(sentences, Not(Contains(HasSubstr("threads"))));
}

TEST(Clock, IsThePresentOneNotTheNominal) {
  EXPECT_EQ(clock_megahertz(fixture("laptop")), 1200.0);
  EXPECT_EQ(clock_megahertz(fixture("absent")), std::nullopt);
}

}  // namespace
}  // namespace ns
