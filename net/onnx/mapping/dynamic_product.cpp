#include "net/onnx/mapping/dynamic_product.hpp"

#include "net/onnx/node_view.hpp"

#include <utility>

namespace ns::onnx {
namespace {

constexpr std::int64_t float32_code = 1;  // TensorProto.FLOAT

/// Looks at the factors of a product one by one.
class Finder {
 public:
  explicit Finder(const NodeSurroundings& surroundings) : surroundings_{surroundings} {}

  std::optional<DynamicProduct> run(const Node& last) {
    if (!take_factors(last) || scaler_ == nullptr || found_.product == nullptr || found_.factors.empty())
      return std::nullopt;
    const auto& made = scaler_->outputs;
    const auto& read = found_.product->inputs;
    const bool fits = made.size() == 3 && read.size() >= 3 && read[0] == made[0] && read[2] == made[2] &&
                      surroundings_.stores(read[1]) &&
                      (read.size() < 4 || read[3].empty() || surroundings_.stores(read[3]));
    if (!fits) return std::nullopt;
    found_.quantiser = scaler_;
    return std::move(found_);
  }

 private:
  static constexpr std::size_t most = 8;  // nodes

  bool take_factors(const Node& node) {
    if (node.op != "Mul" || !node.domain.empty() || node.inputs.size() != 2) return false;
    return take(node.inputs[0]) && take(node.inputs[1]);
  }

  bool take(const std::string& factor) {
    if (surroundings_.stores(factor)) return std::exchange(found_.factors, factor).empty();
    const auto* const node = surroundings_.maker(factor);
    if (node == nullptr || !node->domain.empty() || found_.within.size() >= most) return false;
    if (node->op == "DynamicQuantizeLinear")
      return node->outputs.size() == 3 && factor == node->outputs[1] &&
             std::exchange(scaler_, node) == nullptr;
    found_.within.push_back(node);
    return node->op == "Cast" ? take_sums(*node) : take_factors(*node);
  }

  bool take_sums(const Node& cast) {
    if (NodeView{cast, 0, {}, {}, {}}.integer("to", 0) != float32_code || cast.inputs.empty()) return false;
    const auto* const node = surroundings_.maker(cast.inputs.front());
    if (node == nullptr || !node->domain.empty() ||
        (node->op != "ConvInteger" && node->op != "MatMulInteger"))
      return false;
    found_.within.push_back(node);
    return std::exchange(found_.product, node) == nullptr;
  }

  const NodeSurroundings& surroundings_;
  DynamicProduct found_;
  const Node* scaler_ = nullptr;  // whose scale is a factor
};

}  // namespace

std::optional<DynamicProduct> dynamic_product(const Node& last, const NodeSurroundings& surroundings) {
  return Finder{surroundings}.run(last);
}

}  // namespace ns::onnx
