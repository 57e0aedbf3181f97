#include "core/growing_file.hpp"

#include "core/file.hpp"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace ns {
namespace {

using testing::HasSubstr;

class GrowingFileInFolder : public ::testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder); }
  void TearDown() override { std::filesystem::remove_all(folder); }
  [[nodiscard]] std::string in_folder(const std::string& name) const { return (folder / name).string(); }
  std::filesystem::path folder =
      std::filesystem::path{::testing::TempDir()} / ("ns_growing_file_" + std::to_string(::getpid()));
};

TEST_F(GrowingFileInFolder, GrowsBehindWhatIsThereAndIsCut) {
  ASSERT_TRUE(write_file(in_folder("a"), "one\ntw"));
  auto file = GrowingFile::open(in_folder("a"));
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->content().value(), "one\ntw");
  ASSERT_TRUE(file->cut(4));
  auto moved = std::move(*file);
  ASSERT_TRUE(moved.append("two\n"));
  EXPECT_EQ(read_file(in_folder("a")).value(), "one\ntwo\n");
}

TEST_F(GrowingFileInFolder, HasOneWriterAtATime) {
  {
    const auto file = GrowingFile::open(in_folder("a"));
    ASSERT_TRUE(file);
    const auto second = GrowingFile::open(in_folder("a"));
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Errc::io);
    EXPECT_THAT(second.error().message, HasSubstr("another process is writing it"));
  }
  EXPECT_TRUE(GrowingFile::open(in_folder("a")));
}

TEST_F(GrowingFileInFolder, IsPlainTextInAFolderThatIsThere) {
  EXPECT_EQ(GrowingFile::open(in_folder("a.gz")).error().code, Errc::usage);
  EXPECT_THAT(GrowingFile::open(in_folder("no/a")).error().message, HasSubstr("No such file"));
}

}  // namespace
}  // namespace ns
