// Which backend runs which layer type: the table that is written down, with the reason for every cell that is
// not "yes". NS_REWRITE=1 writes it anew.
#include "generate.hpp"
#include "kernels/backend.hpp"

#include <array>
#include <cstdlib>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <set>

namespace ns {
namespace {

constexpr const char* written_down = NS_TEST_DATA "/kernels/support.txt";
constexpr std::array backend_names{"reference", "onednn:threads=1", "cudnn:0"};
constexpr std::uint64_t draws = 60;

struct Cell {
  std::uint64_t supported = 0;
  std::set<std::string> reasons;

  [[nodiscard]] const char* word() const {
    if (supported == draws) return "yes";
    return supported == 0 ? "no" : "part";
  }
};

Cell cell_of(const Backend& backend, std::string_view type) {
  Cell cell;
  for (std::uint64_t seed = 1; seed <= draws; ++seed) {
    Random random{seed};
    const auto supported = backend.supports(random_layer(type, random));
    if (supported) ++cell.supported;
    if (!supported) cell.reasons.insert(supported.error().message);
  }
  return cell;
}

std::string support_matrix() {
  std::array<std::unique_ptr<Backend>, backend_names.size()> backends;
  for (std::size_t i = 0; i < backends.size(); ++i) {
    auto opened = open_backend(backend_names[i]);
    EXPECT_TRUE(opened) << opened.error().message;
    if (!opened) return "";
    backends[i] = std::move(*opened);
  }
  std::string table = fmt::format("{:<13}{:<11}{:<8}{}\n", "type", "reference", "onednn", "cudnn");
  std::string reasons;
  std::vector<std::string_view> types{layer_types().begin(), layer_types().end()};
  std::erase(types, "opaque");  // what no backend can know
  types.insert(types.end(), {"conv int8", "fc int8", "conv dynamic", "fc dynamic", "rnn dynamic",
                             "conv stored", "fc stored"});
  for (const std::string_view type : types) {
    std::array<Cell, backends.size()> cells;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      cells[i] = cell_of(*backends[i], type);
      for (const std::string& reason : cells[i].reasons)
        reasons += fmt::format(
            "{}, {}: {}\n", type,
            std::string_view{backend_names[i]}.substr(0, std::string_view{backend_names[i]}.find(':')),
            reason);
    }
    table += fmt::format("{:<13}{:<11}{:<8}{}\n", type, cells[0].word(), cells[1].word(), cells[2].word());
  }
  return reasons.empty() ? table : table + "\n" + reasons;
}

TEST(SupportMatrix, IsAsItIsWrittenDown) {
  const std::string matrix = support_matrix();
  std::printf("%s", matrix.c_str());
  if (std::getenv("NS_REWRITE") != nullptr) std::ofstream{written_down} << matrix;
  std::ifstream file{written_down};
  const std::string expected{std::istreambuf_iterator<char>{file}, {}};
  EXPECT_EQ(matrix, expected);
}

}  // namespace
}  // namespace ns
