/// How each room becomes nodes of ONNX, opset 17: one function a type.
#pragma once

#include "core/error.hpp"
#include "net/layer.hpp"
#include "net/onnx_writer/layer_writer.hpp"

namespace ns::onnx_writer {

/// Writes a layer's nodes by its type. unsupported for an opaque layer and for tables above a limit.
Result<void> write_layer(const LayerParams& params, LayerWriter& writer);

/// Tables that a layer needs beside its weights (positions of windows) have at most so many entries.
inline constexpr std::int64_t max_table = std::int64_t{1} << 24;

/// unsupported: no nodes are known for layers of this type or kind.
tl::unexpected<Error> unwritten(std::string_view what);

// windows.cpp
Result<void> write(const Conv& layer, LayerWriter& writer);
Result<void> write(const Local& layer, LayerWriter& writer);

// pool.cpp
Result<void> write(const Pool& layer, LayerWriter& writer);

// elementwise.cpp
Result<void> write(const Act& layer, LayerWriter& writer);
Result<void> write(const Eltwise& layer, LayerWriter& writer);

// norm.cpp
Result<void> write(const Norm& layer, LayerWriter& writer);

// shapes.cpp
Result<void> write(const Fc& layer, LayerWriter& writer);
Result<void> write(const Softmax& layer, LayerWriter& writer);
Result<void> write(const Argmax& layer, LayerWriter& writer);
Result<void> write(const Concat& layer, LayerWriter& writer);
Result<void> write(const Slice& layer, LayerWriter& writer);
Result<void> write(const Reshape& layer, LayerWriter& writer);
Result<void> write(const Identity& layer, LayerWriter& writer);

}  // namespace ns::onnx_writer
