/// Recurrent layers of 8-bit whole numbers.
#pragma once

#include "kernels/onednn/builder.hpp"
#include "net/layers/rnn.hpp"

namespace ns::onednn {

/// For a dynamic layer; in plain loops on every instruction set.
Result<void> build_integer_recurrence(const Rnn& layer, Builder& plan);

}  // namespace ns::onednn
