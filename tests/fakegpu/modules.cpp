// Modules know the kernels that stand in their PTX; launched, they run from the same source, compiled for the
// host.
#include "device.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <tuple>
#include <utility>

// The kernels stand behind what nvcc would give them.
// clang-format off
#include "threads.hpp"
#include "kernels/cudnn/kernels/attention.cu"
#include "kernels/cudnn/kernels/eltwise.cu"
#include "kernels/cudnn/kernels/gather.cu"
#include "kernels/cudnn/kernels/integer.cu"
#include "kernels/cudnn/kernels/moves.cu"
#include "kernels/cudnn/kernels/norm.cu"
#include "kernels/cudnn/kernels/pointwise.cu"
#include "kernels/cudnn/kernels/pool.cu"
#include "kernels/cudnn/kernels/ranks.cu"
#include "kernels/cudnn/kernels/reduce.cu"
#include "kernels/cudnn/kernels/scan.cu"
#include "kernels/cudnn/kernels/scatter.cu"
#include "kernels/cudnn/kernels/topk.cu"
// clang-format on

/// A kernel of the table below.
struct CUfunc_st {
  const char* name;
  bool waits;  // its threads for each other
  std::function<void()> (*bind)(void** arguments);
};

struct CUmod_st {
  std::string ptx;
};

namespace {

/// Calls with a copy of the arguments, which the driver takes at once, too.
template <auto kernel, class... Arguments, std::size_t... index>
std::function<void()> bound(void (*)(Arguments...), void** arguments, std::index_sequence<index...>) {
  return [values = std::tuple<Arguments...>{*static_cast<Arguments*>(arguments[index])...}] {
    kernel(std::get<index>(values)...);
  };
}

template <auto kernel, class... Arguments>
std::function<void()> bind_all(void (*function)(Arguments...), void** arguments) {
  return bound<kernel>(function, arguments, std::index_sequence_for<Arguments...>{});
}

template <auto kernel>
std::function<void()> bind(void** arguments) {
  return bind_all<kernel>(kernel, arguments);
}

/// The entries of one kernel for each type that real numbers are kept as.
#define ENTRIES(name, waits)                                                              \
  CUfunc_st{"ns_" #name, waits, &bind<&of_float::ns_##name>},                             \
      CUfunc_st{"ns_" #name "_f16", waits, &bind<&of_half::ns_##name##_f16>}, CUfunc_st { \
    "ns_" #name "_bf16", waits, &bind<&of_bfloat::ns_##name##_bf16>                       \
  }

std::array kernels{
    ENTRIES(weigh, true),
    ENTRIES(copy, false),
    ENTRIES(pad, false),
    ENTRIES(columns, false),
    ENTRIES(cast, false),
    CUfunc_st{"ns_byte_columns", false, &bind<&ns_byte_columns>},
    CUfunc_st{"ns_extremes", true, &bind<&ns_extremes>},
    CUfunc_st{"ns_scaling", true, &bind<&ns_scaling>},
    CUfunc_st{"ns_finish", false, &bind<&ns_finish>},
    ENTRIES(gather, false),
    ENTRIES(resample, false),
    ENTRIES(pointwise, false),
    ENTRIES(prelu, false),
    CUfunc_st{"ns_nothing", false, &bind<&ns_nothing>},
    CUfunc_st{"ns_touch", false, &bind<&ns_touch>},
    ENTRIES(eltwise, false),
    ENTRIES(pool, false),
    ENTRIES(affine, false),
    ENTRIES(lines, true),
    ENTRIES(lrn_within, false),
    ENTRIES(argmax, true),
    ENTRIES(hardmax, true),
    ENTRIES(reduce, true),
    ENTRIES(running, false),
    ENTRIES(scan, true),
    CUfunc_st{"ns_claim", false, &bind<&ns_claim>},
    CUfunc_st{"ns_scatter", false, &bind<&ns_scatter>},
    ENTRIES(topk, true),
    ENTRIES(sort, true),
};
#undef ENTRIES

constexpr unsigned most_threads_of_block = 1024;

}  // namespace

CUresult cuModuleLoadData(CUmodule* module, const void* image) {
  if (!fakegpu::begin_call("cuModuleLoadData")) return CUDA_ERROR_UNKNOWN;
  auto loaded = new CUmod_st{static_cast<const char*>(image)};
  fakegpu::hand_out("module", loaded);
  *module = loaded;
  return CUDA_SUCCESS;
}

CUresult cuModuleUnload(CUmodule module) {
  const bool works = fakegpu::begin_call("cuModuleUnload");
  if (!fakegpu::take_back("module", module)) return CUDA_ERROR_INVALID_HANDLE;
  delete module;
  return works ? CUDA_SUCCESS : CUDA_ERROR_UNKNOWN;
}

CUresult cuModuleGetFunction(CUfunction* function, CUmodule module, const char* name) {
  if (!fakegpu::begin_call("cuModuleGetFunction")) return CUDA_ERROR_UNKNOWN;
  const bool is_there = module->ptx.find(".entry " + std::string{name} + "(") != std::string::npos;
  const auto found = std::find_if(kernels.begin(), kernels.end(),
                                  [&](const CUfunc_st& kernel) { return std::string{kernel.name} == name; });
  if (!is_there || found == kernels.end()) return CUDA_ERROR_NOT_FOUND;
  *function = &*found;
  return CUDA_SUCCESS;
}

CUresult cuLaunchKernel(CUfunction function, unsigned blocks, unsigned blocks_y, unsigned blocks_z,
                        unsigned threads, unsigned threads_y, unsigned threads_z, unsigned, CUstream stream,
                        void** arguments, void**) {
  if (!fakegpu::begin_call("cuLaunchKernel")) return CUDA_ERROR_UNKNOWN;
  if (blocks == 0 || threads == 0 || threads > most_threads_of_block ||
      blocks_y * blocks_z * threads_y * threads_z != 1)
    return CUDA_ERROR_INVALID_VALUE;
  const double bytes = 8.0 * blocks * threads;
  fakegpu::enqueue(stream, {fakegpu::launch_seconds + fakegpu::time_of_bytes(bytes),
                            [=, thread = function->bind(arguments)] {
                              fakegpu::run_grid(blocks, threads, function->waits, thread);
                            }});
  return CUDA_SUCCESS;
}
