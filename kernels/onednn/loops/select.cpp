#include "kernels/onednn/loops/table.hpp"

namespace ns::onednn {

const Loops& loops_of(Isa isa) {
#ifdef NS_LOOPS_X86
  switch (isa) {
    case Isa::generic:
      return isa_generic::table;
    case Isa::sse41:
      return isa_sse41::table;
    case Isa::avx:
      return isa_avx::table;
    case Isa::avx2:
      return isa_avx2::table;
    case Isa::avx512:
      return isa_avx512::table;
  }
#endif
  static_cast<void>(isa);
  return isa_generic::table;
}

}  // namespace ns::onednn
