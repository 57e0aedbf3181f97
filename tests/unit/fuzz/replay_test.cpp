// What fuzzing found once, and what it starts from, through the readers' doors again: no crash, no broken
// promise, and an end within the time that ctest gives each test.
#include "tests/fuzz/reader.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <ostream>
#include <string>
#include <vector>

namespace ns::fuzz {

void PrintTo(const Reader& reader, std::ostream* out) { *out << reader.name; }  // for GoogleTest

namespace {

namespace fs = std::filesystem;

struct Found {
  Reader reader;
  fs::path path;
};

void PrintTo(const Found& found, std::ostream* out) { *out << found.path.filename(); }

std::string content_of(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator{folder, none}) files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

std::vector<Found> findings() {
  std::vector<Found> all;
  for (const auto& reader : readers())
    for (const auto& path : files_in(fs::path{NS_TEST_DATA} / "fuzz" / reader.name))
      all.push_back({reader, path});
  return all;
}

/// "onnx_crash_1f3a": of letters, digits and underlines, as GoogleTest wants it.
std::string name_of(const Found& found) {
  auto name = std::string{found.reader.name} + '_' + found.path.filename().string();
  std::ranges::replace_if(
      name, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

class Finding : public testing::TestWithParam<Found> {};

TEST_P(Finding, IsReadOrRefused) { GetParam().reader.read(content_of(GetParam().path)); }

INSTANTIATE_TEST_SUITE_P(Fuzz, Finding, testing::ValuesIn(findings()),
                         [](const auto& test) { return name_of(test.param); });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Finding);

class Seeds : public testing::TestWithParam<Reader> {};

// Most seeds are files that commands take: a door that lets none of them through tests nothing behind it.
TEST_P(Seeds, GoThroughTheDoor) {
  const auto seeds = files_in(fs::path{NS_FUZZ_SEEDS} / GetParam().name);
  if (seeds.empty()) GTEST_SKIP() << "no seeds in " NS_FUZZ_SEEDS ": tests/fuzz/make_seeds.py needs python3";
  std::size_t let_through = 0;
  for (const auto& path : seeds) {
    SCOPED_TRACE(path);
    if (GetParam().read(content_of(path))) ++let_through;
  }
  EXPECT_GT(2 * let_through, seeds.size()) << let_through << " of " << seeds.size() << " seeds";
}

INSTANTIATE_TEST_SUITE_P(Fuzz, Seeds, testing::ValuesIn(readers().begin(), readers().end()),
                         [](const auto& test) { return std::string{test.param.name}; });

}  // namespace
}  // namespace ns::fuzz
