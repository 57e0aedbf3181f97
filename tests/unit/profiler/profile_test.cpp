#include "profiler/profile.hpp"

#include "core/file.hpp"
#include "core/random.hpp"
#include "temporary_folder.hpp"

#include <array>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

namespace ns {
namespace {

using testing::HasSubstr;

constexpr std::string_view header_line =
    R"({"schema":"ns.profile/1","device":"core-sse41","backend":"fake:seed=1","machine":{"cpu":"Some CPU","cores":2,)"
    R"("instructions":"sse4.1 avx2","caches":"32K/1024K","memory":"8 GiB","kernel":"Linux 6","library":"fake 1"},)"
    R"("rules":["conv+act:relu","fc+act"],"measured_at":"2026-01-02T03:04:05Z","version":"0.1.0","seed":7})";
constexpr std::string_view layer_line =
    R"({"kind":"layer","layer":"act:relu@1x8","status":"ok","reason":null,"samples_s":[0.002,0.001,0.003],)"
    R"("disturbed":[2],"time_s":0.0015,"settled":true,"power_w":null,"energy_j":null,"implementation":"jit",)"
    R"("origin":"sweep"})";

Timing random_timing(Random& random) {
  Timing timing;
  const auto count = random.below(5);
  for (std::size_t i = 0; i < count; ++i) {
    timing.samples.emplace_back(random.fraction() * 1e-3);
    timing.disturbed.push_back(random.fraction() < 0.3);
  }
  if (random.fraction() < 0.7) timing.median = Seconds{random.fraction()};
  timing.settled = random.fraction() < 0.5;
  if (random.fraction() < 0.3) timing.notes = {"drift +30 %", "spikes: \"99th\""};
  return timing;
}

std::string random_text(Random& random) {
  constexpr std::array<std::string_view, 5> pieces{"conv1", " ", "\"", "\\", "中"};
  std::string text = "x";
  for (auto left = random.below(4); left > 0; --left) text += pieces[random.below(pieces.size())];
  return text;
}

RowStatus random_status(Random& random) { return static_cast<RowStatus>(random.below(4)); }

ProfileRow random_row(Random& random) {
  constexpr std::array<std::string_view, 3> layers{"act:relu@1x8", "conv:filters=8,kernel=3+act:relu@1x3x9x9",
                                                   "fc:features=10@28x300"};
  const std::string layer{layers[random.below(layers.size())]};
  switch (random.below(6)) {
    case 0: {
      LayerRow row{.layer = layer, .status = random_status(random), .reason = random_text(random)};
      row.timing = random_timing(random);
      if (random.fraction() < 0.5) row.power = Watts{random.fraction()};
      if (random.fraction() < 0.5) row.energy = Joules{random.fraction()};
      row.implementation = random_text(random);
      row.origin = "sweep";
      return row;
    }
    case 1: {
      NetRow row{.net = random_text(random), .hash = "0123", .status = random_status(random)};
      row.cold = random_timing(random);
      row.warm = random_timing(random);
      for (auto left = random.below(3); left > 0; --left)
        row.groups.push_back(
            GroupTime{{random_text(random), "relu"}, layer, Seconds{random.fraction()}, "jit"});
      return row;
    }
    case 2: {
      BoundaryRow row{.direction = random.fraction() < 0.5 ? "export" : "import", .tensor = "1x8"};
      row.size = Bytes{static_cast<double>(random.uniform(0, std::int64_t{1} << 40))};
      row.timing = random_timing(random);
      row.status = random_status(random);
      return row;
    }
    case 3: {
      PowerRow row{.status = random_status(random), .runs = random.below(1000)};
      (random.fraction() < 0.5 ? row.layer : row.net) = layer;
      if (!row.net.empty()) row.pause = Seconds{random.fraction()};
      row.throttled = random.fraction() < 0.5;
      for (auto left = random.below(3); left > 0; --left) {
        MeterPower power{.meter = "nvml", .rail = random_text(random)};
        for (auto blocks = random.below(4); blocks > 0; --blocks)
          power.blocks.emplace_back(random.fraction());
        if (random.fraction() < 0.5) power.power = Watts{1e-3 + random.fraction()};
        if (power.power) power.low = power.high = power.power;
        power.distinct = random.below(100);
        if (random.fraction() < 0.5) power.faults.emplace_back("stuck");
        row.meters.push_back(std::move(power));
      }
      return row;
    }
    case 4: {
      LaunchRow row{.clock = random.fraction() < 0.5 ? "device" : "host"};
      row.timing = random_timing(random);
      row.status = random_status(random);
      return row;
    }
    default: {
      IdleRow row{.net = random_text(random), .pause = Seconds{random.fraction()}};
      row.timing = random_timing(random);
      if (random.fraction() < 0.5) row.power = Watts{random.fraction()};
      row.status = random_status(random);
      return row;
    }
  }
}

TEST(ProfileRows, ReadBackAsTheyWerePrinted) {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    Random random{seed, "rows"};
    const auto row = random_row(random);
    const auto read = parse_row(print(row));
    ASSERT_TRUE(read) << print(row) << read.error().message;
    EXPECT_TRUE(*read == row) << print(row) << "\n" << print(*read);
    EXPECT_EQ(print(row).find('\n'), std::string::npos);
  }
}

TEST(ProfileHeader, KeepsWhatAGpuIs) {
  ProfileHeader header;
  header.device = "gpu";
  header.backend = "cudnn:0";
  header.machine.gpu = GpuFacts{.name = "NVIDIA H200",
                                .capability = 90,
                                .multiprocessors = 132,
                                .clock_mhz = 1980,
                                .memory = Bytes{150e9},
                                .bandwidth = BytesPerSecond{4.8e12},
                                .l2 = Bytes{62.9e6},
                                .driver = "13.0",
                                .cudnn = "9.19.0",
                                .cublas = "13.0",
                                .is_partition = true};
  const auto read = parse_header(print(header));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->machine, header.machine);
  EXPECT_NE(print(header).find("\"gpu\":{\"name\":\"NVIDIA H200\",\"capability\":90,"), std::string::npos);
  header.machine.gpu.reset();  // as in files of older versions
  EXPECT_EQ(print(header).find("gpu\":{"), std::string::npos);
  EXPECT_FALSE(parse_header(print(header))->machine.gpu);
}

