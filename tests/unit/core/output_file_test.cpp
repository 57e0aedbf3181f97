#include "core/output_file.hpp"

#include "core/file.hpp"

#include <filesystem>
#include <gtest/gtest.h>
#include <unistd.h>

namespace ns {
namespace {

class OutputFileInFolder : public ::testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder); }
  void TearDown() override { std::filesystem::remove_all(folder); }
  [[nodiscard]] std::ptrdiff_t files() const {
    return std::distance(std::filesystem::directory_iterator{folder}, {});
  }
  std::filesystem::path folder =
      std::filesystem::path{::testing::TempDir()} / ("ns_output_file_" + std::to_string(::getpid()));
};

TEST_F(OutputFileInFolder, AppearsWholeWhenItIsCommitted) {
  const auto path = folder / "a.bin";
  ASSERT_TRUE(write_file(path, "old"));
  auto file = OutputFile::create(path);
  ASSERT_TRUE(file) << file.error().message;
  ASSERT_TRUE(file->append("ne"));
  ASSERT_TRUE(file->append("w!"));
  EXPECT_EQ(file->size(), 4U);
  EXPECT_EQ(read_file(path.string()).value(), "old");
  auto moved = std::move(*file);
  ASSERT_TRUE(moved.commit());
  EXPECT_EQ(read_file(path.string()).value(), "new!");
  EXPECT_EQ(files(), 1);
}

TEST_F(OutputFileInFolder, LeavesNothingWhereItIsDropped) {
  {
    auto file = OutputFile::create(folder / "a.bin");
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->append("half"));
  }
  EXPECT_EQ(files(), 0);
}

TEST_F(OutputFileInFolder, SaysWhereItCannotWrite) {
  const auto nowhere = OutputFile::create(folder / "no" / "where");
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().code, Errc::io);
  // A folder stands where the file should.
  std::filesystem::create_directories(folder / "taken" / "by");
  auto file = OutputFile::create(folder / "taken");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->commit().error().code, Errc::io);
  EXPECT_EQ(files(), 1);
}

}  // namespace
}  // namespace ns
