#include "kernels/evict.hpp"

#include <cstdint>

#if defined(__x86_64__) || defined(__i386__)
#include <emmintrin.h>
#endif

namespace ns {
namespace {

#if defined(__x86_64__) || defined(__i386__)
constexpr bool available = true;
constexpr std::size_t line_bytes = 64;
void evict_line(const std::byte* line) { _mm_clflush(line); }
void fence() { _mm_mfence(); }
#elif defined(__aarch64__)
constexpr bool available = true;
constexpr std::size_t line_bytes = 64;
void evict_line(const std::byte* line) { asm volatile("dc civac, %0" : : "r"(line) : "memory"); }
void fence() { asm volatile("dsb ish" : : : "memory"); }
#else
constexpr bool available = false;
constexpr std::size_t line_bytes = 64;
void evict_line(const std::byte*) {}
void fence() {}
#endif

}  // namespace

bool can_evict() { return available; }

void evict(std::span<const std::byte> memory) {
  if (memory.empty()) return;
  const auto misalignment = reinterpret_cast<std::uintptr_t>(memory.data()) % line_bytes;
  const std::byte* const end = memory.data() + memory.size();
  for (const std::byte* line = memory.data() - misalignment; line < end; line += line_bytes) evict_line(line);
  fence();
}

}  // namespace ns
