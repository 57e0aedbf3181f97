#include "net/onnx/inline.hpp"
#include "net/onnx/order.hpp"
#include "net/onnx/parse.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace ns::onnx {
namespace {

/// Rules need a version; IR version 3 made the import of the standard's operators a duty.
void import_standard(Model& model) {
  const auto is_standard = [](const Node& node) { return node.domain.empty(); };
  if (model.opset("") != 0 || std::ranges::none_of(model.graph.nodes, is_standard)) return;
  const std::int64_t version = model.ir_version < 3 ? 1 : newest_opset;
  std::erase_if(model.opsets, [](const OpsetImport& opset) { return opset.domain.empty(); });
  model.opsets.push_back({"", version});
  model.warnings.push_back(
      fmt::format("the model does not say which opset of ai.onnx it uses; it is read as opset {}", version));
}

}  // namespace

Result<void> flatten(Model& model) {
  if (auto done = inline_functions(model); !done) return done;
  if (model.graph.nodes.empty())
    return bad_input("the model's graph is empty once its functions are put in place");
  if (auto done = order(model.graph); !done) return done;
  name_nodes(model.graph);
  import_standard(model);
  return {};
}

}  // namespace ns::onnx
