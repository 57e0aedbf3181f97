#include "kernels/cudnn/launch.hpp"

#include <algorithm>
#include <cassert>
#include <string>

namespace ns::cudnn {

// What cmake/EmbedPtx.cmake makes of kernels/*.cu.
extern const char* const ptx_attention;
extern const char* const ptx_eltwise;
extern const char* const ptx_gather;
extern const char* const ptx_integer;
extern const char* const ptx_moves;
extern const char* const ptx_norm;
extern const char* const ptx_pointwise;
extern const char* const ptx_pool;
extern const char* const ptx_ranks;
extern const char* const ptx_reduce;
extern const char* const ptx_scan;
extern const char* const ptx_scatter;
extern const char* const ptx_topk;

namespace {

constexpr std::int64_t threads_of_block = 256;
constexpr std::int64_t warp = 32;

constexpr std::array<const char*, element_count> suffixes{"", "_f16", "_bf16"};

/// Whether there is an entry for each Element.
bool is_for_all(Kernel kernel) { return kernel < Kernel::touch; }

struct Row {
  Kernel kernel;
  const char* name;
};

struct File {
  const char* const* ptx;
  std::vector<Row> rows;
};

const std::array<File, 13>& files() {
  static const std::array<File, 13> table{{
      {&ptx_attention, {{Kernel::weigh, "ns_weigh"}}},
      {&ptx_eltwise, {{Kernel::eltwise, "ns_eltwise"}}},
      {&ptx_gather, {{Kernel::gather, "ns_gather"}, {Kernel::resample, "ns_resample"}}},
      {&ptx_integer,
       {{Kernel::byte_columns, "ns_byte_columns"},
        {Kernel::extremes, "ns_extremes"},
        {Kernel::scaling, "ns_scaling"},
        {Kernel::finish, "ns_finish"}}},
      {&ptx_moves,
       {{Kernel::copy, "ns_copy"},
        {Kernel::pad, "ns_pad"},
        {Kernel::columns, "ns_columns"},
        {Kernel::cast, "ns_cast"}}},
      {&ptx_norm,
       {{Kernel::affine, "ns_affine"}, {Kernel::lines, "ns_lines"}, {Kernel::lrn_within, "ns_lrn_within"}}},
      {&ptx_pointwise,
       {{Kernel::pointwise, "ns_pointwise"},
        {Kernel::prelu, "ns_prelu"},
        {Kernel::touch, "ns_touch"},
        {Kernel::nothing, "ns_nothing"}}},
      {&ptx_pool, {{Kernel::pool, "ns_pool"}}},
      {&ptx_ranks, {{Kernel::argmax, "ns_argmax"}, {Kernel::hardmax, "ns_hardmax"}}},
      {&ptx_reduce, {{Kernel::reduce, "ns_reduce"}}},
      {&ptx_scan, {{Kernel::running, "ns_running"}, {Kernel::scan, "ns_scan"}}},
      {&ptx_scatter, {{Kernel::claim, "ns_claim"}, {Kernel::scatter, "ns_scatter"}}},
      {&ptx_topk, {{Kernel::topk, "ns_topk"}, {Kernel::sort, "ns_sort"}}},
  }};
  return table;
}

}  // namespace

Grid grid_for_each(std::int64_t elements) {
  constexpr std::int64_t enough = 1 << 16;
  const auto blocks =
      std::clamp<std::int64_t>((elements + threads_of_block - 1) / threads_of_block, 1, enough);
  return {static_cast<unsigned>(blocks), static_cast<unsigned>(threads_of_block)};
}

Grid grid_of_lines(std::int64_t lines, std::int64_t extent) {
  auto threads = warp;
  while (threads < threads_of_block && threads < extent) threads *= 2;
  return {static_cast<unsigned>(lines), static_cast<unsigned>(threads)};
}

Result<Kernels> Kernels::load() {
  Kernels kernels;
  for (const File& file : files()) {
    auto loaded = Module::load(*file.ptx);
    if (!loaded) return tl::unexpected{std::move(loaded.error())};
    for (const Row& row : file.rows) {
      auto& functions = kernels.functions_[static_cast<std::size_t>(row.kernel)];
      for (std::size_t element = 0; element < (is_for_all(row.kernel) ? element_count : 1); ++element) {
        const auto function = loaded->function((row.name + std::string{suffixes[element]}).c_str());
        if (!function) return tl::unexpected{function.error()};
        functions[element] = *function;
      }
    }
    kernels.modules_.push_back(std::move(*loaded));
  }
  return kernels;
}

Result<void> Kernels::launch_with(const Stream& stream, Kernel kernel, Element element, Grid grid,
                                  void** arguments) const {
  const CUfunction function = functions_[static_cast<std::size_t>(kernel)][static_cast<std::size_t>(element)];
  assert(function != nullptr);
  return check(
      cuLaunchKernel(function, grid.blocks, 1, 1, grid.threads, 1, 1, 0, stream.get(), arguments, nullptr),
      "cuLaunchKernel");
}

}  // namespace ns::cudnn
