#include "net/layer.hpp"

#include "core/shape.hpp"
#include "net/net.hpp"
#include "tests/fuzz/promise.hpp"
#include "tests/fuzz/reader.hpp"

namespace ns::fuzz {
namespace {

void use(const LayerConfig& layer) {
  const auto again = parse_layer(print(layer));
  promise(again.has_value() && *again == layer, "a layer's text form reads back as the same layer");
  kernel_kind(layer);
  if (const auto costs = cost(layer); value_of(costs) != nullptr) {
    features(layer.params, costs->tensors);
    paper_variables(layer.params, costs->tensors);
    category(layer.params, costs->tensors);
  }
  if (const auto net = net_of(layer); value_of(net) != nullptr) totals(*net);
}

}  // namespace

bool read_layer(std::string_view bytes) {
  value_of(parse_tensor_type(bytes));
  value_of(parse_shape(bytes));
  value_of(parse_params(bytes, 2));
  const auto layer = parse_layer(bytes);
  const auto* const read = value_of(layer);
  if (read == nullptr) return false;
  use(*read);
  return true;
}

}  // namespace ns::fuzz
