/// The two halves of a cut, run one after the other, held against the whole.
#pragma once

#include "core/error.hpp"
#include "runtime/executor.hpp"

#include <string>
#include <vector>

namespace ns {

/// The outputs that head.onnx and tail.onnx in `folder` (one of them may be missing) make of `inputs`, under
/// their names: the head's outputs are the tail's inputs. io if neither is there; bad_input where the tail
/// wants what nobody makes.
Result<std::vector<NamedDatum>> run_halves(const std::string& folder, const std::vector<NamedDatum>& inputs,
                                           const onnx::Bindings& bindings, Backend& backend);

}  // namespace ns
