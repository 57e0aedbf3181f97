/// Conversion to types of 8 bits that does not saturate.
#pragma once

#include "core/dtype.hpp"

namespace ns {

/// Whether a cast to it may leave out saturation: the floating types of 8 bits with a sign.
bool may_overflow(DType dtype);

/// What a cast that does not saturate makes of `value`: what is too large becomes infinite in the only such
/// type that has infinities, and no number in the others. Precondition: may_overflow().
double unsaturated(DType dtype, double value);

}  // namespace ns
