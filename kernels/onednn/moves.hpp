/// The loop of what only moves elements, for other files' steps.
#pragma once

#include "kernels/onednn/builder.hpp"
#include "kernels/strided.hpp"

namespace ns::onednn {

/// Appends the step that copies `from` to the dense `to`.
void run_copy(const StridedCopy& copy, const View& from, const View& to, Builder& plan);

}  // namespace ns::onednn