TEST(ProfileRows, PrintTheDocumentedKeys) {
  LayerRow row{.layer = "act:relu@1x8"};
  row.timing.samples = {Seconds{0.002}, Seconds{0.001}, Seconds{0.003}};
  row.timing.disturbed = {false, false, true};
  row.timing.median = Seconds{0.0015};
  row.timing.settled = true;
  row.implementation = "jit";
  row.origin = "sweep";
  EXPECT_EQ(print(ProfileRow{row}), layer_line);
}

TEST(ProfileRows, UnknownQuantitiesAreNull) {
  EXPECT_EQ(print(ProfileRow{IdleRow{.net = "alexnet", .pause = Seconds{0.1}}}),
            R"({"kind":"idle","net":"alexnet","pause_s":0.1,"status":"ok","reason":null,"samples_s":[],)"
            R"("disturbed":[],"time_s":null,"settled":false,"power_w":null})");
}

TEST(ProfileRows, SayWhatWasDrawnByWhichMeter) {
  PowerRow row{.layer = "act:relu@1x8", .runs = 400, .time = Seconds{0.5}};
  row.meters.push_back(MeterPower{.meter = "ina3221",
                                  .rail = "VDD_IN",
                                  .blocks = {Watts{3.9}, Watts{4.1}},
                                  .power = Watts{4},
                                  .low = Watts{3.5},
                                  .high = Watts{4.5},
                                  .idle = Watts{1.5},
                                  .distinct = 44});
  EXPECT_EQ(
      print(ProfileRow{row}),
      R"({"kind":"power","layer":"act:relu@1x8","status":"ok","reason":null,"runs":400,"time_s":0.5,)"
      R"("power_w":4.0,"energy_j":2.0,"idle_w":1.5,"settled":false,"throttled":false,"meters":[)"
      R"({"meter":"ina3221","rail":"VDD_IN","blocks_w":[3.9,4.1],"power_w":4.0,"low_w":3.5,"high_w":4.5,)"
      R"("idle_w":1.5,"distinct":44,"faults":[]}],"origin":null})");
}

TEST(ProfileHeader, ReadsBackAsItWasPrinted) {
  const auto header = parse_header(header_line);
  ASSERT_TRUE(header) << header.error().message;
  EXPECT_EQ(header->machine.cores, 2);
  EXPECT_EQ(header->rules.texts().size(), 2U);
  EXPECT_EQ(header->seed, 7U);
  EXPECT_EQ(print(*header), header_line);
}

TEST(Profile, DropsALastLineThatAKillCutOff) {
  const TemporaryFolder folder;
  const auto path = folder.file("p.jsonl");
  const auto whole = std::string{header_line} + "\n" + std::string{layer_line} + "\n";
  for (const auto cut : {std::size_t{1}, layer_line.size() / 2, layer_line.size() - 1}) {
    ASSERT_TRUE(write_file(path, whole + std::string{layer_line.substr(0, cut)}));
    const auto profile = read_profile(path);
    ASSERT_TRUE(profile) << profile.error().message;
    EXPECT_EQ(profile->rows.size(), 1U);
  }
}

TEST(Profile, KeepsAWholeLastLineWithoutItsLineBreak) {
  const TemporaryFolder folder;
  const auto path = folder.file("p.jsonl");
  ASSERT_TRUE(write_file(path, std::string{header_line} + "\n" + std::string{layer_line}));
  const auto profile = read_profile(path);
  ASSERT_TRUE(profile) << profile.error().message;
  EXPECT_EQ(profile->rows.size(), 1U);
}

