#include "kernels/onednn/memory.hpp"

#include <cstdint>
#include <cstring>
#include <new>
#include <sys/mman.h>

namespace ns::onednn {
namespace {

constexpr std::size_t huge_page = std::size_t{2} << 20;
constexpr std::size_t worth_a_huge_page = huge_page / 4;

std::size_t rounded(std::size_t bytes) { return (bytes + huge_page - 1) / huge_page * huge_page; }

}  // namespace

Memory::Memory(std::size_t bytes) {
  if (bytes == 0) return;
  map(bytes);
  std::memset(data_, 0, bytes);
}

Memory Memory::reserved(std::size_t bytes) {
  Memory memory;
  if (bytes > 0) memory.map(bytes);
  return memory;
}

void Memory::map(std::size_t bytes) {
  bytes_ = bytes;
  const bool huge = bytes >= worth_a_huge_page;
  mapped_bytes_ = huge ? rounded(bytes) + huge_page : bytes;
  mapping_ = mmap(nullptr, mapped_bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapping_ == MAP_FAILED) {
    mapping_ = nullptr;
    throw std::bad_alloc{};
  }
  data_ = static_cast<std::byte*>(mapping_);
  if (huge) {
    const auto address = reinterpret_cast<std::uintptr_t>(mapping_);
    data_ += rounded(address) - address;
    madvise(data_, rounded(bytes), MADV_HUGEPAGE);  // a wish: small pages are right as well
  }
}

Memory::~Memory() {
  if (mapping_ != nullptr) munmap(mapping_, mapped_bytes_);
}

}  // namespace ns::onednn
