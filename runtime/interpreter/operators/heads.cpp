#include "runtime/interpreter/operators/heads.hpp"

namespace ns {

Result<Heads> Heads::of(const OperatorCall& call, const Shape& shape, std::int64_t heads) {
  if (shape.rank() == 4) return Heads{shape[0], shape[1], shape[2], shape[3], false};
  if (shape.rank() != 3 || heads <= 0 || shape[2] % heads != 0)
    return call.fail("an input is neither [batch, heads, steps, size] nor [batch, steps, heads * size]");
  return Heads{shape[0], heads, shape[1], shape[2] / heads, true};
}

}  // namespace ns