TEST(Profile, ReadsGzip) {
  const TemporaryFolder folder;
  const auto path = folder.file("p.jsonl.gz");
  auto* file = ::gzopen(path.c_str(), "wb");
  const auto text = std::string{header_line} + "\n" + std::string{layer_line} + "\n";
  ::gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
  ::gzclose(file);
  const auto profile = read_profile(path);
  ASSERT_TRUE(profile) << profile.error().message;
  EXPECT_EQ(profile->rows.size(), 1U);

  const auto packed = read_file(path);
  ASSERT_TRUE(write_file(path, packed->substr(0, packed->size() - 9)));
  EXPECT_THAT(read_profile(path).error().message,
              HasSubstr("p.jsonl.gz: the gzip data is damaged or cut off"));
}

TEST(Profile, RefusesGzipThatUnpacksToTooMuch) {
  const TemporaryFolder folder;
  const auto path = folder.file("bomb.gz");
  auto* file = ::gzopen(path.c_str(), "wb9");
  const std::string blanks(std::size_t{1} << 20, ' ');
  for (int i = 0; i < 70; ++i) ::gzwrite(file, blanks.data(), static_cast<unsigned>(blanks.size()));
  ::gzclose(file);
  EXPECT_THAT(read_profile(path).error().message, HasSubstr("more than 64 MB"));
}

struct Damage {
  std::string line;
  std::string message;
};

TEST(Profile, NamesFileLineAndFactOfADamagedRow) {
  const TemporaryFolder folder;
  const auto path = folder.file("p.jsonl");
  const std::array damages{
      Damage{"{\"kind\":\"layer\"", "not valid JSON"},
      Damage{"[]", "object"},
      Damage{R"({"kind":"heat"})",
             "'kind' is 'heat'; this program reads layer, net, boundary, idle, launch and power"},
      Damage{R"({"kind":"power","layer":"act:relu@1x8","net":"a","status":"ok","runs":1,"meters":[]})",
             "a power row is of a 'layer' or of a 'net'"},
      Damage{R"({"kind":"power","layer":"act:relu@1x8","status":"ok","runs":1,"meters":[{"meter":"nvml",)"
             R"("blocks_w":[],"power_w":0,"distinct":3}]})",
             "'power_w' must be above 0"},
      Damage{R"({"kind":"layer","layer":"act:relu@1x8","status":"fine","samples_s":[],"disturbed":[]})",
             "'status' is 'fine'"},
      Damage{R"({"kind":"layer","layer":"act:relo@1x8","status":"ok","samples_s":[],"disturbed":[]})",
             "'layer'"},
      Damage{R"({"kind":"layer","layer":"act:relu@1x8","status":"ok","samples_s":[1],"disturbed":[1]})",
             "'disturbed' names sample 1, which is not there"},
      Damage{R"({"kind":"layer","layer":"act:relu@1x8","status":"ok","samples_s":[-1],"disturbed":[]})",
             "negative time"},
      Damage{R"({"kind":"layer","layer":"act:relu@1x8","status":"ok","samples_s":"x","disturbed":[]})",
             "'samples_s'"},
      Damage{R"({"kind":"net","net":"a","hash":"b","status":"ok","warm":{},"groups":[]})",
             "'cold' is missing"},
      Damage{
          R"({"kind":"boundary","direction":"up","tensor":"1x8","size_bytes":1,"status":"ok","samples_s":[],)"
          R"("disturbed":[]})",
          "'direction' is 'up'; it must be export or import"},
  };
  for (const auto& damage : damages) {
    ASSERT_TRUE(write_file(path, std::string{header_line} + "\n\n" + damage.line + "\n"));
    const auto profile = read_profile(path);
    ASSERT_FALSE(profile) << damage.line;
    EXPECT_EQ(profile.error().code, Errc::bad_input);
    EXPECT_THAT(profile.error().message, HasSubstr("p.jsonl:3: "));
    EXPECT_THAT(profile.error().message, HasSubstr(damage.message)) << damage.line;
  }
}

TEST(Profile, RefusesOtherFilesAndNewerSchemas) {
  const TemporaryFolder folder;
  const auto path = folder.file("p.jsonl");
  ASSERT_TRUE(write_file(path, ""));
  EXPECT_THAT(read_profile(path).error().message, HasSubstr("is empty"));
  ASSERT_TRUE(write_file(path, "{\"schema\":\"ns.profile/9\"}\n"));
  EXPECT_THAT(read_profile(path).error().message, HasSubstr("ns.profile/9"));
  ASSERT_TRUE(write_file(path, "{\"schema\":\"ns.net/1\"}\n"));
  EXPECT_THAT(read_profile(path).error().message, HasSubstr("ns.profile/1"));
  EXPECT_EQ(read_profile(folder.file("absent")).error().code, Errc::io);
}

TEST(Profile, IgnoresKeysItDoesNotKnow) {
  auto line = std::string{layer_line};
  line.insert(1, R"("humidity":0.5,)");
  const auto row = parse_row(line);
  ASSERT_TRUE(row) << row.error().message;
  EXPECT_EQ(key(*row), "layer act:relu@1x8");
}

}  // namespace
}  // namespace ns
