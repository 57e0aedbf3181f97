#include "kernels/onednn/processor.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <dlfcn.h>
#include <dnnl.hpp>
#include <fmt/format.h>
#include <vector>

namespace ns::onednn {
namespace {

struct Row {
  Isa isa;
  std::string_view name;
};

constexpr std::array names{Row{Isa::sse41, "sse41"}, Row{Isa::avx, "avx"}, Row{Isa::avx2, "avx2"},
                           Row{Isa::avx512, "avx512"}};

#ifdef NS_LOOPS_X86
bool has(Isa isa) {
  switch (isa) {
    case Isa::generic:
      return true;
    case Isa::sse41:
      return __builtin_cpu_supports("sse4.1") != 0;
    case Isa::avx:
      return __builtin_cpu_supports("avx") != 0;
    case Isa::avx2:
      return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
    case Isa::avx512:
      return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
             __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512vl") != 0;
  }
  return false;
}

dnnl::cpu_isa in_onednn(Isa isa) {
  switch (isa) {
    case Isa::generic:
    case Isa::sse41:
      return dnnl::cpu_isa::sse41;
    case Isa::avx:
      return dnnl::cpu_isa::avx;
    case Isa::avx2:
      return dnnl::cpu_isa::avx2;
    case Isa::avx512:
      return multiplies_bytes(isa) ? dnnl::cpu_isa::avx512_core_vnni : dnnl::cpu_isa::avx512_core;
  }
  return dnnl::cpu_isa::sse41;
}
#endif

}  // namespace

Result<Isa> parse_isa(std::string_view name) {
  std::vector<std::string> choices;
  for (const Row& row : names) {
    if (row.name == name) return row.isa;
    choices.emplace_back(row.name);
  }
  return failure(Errc::usage, fmt::format("device onednn: isa={} is unknown; it is {}{}", name,
                                          list_of(choices), suggestion(name, choices)));
}

std::string_view to_string(Isa isa) {
  const auto* const row =
      std::find_if(names.begin(), names.end(), [&](const Row& each) { return each.isa == isa; });
  return row == names.end() ? "generic" : row->name;
}

#ifdef NS_LOOPS_X86
bool multiplies_bytes(Isa isa) { return isa == Isa::avx512 && __builtin_cpu_supports("avx512vnni") != 0; }

Isa best_isa() {
  Isa best = Isa::generic;
  for (const Row& row : names)
    if (has(row.isa)) best = row.isa;
  return best;
}

Result<void> hold_to(Isa isa) {
  const dnnl::cpu_isa wanted = in_onednn(isa);
  if (dnnl::set_max_cpu_isa(wanted) == dnnl::status::success && dnnl::get_effective_cpu_isa() == wanted)
    return {};
  if (dnnl::get_effective_cpu_isa() == wanted) return {};
  return failure(
      Errc::no_device,
      fmt::format("device onednn: isa={} cannot be had, because oneDNN fixes its instruction set once per "
                  "process and already did; use one such device per command",
                  to_string(isa)));
}
#else
bool multiplies_bytes(Isa) { return false; }

Isa best_isa() { return Isa::generic; }

Result<void> hold_to(Isa) { return {}; }
#endif

void (*thread_setter())(int) {
#if DNNL_CPU_THREADING_RUNTIME == DNNL_RUNTIME_OMP
  // Looked up, not linked: whichever OpenMP library oneDNN was built with is already in the process.
  return reinterpret_cast<void (*)(int)>(dlsym(RTLD_DEFAULT, "omp_set_num_threads"));
#else
  return nullptr;
#endif
}

}  // namespace ns::onednn
