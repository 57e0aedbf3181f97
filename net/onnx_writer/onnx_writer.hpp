/// The door of writing ONNX: layers of a Net, of whatever file it came, as a model that any runtime runs.
#pragma once

#include "core/error.hpp"
#include "net/net.hpp"
#include "net/weights.hpp"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace ns::onnx_writer {

/// IR version 8, opset 17: what ONNX Runtime reads since 1.12.
inline constexpr std::int64_t ir_version = 8;
inline constexpr std::int64_t opset = 17;

struct WriteOptions {
  /// With more bytes of weights than this they go into a file beside the model, PATH.data: protobuf ends at
  /// 2 GiB.
  std::uint64_t max_inline_bytes = 1'000'000'000;
};

struct Written {
  std::vector<std::string> inputs;  // tensors that the part reads and does not make, in the Net's order
  std::vector<std::string> outputs;
  std::int64_t parameters = 0;  // trained values
  std::int64_t constants = 0;   // values in floating point beside them: bounds, coefficients, scales of 1
  std::vector<std::filesystem::path> files;  // the model, and its weights if they are apart
};

/// Writes the layers `part` of `net`, which is not folded, in float32. Tensors keep their names and shapes, a
/// layer's last node its name. Inputs are the tensors that the part reads and does not make; outputs those of
/// its own that other layers read or that are outputs of the net. Weights are streamed, a few MiB at a time;
/// the files appear when all is written, over what is there.
///
/// bad_input for an empty part or one that makes nothing for anybody; unsupported, naming the layer, for an
/// opaque one, and naming the tensor for one that is not float32; io; and whatever `weights` fails with.
Result<Written> write_onnx(const Net& net, std::span<const LayerId> part, const Weights& weights,
                           const std::filesystem::path& path, const WriteOptions& options = {});

}  // namespace ns::onnx_writer
