// What costs, device and link files may hold, and what is said of those that hold nonsense.
#include "core/file.hpp"
#include "partition/costs.hpp"
#include "partition/device.hpp"
#include "partition/link.hpp"

#include <array>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ns {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Files : public ::testing::Test {
 protected:
  Files() : folder{std::filesystem::path{::testing::TempDir()} / name()} {
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
  }
  ~Files() override { std::filesystem::remove_all(folder); }

  static std::string name() {
    return std::string{"ns_"} + ::testing::UnitTest::GetInstance()->current_test_info()->name();
  }
  std::string write(const std::string& file, std::string_view text) {
    const auto path = folder / file;
    EXPECT_TRUE(write_file(path, text));
    return path.string();
  }
  std::filesystem::path folder;
};

struct BadText {
  std::string text;
  std::string sentence;  // a part of it
};

const std::string costs_head = R"({"schema": "ns.costs/1", "device": "board", )";

TEST_F(Files, CostsReadBackAsPrinted) {
  Costs costs;
  costs.net = "net.txt";
  costs.device = "board";
  costs.predictor = "0123";
  costs.overhead = Seconds{0.25};
  costs.busy = Watts{2.0};
  costs.idle = Watts{0.5};
  costs.power_source = "assumed";
  costs.interval_factor = 1.125;
  costs.energy_factor = 1.25;
  costs.interval_level = 0.95;
  costs.modelled_device = true;
  costs.export_border = {Seconds{0.5}, 0.25};
  costs.warnings = {"something"};
  GroupCost group;
  group.layers = {"conv1", "relu1"};
  group.time = Seconds{0.011};
  group.low = Seconds{0.010};
  group.high = Seconds{0.012};
  group.power = Watts{2.1};
  group.energy_low = Joules{0.02};
  group.energy_high = Joules{0.03};
  group.source = Source::predicted;
  group.modelled = false;
  group.note = "floor; no model";
  costs.groups = {group};

  const auto text = print_json(costs);
  const auto read = read_costs(write("costs.json", text)).value();
  EXPECT_EQ(print_json(read), text);
  EXPECT_EQ(read.groups[0].layers, group.layers);
  EXPECT_EQ(read.groups[0].high, group.high);
  EXPECT_EQ(outside_of(read.groups[0]), "no model");
  EXPECT_EQ(read.interval_factor, 1.125);
  EXPECT_EQ(read.energy_factor, 1.25);
  EXPECT_EQ(read.groups[0].energy_high, Joules{0.03});
  EXPECT_EQ(read.export_border.of(Bytes{4.0}), Seconds{1.5});
}

TEST_F(Files, CostsNeedOnlyLayersAndTimes) {
  const auto costs =
      read_costs(write("costs.json", costs_head + R"("groups": [{"layers": ["a"], "time_s": 2}]})")).value();
  EXPECT_EQ(costs.overhead, Seconds{});
  EXPECT_EQ(costs.groups[0].time, Seconds{2.0});
  EXPECT_EQ(costs.groups[0].source, Source::given);
  EXPECT_FALSE(costs.groups[0].power);
}

