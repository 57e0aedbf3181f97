#include "kernels/onednn/memory.hpp"

#include <cstring>
#include <new>
#include <sys/mman.h>

namespace ns::onednn {

Memory::Memory(std::size_t bytes) : bytes_{bytes} {
  if (bytes == 0) return;
  void* const pages = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) throw std::bad_alloc{};
  data_ = static_cast<std::byte*>(pages);
  constexpr std::size_t huge_page = std::size_t{2} << 20;
  if (bytes >= huge_page) madvise(pages, bytes, MADV_HUGEPAGE);  // a wish: small pages are right as well
  std::memset(data_, 0, bytes);                                  // page faults belong to no measurement
}

Memory::~Memory() {
  if (data_ != nullptr) munmap(data_, bytes_);
}

}  // namespace ns::onednn
