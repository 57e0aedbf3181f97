#include "net/onnx/parameters.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace ns::onnx {
namespace {

using WeightId = std::size_t;
using WeightIds = std::vector<WeightId>;  // sorted

struct Weight {
  std::int64_t elements = 0;
  std::int64_t bytes = 0;
  bool read = false;
};

/// Weights are real numbers, or what quantisers made of them; wider integers are tables and biases.
bool is_weight(DType dtype) {
  using enum DType;
  static constexpr std::array quantised{int8, uint8, int4, uint4, int2, uint2};
  return is_floating(dtype) || std::ranges::find(quantised, dtype) != quantised.end();
}

/// Names and the weights that their values are made of.
struct Names {
  std::unordered_map<std::string_view, WeightIds> weights;
  const Names* outer = nullptr;

  [[nodiscard]] const WeightIds* find(const std::string& name) const {
    for (const auto* names = this; names != nullptr; names = names->outer)
      if (const auto found = names->weights.find(name); found != names->weights.end()) return &found->second;
    return nullptr;
  }
};

void unite(WeightIds& sum, const WeightIds& more) {
  const auto middle = static_cast<std::ptrdiff_t>(sum.size());
  sum.insert(sum.end(), more.begin(), more.end());
  std::inplace_merge(sum.begin(), sum.begin() + middle, sum.end());
  sum.erase(std::unique(sum.begin(), sum.end()), sum.end());
}

class Count {
 public:
  explicit Count(Inferred& inferred) : inferred_{inferred} {}

  void run(const Graph& graph) {
    Names names;
    add_initializers(graph, names);
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) add_main(graph.nodes[i], inferred_.costs[i], names);
    for (const auto& weight : weights_) {
      if (!weight.read) continue;
      inferred_.parameters += weight.elements;
      inferred_.parameter_bytes += weight.bytes;
    }
  }

 private:
  /// Nothing for what is no weight.
  WeightIds add(std::optional<DType> dtype, std::optional<std::int64_t> elements) {
    std::int64_t bits = 0;
    if (!dtype || !elements || *elements <= 0 || !is_weight(*dtype)) return {};
    if (__builtin_mul_overflow(*elements, element_bits(*dtype), &bits)) return {};
    constexpr std::int64_t bits_per_byte = 8;
    weights_.push_back({*elements, bits / bits_per_byte + (bits % bits_per_byte != 0 ? 1 : 0), false});
    return {weights_.size() - 1};
  }

  void add_initializers(const Graph& graph, Names& names) {
    for (const auto& initializer : graph.initializers) {
      const Dims dims(initializer.dims.begin(), initializer.dims.end());
      if (auto made = add(initializer.dtype, elements(dims).number()); !made.empty())
        names.weights.insert_or_assign(initializer.name, std::move(made));
    }
  }

  /// The weight that a Constant node holds.
  WeightIds held(const Node& node) {
    for (const auto& attribute : node.attributes) {
      if (!attribute.tensors.empty() && attribute.name == "value") {
        const auto& tensor = attribute.tensors.front();
        return add(tensor.dtype, elements(Dims(tensor.dims.begin(), tensor.dims.end())).number());
      }
      if (attribute.name == "sparse_value" && !attribute.tensors.empty())
        return add(attribute.tensors.front().dtype,
                   elements(Dims(attribute.sparse_dims.begin(), attribute.sparse_dims.end())).number());
      if (attribute.name == "value_float") return add(DType::float32, 1);
      if (attribute.name == "value_floats")
        return add(DType::float32, static_cast<std::int64_t>(attribute.reals.size()));
    }
    return {};
  }

  /// All weights that the node reads, in its subgraphs too.
  WeightIds read_by(const Node& node, const Names& names) {
    WeightIds reads;
    for (const auto& input : node.inputs)
      if (const auto* const found = names.find(input)) unite(reads, *found);
    for (const auto& attribute : node.attributes)
      for (const auto& graph : attribute.graphs) unite(reads, read_in(*graph, names));
    for (const auto id : reads) weights_[id].read = true;
    return reads;
  }

  WeightIds read_in(const Graph& graph, const Names& outer) {
    Names names;
    names.outer = &outer;
    add_initializers(graph, names);
    WeightIds reads;
    for (const auto& node : graph.nodes) {
      if (node.op == "Constant" && node.domain.empty() && !node.outputs.empty()) {
        if (auto made = held(node); !made.empty())
          names.weights.insert_or_assign(node.outputs.front(), std::move(made));
      } else {
        unite(reads, read_by(node, names));
      }
    }
    return reads;
  }

  void add_main(const Node& node, NodeCost& cost, Names& names) {
    auto reads = read_by(node, names);
    if (!cost.constant) {
      for (const auto id : reads) {
        cost.parameters += weights_[id].elements;
        cost.parameter_bytes += weights_[id].bytes;
      }
      return;
    }
    if (node.outputs.empty() || !node.domain.empty() || node.op == "Shape" || node.op == "Size") return;
    if (node.op == "Constant") reads = held(node);
    if (node.op == "ConstantOfShape") {
      // One whose shape follows from an activation's is no weight.
      const auto fact = inferred_.facts.find(node.outputs.front());
      if (fact != inferred_.facts.end() && fact->second.stored && fact->second.dims)
        reads = add(fact->second.dtype, elements(*fact->second.dims).number());
    }
    if (reads.empty()) return;
    for (const auto& output : node.outputs) names.weights.insert_or_assign(output, reads);
  }

  Inferred& inferred_;
  std::vector<Weight> weights_;
};

}  // namespace

void count_parameters(const Graph& graph, Inferred& inferred) { Count{inferred}.run(graph); }

}  // namespace ns::onnx