TEST_F(Files, BadCostsAreOneSentenceWithItsPlace) {
  const auto group = [](const std::string& fields) { return costs_head + "\"groups\": [{" + fields + "}]}"; };
  const std::array cases{
      BadText{"", "is empty"},
      BadText{costs_head, "not valid JSON"},
      BadText{group(R"("layers": ["a"], "time_s": 2, "power_w": 3, "low_j": 7)"),
              "lies outside 'low_j' to 'high_j'"},
      BadText{group(R"("layers": ["a"], "time_s": 2, "high_j": 7)"), "needs 'power_w'"},
      BadText{costs_head + R"("interval": {"energy_factor": 0.5}, "groups": []})", "'energy_factor' is 0.5"},
      BadText{"[]", "no 'schema'"},
      BadText{R"({"schema": "ns.costs/2"})", "schema is 'ns.costs/2'"},
      BadText{R"({"schema": "ns.link/1"})", "schema is 'ns.link/1'"},
      BadText{costs_head + "\"x\": 1}", "'groups' is missing"},
      BadText{costs_head + R"("groups": {}})", "'groups': must be an array"},
      BadText{group(R"("time_s": 1)"), "'layers' is missing"},
      BadText{group(R"("layers": [], "time_s": 1)"), "'layers' is empty"},
      BadText{group(R"("layers": [1], "time_s": 1)"), "array of strings"},
      BadText{group(R"("layers": ["a"])"), "group of 'a': 'time_s' is missing"},
      BadText{group(R"("layers": ["a"], "time_s": -1)"), "'time_s' is -1; it must be at least 0"},
      BadText{group(R"("layers": ["a"], "time_s": "1ms")"), "'time_s': must be a number"},
      BadText{group(R"("layers": ["a"], "time_s": NaN)"), "not valid JSON"},
      BadText{group(R"("layers": ["a"], "time_s": 1e999)"), "not valid JSON"},
      BadText{group(R"("layers": ["a"], "time_s": 1, "low_s": 2)"), "lies outside 'low_s' to 'high_s'"},
      BadText{group(R"("layers": ["a"], "time_s": 1, "power_w": -2)"), "'power_w' is -2"},
      BadText{group(R"("layers": ["a"], "time_s": 1, "source": "guess")"), "none of predicted, measured"},
      BadText{costs_head + R"("overhead_s": -1, "groups": []})", "'overhead_s' is -1"},
      BadText{costs_head + R"("interval": {"factor": 0.5}, "groups": []})", "it must be at least 1"},
      BadText{costs_head + R"("boundary": {"export": {"base_s": -1}}, "groups": []})", "'base_s' is -1"},
  };
  for (const auto& [text, sentence] : cases) {
    const auto costs = read_costs(write("costs.json", text));
    ASSERT_FALSE(costs) << text;
    EXPECT_EQ(costs.error().code, Errc::bad_input) << text;
    EXPECT_THAT(costs.error().message, HasSubstr(sentence)) << text;
    EXPECT_THAT(costs.error().message, HasSubstr("costs.json")) << text;
    EXPECT_EQ(costs.error().message.find('\n'), std::string::npos);
  }
}

TEST_F(Files, ScalingMultipliesEveryTimeAndNoPower) {
  Costs costs;
  costs.overhead = Seconds{1.0};
  costs.import_border = {Seconds{2.0}, 3.0};
  GroupCost group;
  group.time = Seconds{4.0};
  group.low = Seconds{3.0};
  group.power = Watts{5.0};
  costs.groups = {group};
  costs.interval_factor = 1.5;
  scale_times(costs, 10.0);
  EXPECT_EQ(costs.overhead, Seconds{10.0});
  EXPECT_EQ(costs.import_border.of(Bytes{1.0}), Seconds{50.0});
  EXPECT_EQ(costs.groups[0].time, Seconds{40.0});
  EXPECT_EQ(costs.groups[0].low, Seconds{30.0});
  EXPECT_EQ(costs.groups[0].power, Watts{5.0});
  EXPECT_EQ(costs.interval_factor, 1.5);
}

TEST_F(Files, ADeviceIsFoundByNameAndItsPredictorBesideIt) {
  write("board.json", R"({"schema": "ns.device/1", "name": "board", "time_scale": 10, "busy_w": 2,
    "idle_w": 0.5, "power_source": "assumed", "predictor": "p.json"})");
  const std::array folders{folder.string()};
  const auto device = find_device("board", folders).value();
  EXPECT_EQ(device.name, "board");
  EXPECT_TRUE(device.modelled);
  EXPECT_EQ(device.time_scale, 10.0);
  EXPECT_EQ(device.predictor, (folder / "p.json").string());
  EXPECT_EQ(find_device("onednn:threads=1", folders).value().backend, "onednn:threads=1");
  const auto unknown = find_device("boart", folders);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, Errc::usage);
  EXPECT_EQ(unknown.error().message, "no device 'boart'; did you mean 'board'?");
}

