/// The layers that the nodes of a small model become.
#pragma once

#include "net/onnx/mapping/net_of.hpp"
#include "tests/unit/onnx/graph_maker.hpp"

#include <string>
#include <utility>

namespace ns::onnx {

inline Result<Net> mapped(const GraphMaker& maker, const Bindings& bindings = {}) {
  auto inferred = maker.infer(bindings);
  if (!inferred) return tl::unexpected{inferred.error()};
  ModelFile file{"made.onnx", Source::of(""), ".", maker.model(), std::move(*inferred)};
  return net_of(file);
}

/// Text forms of all layers with the types that they read, joined by blanks.
inline std::string layers_of(const GraphMaker& maker, const Bindings& bindings = {}) {
  const auto net = mapped(maker, bindings);
  if (!net) return net.error().message;
  std::string text;
  for (LayerId id = 0; id < net->layers.size(); ++id)
    text += (id == 0 ? "" : " ") + print(LayerConfig{net->layers[id].params, {}, net->input_types(id)});
  return text;
}

}  // namespace ns::onnx
