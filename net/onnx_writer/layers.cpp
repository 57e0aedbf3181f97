#include "net/onnx_writer/layers.hpp"

#include <fmt/format.h>

namespace ns::onnx_writer {
namespace {

struct Dispatch {
  LayerWriter& writer;

  /// The rooms that Caffe's nets have; of all others no net is written as ONNX, for they come from there.
  template <class Params>
  Result<void> operator()(const Params& params) const {
    if constexpr (requires { write(params, writer); })
      return write(params, writer);
    else
      return unwritten(Params::type);
  }
  Result<void> operator()(const Opaque& params) const {
    return failure(
        Errc::unsupported,
        fmt::format("no layer type describes operator {}, so it cannot be written as ONNX; leave its side "
                    "of the net to the framework that it comes from",
                    params.op));
  }
};

}  // namespace

tl::unexpected<Error> unwritten(std::string_view what) {
  return failure(
      Errc::unsupported,
      fmt::format("layers of type '{}' are not written as ONNX yet; export the ONNX model that the net "
                  "was made from",
                  what));
}

Result<void> write_layer(const LayerParams& params, LayerWriter& writer) {
  return std::visit(Dispatch{writer}, params.rooms());
}

}  // namespace ns::onnx_writer