TEST_F(Files, BadDevicesAreOneSentenceWithItsPlace) {
  const std::string head = R"({"schema": "ns.device/1", "name": "d")";
  const std::array cases{
      BadText{R"({"schema": "ns.device/1"})", "'name' is missing"},
      BadText{head + R"(, "time_scale": 0})", "'time_scale' is 0; it must be above 0"},
      BadText{head + R"(, "time_scale": "ten"})", "'time_scale': must be a number"},
      BadText{head + R"(, "busy_w": -1})", "'busy_w' is -1"},
      BadText{head + R"(, "busy_w": 1})", "'power_source' is missing"},
      BadText{head + R"(, "busy_w": 1, "idle_w": 2, "power_source": "assumed"})",
              "'busy_w' is below 'idle_w'"},
      BadText{head + R"(, "backend": 3})", "'backend': must be a string"},
      BadText{head, "not valid JSON"},
  };
  for (const auto& [text, sentence] : cases) {
    const auto device = read_device(write("d.json", text));
    ASSERT_FALSE(device) << text;
    EXPECT_EQ(device.error().code, Errc::bad_input) << text;
    EXPECT_THAT(device.error().message, HasSubstr(sentence)) << text;
    EXPECT_THAT(device.error().message, HasSubstr("d.json")) << text;
  }
}

TEST_F(Files, ALinkIsANameAFileOrAText) {
  write("mine.json", R"({"schema": "ns.link/1", "uplink_bytes_per_s": 1e6, "downlink_bytes_per_s": 2e6,
    "rtt_s": 0.04, "radio": {"base_w": 1.0, "uplink_w_per_mbit_s": 0.5}})");
  const std::array folders{folder.string()};
  const auto by_name = find_link("mine", folders).value();
  EXPECT_EQ(by_name.name, "mine");
  EXPECT_EQ(by_name.downlink, BytesPerSecond{2e6});
  EXPECT_EQ(by_name.sending_power(), Watts{1.0 + 0.5 * 8.0});
  EXPECT_EQ(by_name.receiving_power(), Watts{1.0});
  EXPECT_EQ(find_link((folder / "mine.json").string(), folders).value().rtt, Seconds{0.04});

  const auto both = find_link("20Mbit/s,rtt=35ms", folders).value();
  EXPECT_EQ(both.uplink, BytesPerSecond{2.5e6});
  EXPECT_EQ(both.downlink, BytesPerSecond{2.5e6});
  EXPECT_EQ(both.rtt, Seconds{0.035});
  EXPECT_FALSE(both.sending_power());
  const auto apart = find_link("up=2.5MB/s,down=8Mbit/s,rtt=40ms,message=1ms", folders).value();
  EXPECT_EQ(apart.uplink, BytesPerSecond{2.5e6});
  EXPECT_EQ(apart.downlink, BytesPerSecond{1e6});
  EXPECT_EQ(apart.message, Seconds{0.001});
}

TEST_F(Files, AKnownLinkCanBeChangedInParts) {
  write("mine.json", R"({"schema": "ns.link/1", "uplink_bytes_per_s": 1e6, "downlink_bytes_per_s": 2e6,
    "rtt_s": 0.04, "radio": {"base_w": 1.0, "uplink_w_per_mbit_s": 0.5}, "source": "a meter"})");
  const std::array folders{folder.string()};
  const auto slower = find_link("mine,rtt=35ms,up=4Mbit/s", folders).value();
  EXPECT_EQ(slower.rtt, Seconds{0.035});
  EXPECT_EQ(slower.uplink, BytesPerSecond{5e5});
  EXPECT_EQ(slower.downlink, BytesPerSecond{2e6});
  EXPECT_EQ(slower.receiving_power(), Watts{1.0});
  EXPECT_EQ(slower.source, "a meter; changed on the command line");
  EXPECT_THAT(find_link("mine,rtt", folders).error().message, testing::HasSubstr("mine,rtt"));
}

