#include "tests/fuzz/memory_file.hpp"

#include "tests/fuzz/promise.hpp"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

namespace ns::fuzz {

MemoryFile::MemoryFile(std::string_view content)
    : descriptor_{::memfd_create("content", MFD_CLOEXEC)},
      path_{fmt::format("/proc/self/fd/{}", descriptor_)} {
  while (!content.empty()) {
    const auto written = ::write(descriptor_, content.data(), content.size());
    promise(written > 0, "a file in memory takes its content");
    content.remove_prefix(static_cast<std::size_t>(written));
  }
}

MemoryFile::~MemoryFile() { ::close(descriptor_); }

}  // namespace ns::fuzz
