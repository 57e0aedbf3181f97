// Meters on the files of boards as they are reported to be, and on files that cannot be read.
#include "profiler/power/meter.hpp"
#include "profiler/power/recording.hpp"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <sys/fsuid.h>
#include <unistd.h>

namespace ns {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

MeterDoors doors_of(const fs::path& root) { return MeterDoors{.files = SystemFiles{root}}; }
fs::path tree(const std::string& name) { return fs::path{NS_TEST_DATA} / "sysfs" / name; }

/// The sum of what a meter's rails tell at this moment.
Watts present(Meter& meter) {
  auto traces = empty_traces(meter);
  meter.read(traces);
  Watts sum;
  for (const auto& trace : traces)
    if (!trace.readings().empty()) sum += std::get<Watts>(trace.readings().back().value);
  return sum;
}

struct Board {
  const char* tree;
  const char* meter;
  const char* total;
  double watts;  // by hand: mV x mA / 1e6, summed where the module has no rail for all
};

TEST(Sensors, KnowWhatIsTheWholeBoardsPower) {
  for (const auto& board : {
           Board{"nano", "ina3221", "POM_5V_IN", 5.0},  // jtop #51: not 7.1, GPU and CPU are inside it
           Board{"tx1", "ina3221", "VDD_IN", 5.1},
           Board{"tx2", "ina3221", "VDD_IN", 6.664},
           Board{"xavier-agx", "ina3221", "GPU + CPU + SOC + CV + VDDRQ + SYS5V",
                 1.145 + 0.954 + 1.336 + 0.0 + 0.572 + 1.717},
           Board{"xavier-nx", "ina3221", "VDD_IN", 4.4568},
           Board{"jetson", "ina3221", "VDD_GPU_SOC + VDD_CPU_CV + VIN_SYS_5V0", 34.088},
           Board{"orin-nano", "ina3221", "VDD_IN", 4.928},
           Board{"thor", "ina3221", "VDD_GPU + VDD_CPU_SOC_MSS + VIN_SYS_5V0", -0.4 + 10.0 + 12.0},
           Board{"thor", "ina238", "VIN", 25.0},
           Board{"battery", "battery", "BAT0", 8.25},
           Board{"phone", "battery", "battery", 1.5785},
           Board{"orin-nano", "ina3221:VDD_CPU_GPU_CV", "VDD_CPU_GPU_CV", 0.9856},
       }) {
    const auto meter = open_meter(board.meter, doors_of(tree(board.tree)));
    ASSERT_TRUE(meter) << board.tree << ": " << meter.error().message;
    EXPECT_EQ((*meter)->facts().total, board.total) << board.tree;
    EXPECT_NEAR(present(**meter).value(), board.watts, 1e-6) << board.tree;
  }
}

TEST(Sensors, AreKnownByTheirLabelsWhateverTheBootNumbersThem) {
  const fs::path copy = fs::path{testing::TempDir()} / "second-boot";
  fs::remove_all(copy);
  fs::copy(tree("jetson"), copy, fs::copy_options::recursive);
  const auto driver = copy / "sys/bus/i2c/drivers/ina3221";
  fs::rename(driver / "1-0040/hwmon/hwmon3", driver / "1-0040/hwmon/hwmon2");
  fs::rename(driver / "1-0041/hwmon/hwmon2", driver / "1-0041/hwmon/hwmon3");
  const auto meter = open_meter("ina3221", doors_of(copy));
  ASSERT_TRUE(meter) << meter.error().message;
  EXPECT_NEAR(present(**meter).value(), 34.088, 1e-6);
  fs::remove_all(copy);
}

TEST(Sensors, SayWhichRailDoesNotAnswer) {
  const auto meter = open_meter("ina3221", doors_of(tree("xavier-broken")));
  ASSERT_FALSE(meter);
  EXPECT_EQ(meter.error().code, Errc::io);
  EXPECT_THAT(meter.error().message, HasSubstr("ina3221: rail VDDRQ"));
  EXPECT_THAT(meter.error().message, HasSubstr("does not answer"));
}

TEST(Sensors, AskForARailOfABoardThatNobodyKnows) {
  const auto meter = open_meter("ina3221", doors_of(tree("unknown-board")));
  ASSERT_FALSE(meter);
  EXPECT_THAT(meter.error().message,
              HasSubstr("(VDD_ONE, VDD_TWO); name one, such as --meter ina3221:VDD_ONE"));
  const auto misspelt = open_meter("ina3221:VDD_TOW", doors_of(tree("unknown-board")));
  ASSERT_FALSE(misspelt);
  EXPECT_THAT(misspelt.error().message, HasSubstr("did you mean 'VDD_TWO'?"));
}

TEST(Sensors, SayThatTheyAreNotThere) {
  for (const auto* name : {"ina3221", "ina238", "powercap", "perf", "battery"}) {
    const auto meter = open_meter(name, doors_of(tree("absent")));
    ASSERT_FALSE(meter) << name;
    EXPECT_EQ(meter.error().code, Errc::no_device) << name;
    EXPECT_THAT(meter.error().message, HasSubstr(name));
    EXPECT_THAT(meter.error().message, Not(HasSubstr("0 W")));
  }
}

TEST(Sensors, DoNotMeasureABatteryThatIsCharged) {
  const auto meter = open_meter("battery", doors_of(tree("charging")));
  ASSERT_FALSE(meter);
  EXPECT_THAT(meter.error().message, HasSubstr("BAT0 is not discharging (Charging)"));
  EXPECT_THAT(meter.error().message, HasSubstr("unplug"));
}

TEST(Sensors, AddPackagesAndTheirMemoryButNoPartTwice) {
  const auto intel = open_meter("powercap", doors_of(tree("intel")));
  ASSERT_TRUE(intel) << intel.error().message;
  EXPECT_EQ((*intel)->facts().total, "package-0 + dram + package-1 + dram");
  const auto range = [&](std::size_t rail) {
    return (*intel)->facts().rails[rail].range.value_or(Joules{}).value();
  };
  EXPECT_NEAR(range(0), 262143.328850, 1e-6);
  EXPECT_NEAR(range(1), 65712.999613, 1e-6) << "each zone wraps at its own";
  const auto amd = open_meter("powercap", doors_of(tree("amd")));
  ASSERT_TRUE(amd) << amd.error().message;
  EXPECT_EQ((*amd)->facts().total, "package-0");
}

/// Reads files as a user who owns none of them, even where the tests run as root.
class AsNobody {
 public:
  AsNobody() { ::setfsuid(65534); }
  ~AsNobody() { ::setfsuid(::geteuid()); }
  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;
};

TEST(Sensors, TellWhatMayNotBeReadFromWhatIsNotThere) {
  const fs::path copy = fs::path{testing::TempDir()} / "closed";
  for (const auto& [board, meter, file] :
       {std::tuple{"intel", "powercap", "sys/class/powercap/intel-rapl:0/energy_uj"},
        std::tuple{"nano", "ina3221", "sys/bus/i2c/drivers/ina3221x/6-0040/iio:device0/in_power0_input"},
        std::tuple{"battery", "battery", "sys/class/power_supply/BAT0/power_now"}}) {
    fs::remove_all(copy);
    fs::copy(tree(board), copy, fs::copy_options::recursive);
    fs::permissions(copy, fs::perms::others_exec | fs::perms::others_read, fs::perm_options::add);
    fs::permissions(copy / file, fs::perms::none);
    const AsNobody nobody;
    const auto opened = open_meter(meter, doors_of(copy));
    ASSERT_FALSE(opened) << board;
    EXPECT_EQ(opened.error().code, Errc::io);
    EXPECT_THAT(opened.error().message, HasSubstr("permission denied"));
    EXPECT_THAT(opened.error().message, HasSubstr("chmod a+r"));
    EXPECT_THAT(opened.error().message, HasSubstr("udev"));
  }
  fs::remove_all(copy);
}

TEST(Sensors, CountPerfEventsOfEveryPackage) {
  std::map<std::pair<std::uint64_t, int>, std::uint64_t> counts;
  auto doors = doors_of(tree("intel"));
  doors.perf = [&counts](std::uint32_t type, std::uint64_t config, int cpu) -> Result<PerfCounter> {
    EXPECT_EQ(type, 9U);
    return PerfCounter{[&counts, config, cpu]() -> Result<std::uint64_t> { return counts[{config, cpu}]; }};
  };
  double now = 0.0;
  doors.clock = Clock{[&now] { return Seconds{now}; }, [](Seconds) {}};
  const auto meter = open_meter("perf", doors);
  ASSERT_TRUE(meter) << meter.error().message;
  EXPECT_EQ((*meter)->facts().total,
            "energy-pkg of cpu0 + energy-pkg of cpu16 + energy-ram of cpu0 + energy-ram of cpu16");
  auto traces = empty_traces(**meter);
  // 30 W and 20 W of packages, 2 W and 1 W of memory, in counts of 2^-32 J.
  for (int step = 0; step <= 100; ++step) {
    now = 0.05 * step;
    const auto count = [&](double watts) { return static_cast<std::uint64_t>(watts * now * 0x1p32); };
    counts = {{{2, 0}, count(30)}, {{2, 16}, count(20)}, {{3, 0}, count(2)}, {{3, 16}, count(1)}};
    (*meter)->read(traces);
  }
  const auto span = total_energy(traces, Seconds{1}, Seconds{4});
  ASSERT_TRUE(span.energy);
  EXPECT_NEAR(span.energy->value(), 53.0 * 3.0, 0.1);
}

TEST(Sensors, SayThatPerfEventsAreClosed) {
  auto doors = doors_of(tree("amd"));
  doors.perf = [](std::uint32_t, std::uint64_t, int) -> Result<PerfCounter> {
    return failure(Errc::io, "permission denied; allow it with: sudo sysctl kernel.perf_event_paranoid=0");
  };
  const auto meter = open_meter("perf", doors);
  ASSERT_FALSE(meter);
  EXPECT_THAT(meter.error().message, HasSubstr("perf: energy-pkg: permission denied"));
}

TEST(Commands, ArePowerMetersWhenTheyPrintWatts) {
  const auto meter = open_meter("exec:while true; do echo 3.5; sleep 0.01; done", {});
  ASSERT_TRUE(meter) << meter.error().message;
  Recording recording{**meter};
  const auto clock = (*meter)->clock();
  while (recording.count() < 5) clock.pause(Seconds{0.005});
  const auto traces = recording.finish();
  ASSERT_GE(traces[0].readings().size(), 5U);
  EXPECT_EQ(std::get<Watts>(traces[0].readings().back().value), Watts{3.5});
}

TEST(Commands, SayWhyTheyAreNone) {
  for (const auto& [command, fact] :
       {std::pair{"exec:true", "0 readings"},
        std::pair{"exec:echo hello", "0 readings and 1 other line from 'echo hello', which then ended"},
        std::pair{"exec:", "no command"}, std::pair{"csv:no-such-file", "No such file"}}) {
    const auto meter = open_meter(command, {});
    ASSERT_FALSE(meter) << command;
    EXPECT_THAT(meter.error().message, HasSubstr(fact));
  }
}

TEST(Logs, OfWhichNoLineIsAReadingSaySo) {
  const fs::path path = fs::path{testing::TempDir()} / "strange.csv";
  std::ofstream{path} << "when,load\nnoon,high\n";
  double now = 0.0;
  MeterDoors doors;
  doors.clock = Clock{[&] { return Seconds{now}; }, [&](Seconds time) { now += time.count(); }};
  const auto meter = open_meter("csv:" + path.string(), doors);
  ASSERT_FALSE(meter);
  EXPECT_EQ(meter.error().code, Errc::bad_input);
  EXPECT_THAT(meter.error().message,
              HasSubstr("none of 2 lines is a reading; name columns in its first line"));
  fs::remove(path);
}

TEST(Logs, AreReadAsTheyGrow) {
  const fs::path path = fs::path{testing::TempDir()} / "wall.csv";
  std::ofstream log{path};
  log << "time_s,power_w\n1,9\n" << std::flush;
  // The clock that waits is the one that lets the log grow.
  double now = 0.0;
  int line = 2;
  MeterDoors doors;
  doors.clock = Clock{[&] { return Seconds{now}; },
                      [&](Seconds time) {
                        now += time.count();
                        log << line << "," << 4 + line % 2 << "\n" << std::flush;
                        ++line;
                      }};
  const auto meter = open_meter("csv:" + path.string(), doors);
  ASSERT_TRUE(meter) << meter.error().message;
  EXPECT_TRUE((*meter)->facts().own_clock);
  EXPECT_EQ((*meter)->facts().period, Seconds{1.0});
  EXPECT_THAT((*meter)->facts().note, HasSubstr("column 'power_w' in watts"));
  (*meter)->set_offset(Seconds{100});
  auto traces = empty_traces(**meter);
  for (int i = 0; i < 30; ++i) doors.clock.pause(Seconds{0.01});
  (*meter)->read(traces);
  const auto& readings = traces[0].readings();
  ASSERT_GE(readings.size(), 30U);
  EXPECT_EQ(readings.back().time, Seconds{100.0 + line - 1});
  const auto span = traces[0].energy(readings[2].time, readings[22].time);
  ASSERT_TRUE(span.energy);
  EXPECT_NEAR(span.energy->value(), 4.5 * 20, 1e-9);
  fs::remove(path);
}

}  // namespace
}  // namespace ns