TEST_F(Files, BadLinkTextsAreRefused) {
  write("lte.json", R"({"schema": "ns.link/1", "uplink_bytes_per_s": 1, "downlink_bytes_per_s": 1})");
  const std::array folders{folder.string()};
  const std::array cases{
      BadText{"", "no link ''"},
      BadText{"lta", "no link 'lta'; did you mean 'lte'?"},
      BadText{"20", "'20' has no unit"},
      BadText{"20Mbit", "unknown unit 'Mbit'"},
      BadText{"20mbit/s", "unknown unit 'mbit/s'"},
      BadText{"20Mb/s", "unknown unit 'Mb/s'"},
      BadText{"0Mbit/s", "a rate must be above 0"},
      BadText{"-5Mbit/s", "a rate must be above 0"},
      BadText{"20Mbit/s,rtt=35", "'35' has no unit"},
      BadText{"20Mbit/s,rtt=-1ms", "is negative"},
      BadText{"20Mbit/s,rtt=nanms", "is no number"},
      BadText{"20Mbit/s,rtt=1ms,rtt=2ms", "'rtt' stands twice"},
      BadText{"20Mbit/s,30Mbit/s", "two rates"},
      BadText{"20Mbit/s,up=30Mbit/s", "two uplink rates"},
      BadText{"down=20Mbit/s", "no uplink rate"},
      BadText{"up=1Mbit/s,upp=1Mbit/s", "unknown 'upp'; did you mean 'up'?"},
      BadText{"up=1Mbit/s,", "is no number"},
  };
  for (const auto& [text, sentence] : cases) {
    const auto link = find_link(text, folders);
    ASSERT_FALSE(link) << text;
    EXPECT_EQ(link.error().code, Errc::usage) << text;
    EXPECT_THAT(link.error().message, HasSubstr(sentence)) << text;
  }
}

TEST_F(Files, BadLinkFilesAreOneSentenceWithItsPlace) {
  const std::string head = R"({"schema": "ns.link/1", "uplink_bytes_per_s": 1)";
  const std::array cases{
      BadText{head + "}", "'downlink_bytes_per_s' is missing"},
      BadText{head + R"(, "downlink_bytes_per_s": 0})", "a rate must be above 0"},
      BadText{head + R"(, "downlink_bytes_per_s": 1, "rtt_s": -1})", "'rtt_s' is -1"},
      BadText{head + R"(, "downlink_bytes_per_s": 1, "radio": 3})", "'radio' must be an object"},
      BadText{head + R"(, "downlink_bytes_per_s": 1, "radio": {"tail_s": -1}})", "'radio': 'tail_s' is -1"},
  };
  for (const auto& [text, sentence] : cases) {
    const auto link = read_link(write("l.json", text));
    ASSERT_FALSE(link) << text;
    EXPECT_EQ(link.error().code, Errc::bad_input) << text;
    EXPECT_THAT(link.error().message, HasSubstr(sentence)) << text;
  }
}

TEST(Data, HoldsEveryLinkWithItsSource) {
  const std::array folders{std::string{NS_DATA} + "/links"};
  for (const auto* name : {"3g", "lte", "wifi", "4g", "5g", "wifi5", "wifi6", "ethernet"}) {
    const auto link = find_link(name, folders);
    ASSERT_TRUE(link) << name;
    EXPECT_EQ(link->name, name);
    EXPECT_FALSE(link->source.empty());
    EXPECT_TRUE(link->radio);
  }
  EXPECT_NEAR(in_megabits_per_second(find_link("3g", folders)->uplink), 1.1, 1e-12);
  EXPECT_NEAR(in_megabits_per_second(find_link("lte", folders)->downlink), 13.76, 1e-12);
  // Power while sending, as derived from alpha, beta and rate of the published model.
  EXPECT_NEAR(find_link("3g", folders)->sending_power()->value(), 1.7738, 5e-5);
  EXPECT_NEAR(find_link("lte", folders)->sending_power()->value(), 3.8526, 5e-5);
  EXPECT_NEAR(find_link("wifi", folders)->sending_power()->value(), 5.4791, 5e-5);
}

TEST(Data, HoldsTheDevicesAndSaysWhichIsModelled) {
  const std::array folders{std::string{NS_DATA} + "/devices"};
  EXPECT_FALSE(find_device("core-sse41", folders).value().modelled);
  EXPECT_FALSE(find_device("server", folders).value().modelled);
  const auto phone = find_device("phone", folders).value();
  EXPECT_TRUE(phone.modelled);
  EXPECT_EQ(phone.time_scale, 10.0);
  EXPECT_EQ(phone.power_source, "assumed");
}

}  // namespace
}  // namespace ns
