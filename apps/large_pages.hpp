/// The heap on large pages: a net of thousands of layers touches thousands of small ones, and each costs a
/// trip into the kernel.
#pragma once

namespace ns {

/// Call it before anything large is allocated. Costs some microseconds, and up to one large page (2 MB on
/// x86) of memory. Does nothing where the kernel has no large pages to give or the heap is not glibc's.
void prefer_large_pages();

}  // namespace ns
