/// One table per compiled instruction set; the names are made by loops.cpp.
#pragma once

#include "kernels/onednn/loops/loops.hpp"

namespace ns::onednn {
namespace isa_generic {
extern const Loops table;
}
namespace isa_sse41 {
extern const Loops table;
}
namespace isa_avx {
extern const Loops table;
}
namespace isa_avx2 {
extern const Loops table;
}
namespace isa_avx512 {
extern const Loops table;
}
}  // namespace ns::onednn
