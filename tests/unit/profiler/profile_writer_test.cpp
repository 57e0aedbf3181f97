#include "profiler/profile_writer.hpp"

#include "core/file.hpp"
#include "temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ns {
namespace {

using testing::HasSubstr;

ProfileHeader header_of(const std::string& cpu) {
  ProfileHeader header;
  header.device = "core-sse41";
  header.backend = "fake";
  header.machine.cpu = cpu;
  header.machine.cores = 2;
  return header;
}

LayerRow row_of(std::int64_t width) {
  LayerRow row{.layer = "act:relu@1x" + std::to_string(width)};
  row.timing.samples = {Seconds{1e-3}};
  row.timing.disturbed = {false};
  return row;
}

TEST(ProfileWriter, AppendsRowsThatAReaderSeesAtOnce) {
  const TemporaryFolder folder;
  const auto path = folder.file("p.jsonl");
  auto writer = ProfileWriter::open(path, header_of("a"));
  ASSERT_TRUE(writer) << writer.error().message;
  EXPECT_EQ(read_profile(path)->rows.size(), 0U);
  ASSERT_TRUE(writer->append(row_of(1)));
  EXPECT_EQ(read_profile(path)->rows.size(), 1U);
  ASSERT_TRUE(writer->append(row_of(2)));
  EXPECT_EQ(read_profile(path)->rows.size(), 2U);
}

TEST(ProfileWriter, ResumesAtEveryPlaceWhereAKillCouldCut) {
  const TemporaryFolder folder;
  const auto path = folder.file("p.jsonl");
  {
    auto writer = ProfileWriter::open(path, header_of("a"));
    ASSERT_TRUE(writer);
    ASSERT_TRUE(writer->append(row_of(1)));
    ASSERT_TRUE(writer->append(row_of(2)));
  }
  const auto whole = *read_file(path);
  const auto header_end = whole.find('\n') + 1;
  const auto first_end = whole.find('\n', header_end) + 1;
  for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
    ASSERT_TRUE(write_file(path, whole.substr(0, cut)));
    auto writer = ProfileWriter::open(path, header_of("a"));
    ASSERT_TRUE(writer) << cut << writer.error().message;
    // A row whose line break alone is missing is whole.
    const std::size_t kept = cut + 1 >= whole.size() ? 2 : cut + 1 >= first_end ? 1 : 0;
    ASSERT_EQ(writer->earlier().size(), kept) << cut;
    for (std::int64_t width = 1; width <= 2; ++width) {
      const bool there = writer->has(key(row_of(width)));
      ASSERT_TRUE(there || writer->append(row_of(width)));
    }
    EXPECT_EQ(*read_file(path), whole) << cut;
  }
}

TEST(ProfileWriter, RefusesAnotherMachinesFileAndSaysWhatDiffers) {
  const TemporaryFolder folder;
  const auto path = folder.file("p.jsonl");
  { ASSERT_TRUE(ProfileWriter::open(path, header_of("a"))); }
  const auto before = *read_file(path);
  const auto other = ProfileWriter::open(path, header_of("b"));
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Errc::bad_input);
  EXPECT_THAT(other.error().message,
              HasSubstr("was measured elsewhere (cpu: 'a' there, 'b' here); name another file with -o"));
  EXPECT_EQ(*read_file(path), before);

  auto device = header_of("a");
  device.device = "server";
  EXPECT_THAT(ProfileWriter::open(path, device).error().message,
              HasSubstr("device: 'core-sse41' there, 'server' here"));
  auto rules = header_of("a");
  const std::vector<std::string> texts{"conv+act:relu"};
  rules.rules = *FusionRules::parse(texts);
  EXPECT_THAT(ProfileWriter::open(path, rules).error().message, HasSubstr("fusion rules"));
}

TEST(ProfileWriter, SeedAndDateMayDiffer) {
  const TemporaryFolder folder;
  const auto path = folder.file("p.jsonl");
  { ASSERT_TRUE(ProfileWriter::open(path, header_of("a"))); }
  auto later = header_of("a");
  later.seed = 99;
  later.measured_at = "2030-01-01T00:00:00Z";
  EXPECT_TRUE(ProfileWriter::open(path, later));
}

TEST(ProfileWriter, LeavesFilesAloneThatAreNoProfile) {
  const TemporaryFolder folder;
  const auto path = folder.file("notes.txt");
  for (const auto* content : {"my notes", "my notes\nmore\n", "{\"schema\":\"ns.costs/1\"}\n"}) {
    ASSERT_TRUE(write_file(path, content));
    EXPECT_FALSE(ProfileWriter::open(path, header_of("a"))) << content;
    EXPECT_EQ(*read_file(path), content);
  }
}

TEST(ProfileWriter, OneAtATime) {
  const TemporaryFolder folder;
  const auto path = folder.file("p.jsonl");
  const auto first = ProfileWriter::open(path, header_of("a"));
  ASSERT_TRUE(first);
  EXPECT_THAT(ProfileWriter::open(path, header_of("a")).error().message,
              HasSubstr("another process is writing it"));
}

TEST(ProfileWriter, RefusesPlacesItCannotAppendTo) {
  const TemporaryFolder folder;
  EXPECT_EQ(ProfileWriter::open(folder.file("no/such/p.jsonl"), header_of("a")).error().code, Errc::io);
  EXPECT_FALSE(ProfileWriter::open(folder.file("."), header_of("a")));
  EXPECT_FALSE(ProfileWriter::open("/dev/null", header_of("a")));
  EXPECT_EQ(ProfileWriter::open(folder.file("p.jsonl.gz"), header_of("a")).error().code, Errc::usage);
}

}  // namespace
}  // namespace ns
