#include "net/onnx_writer/layers.hpp"

#include <fmt/format.h>

namespace ns::onnx_writer {
namespace {

struct Dispatch {
  LayerWriter& writer;

  template <class Params>
  Result<void> operator()(const Params& params) const {
    return write(params, writer);
  }
  Result<void> operator()(const Opaque& params) const {
    return failure(Errc::unsupported,
                   fmt::format("operator {} is not modelled, so it cannot be written as ONNX; leave its side "
                               "of the net to the framework that it comes from",
                               params.op));
  }
};

}  // namespace

Result<void> write_layer(const LayerParams& params, LayerWriter& writer) {
  return std::visit(Dispatch{writer}, params);
}

}  // namespace ns::onnx_writer
