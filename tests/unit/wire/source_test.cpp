#include "net/wire/source.hpp"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <unistd.h>

namespace ns::wire {
namespace {

using testing::HasSubstr;

/// A file of `size` bytes, each telling its place.
class SourceOfFile : public testing::Test {
 protected:
  void SetUp() override {
    for (std::size_t i = 0; i < 100'000; ++i) content_ += static_cast<char>((i * 2654435761U) >> 24U);
    std::ofstream{path_, std::ios::binary} << content_;
  }
  void TearDown() override { std::filesystem::remove(path_); }

  std::string path_ = testing::TempDir() + "source_test." + std::to_string(::getpid());
  std::string content_;
};

TEST_F(SourceOfFile, ShowsWhatIsWantedWhereverItIs) {
  auto source = Source::open(path_);
  ASSERT_TRUE(source) << source.error().message;
  EXPECT_EQ(source->size(), content_.size());
  const std::size_t offsets[] = {0, 10, 16'380, 16'390, 60'000, 59'000, 99'990, 3};
  for (const auto offset : offsets)
    for (const std::size_t wanted : {1U, 20U, 5'000U, 16'384U}) {
      const auto window = source->window(offset, wanted);
      ASSERT_GE(window.size(), std::min(wanted, content_.size() - offset));
      EXPECT_EQ(window, std::string_view{content_}.substr(offset, window.size())) << offset << " " << wanted;
    }
  EXPECT_TRUE(source->window(content_.size(), 1).empty());
  EXPECT_TRUE(source->window(~std::uint64_t{0}, 1).empty());
}

TEST_F(SourceOfFile, ReadsExactBytesOrNone) {
  auto source = Source::open(path_);
  ASSERT_TRUE(source);
  EXPECT_EQ(*source->read(1'000, 50'000), content_.substr(1'000, 50'000));
  EXPECT_EQ(*source->read(content_.size(), 0), "");
  const auto behind = source->read(99'999, 2);
  ASSERT_FALSE(behind);
  EXPECT_EQ(behind.error().message, "bytes 99999 to 100001 are wanted, but the file has only 100000");
  EXPECT_FALSE(source->read(0, ~std::uint64_t{0}));
  EXPECT_FALSE(source->read(~std::uint64_t{0}, 2));
}

TEST_F(SourceOfFile, SaysWhenTheFileShrinks) {
  auto source = Source::open(path_);
  ASSERT_TRUE(source);
  std::filesystem::resize_file(path_, 10);
  EXPECT_EQ(source->window(0, 100).size(), 10U);
  EXPECT_EQ(source->read(0, 100).error().code, Errc::io);
}

TEST_F(SourceOfFile, MovesWithItsFile) {
  auto first = Source::open(path_);
  ASSERT_TRUE(first);
  first->window(0, 10);
  Source second = std::move(*first);
  first = Source::of("other");
  EXPECT_EQ(second.window(5, 3).substr(0, 3), content_.substr(5, 3));
  EXPECT_EQ(first->window(0, 5), "other");
}

TEST(Source, HoldsAContent) {
  auto source = Source::of("hello");
  EXPECT_EQ(source.size(), 5U);
  EXPECT_EQ(source.window(1, 100), "ello");
  EXPECT_EQ(*source.read(1, 3), "ell");
  EXPECT_FALSE(source.read(1, 5));
}

TEST(Source, RefusesFoldersDevicesAndNothing) {
  EXPECT_THAT(Source::open(testing::TempDir()).error().message, HasSubstr("is a directory"));
  EXPECT_THAT(Source::open("/dev/null").error().message, HasSubstr("neither a file nor a pipe"));
  const auto none = Source::open("no such file");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Errc::io);
  EXPECT_EQ(none.error().message, "no such file: cannot open: No such file or directory");
}

TEST(Source, ReadsAPipeWhole) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const std::string content(20'000, 'x');
  ASSERT_EQ(::write(ends[1], content.data(), content.size()), 20'000);
  ::close(ends[1]);
  auto source = Source::open("/dev/fd/" + std::to_string(ends[0]));
  ::close(ends[0]);
  ASSERT_TRUE(source) << source.error().message;
  EXPECT_EQ(*source->read(0, source->size()), content);
}

}  // namespace
}  // namespace ns::wire
