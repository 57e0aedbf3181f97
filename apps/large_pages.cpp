#include "apps/large_pages.hpp"

#include <cstddef>
#include <cstdint>
#include <malloc.h>
#include <new>
#include <sys/mman.h>
#include <unistd.h>

namespace ns {
namespace {

char* end_of_heap() { return static_cast<char*>(::sbrk(0)); }

/// Bytes up to the next page.
std::size_t rest_of_page(const char* place) {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  return (page - reinterpret_cast<std::uintptr_t>(place) % page) % page;
}

}  // namespace

void prefer_large_pages() {
#ifdef M_TOP_PAD
  constexpr std::size_t room = std::size_t{8} << 20;  // no more, for the last large page is never filled
  constexpr std::size_t usual_room = std::size_t{128} << 10;
  constexpr std::size_t piece = std::size_t{100} << 10;  // below what malloc maps apart from the heap
  auto* const before = end_of_heap();
  ::mallopt(M_TOP_PAD, static_cast<int>(room));
  ::mallopt(M_TRIM_THRESHOLD, static_cast<int>(2 * room));  // or the room would be given back at once
  // Texts of a megabyte are on the heap, too; the parser's larger tables, hardly touched, stay apart.
  ::mallopt(M_MMAP_THRESHOLD, static_cast<int>(room / 2));
  // The heap grows as soon as it has no room for a piece; by the second at the latest. Called as a function,
  // or compilers leave out what is freed unused.
  auto* const first = ::operator new(piece);
  auto* const second = ::operator new(piece);
  ::operator delete(second);
  ::operator delete(first);
  ::mallopt(M_TOP_PAD, static_cast<int>(usual_room));
  const auto* const after = end_of_heap();
  if (after <= before) return;
  auto* const begin = before + rest_of_page(before);
  if (begin < after) ::madvise(begin, static_cast<std::size_t>(after - begin), MADV_HUGEPAGE);
#endif
}

}  // namespace ns
