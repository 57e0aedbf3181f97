#include "core/file.hpp"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

namespace ns {
namespace {

class File : public ::testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder); }
  void TearDown() override { std::filesystem::remove_all(folder); }
  std::filesystem::path folder =
      std::filesystem::path{::testing::TempDir()} / ("ns_file_" + std::to_string(::getpid()));
};

TEST_F(File, ReadsBackWhatItWrote) {
  const auto path = folder / "a.txt";
  ASSERT_TRUE(write_file(path, "one"));
  ASSERT_TRUE(write_file(path, "two\n"));
  EXPECT_EQ(read_file(path.string()).value(), "two\n");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator{folder}, {}), 1);  // nothing left aside
}

TEST_F(File, RefusesDirectoriesAndDevices) {
  EXPECT_EQ(read_file(folder.string()).error().message, folder.string() + ": is a directory; name a file");
  EXPECT_EQ(read_file("/dev/zero").error().message, "/dev/zero: is no regular file; use - for a pipe");
  EXPECT_EQ(read_file("/nowhere/x").error().code, Errc::io);
}

TEST_F(File, RefusesAGigabyteWithoutReadingIt) {
  const auto path = folder / "huge.json";
  std::ofstream{path}.put(' ');
  std::filesystem::resize_file(path, std::uintmax_t{1} << 30);
  EXPECT_EQ(read_file(path.string()).error().code, Errc::bad_input);
}

TEST_F(File, LeavesNothingWhereItCannotWrite) {
  EXPECT_EQ(write_file(folder / "no" / "where", "x").error().code, Errc::io);
}

TEST(WriteFile, LeavesADeviceADevice) {
  ASSERT_TRUE(write_file("/dev/null", "text"));
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
}

}  // namespace
}  // namespace ns
