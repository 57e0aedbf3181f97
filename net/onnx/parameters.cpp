#include "net/onnx/parameters.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace ns::onnx {
namespace {

/// One weight, or what a node made of some: sets that are united, none of which stands behind it.
using SetId = std::size_t;
using SetIds = std::vector<SetId>;

struct WeightSet {
  std::int64_t elements = 0;  // of one weight; 0 for what unites others
  std::int64_t bytes = 0;
  SetIds parts;
  bool read = false;
  std::size_t counted_for = 0;  // the last node that counted it
};

/// Weights are real numbers, or what quantisers made of them; wider integers are tables and biases.
bool is_weight(DType dtype) {
  using enum DType;
  static constexpr std::array quantised{int8, uint8, int4, uint4, int2, uint2};
  return is_floating(dtype) || std::ranges::find(quantised, dtype) != quantised.end();
}

/// Names and the weights that their values are made of.
struct Names {
  std::unordered_map<std::string_view, SetId> sets;
  const Names* outer = nullptr;

  [[nodiscard]] const SetId* find(const std::string& name) const {
    for (const auto* names = this; names != nullptr; names = names->outer)
      if (const auto found = names->sets.find(name); found != names->sets.end()) return &found->second;
    return nullptr;
  }
};

class Count {
 public:
  explicit Count(Inferred& inferred) : inferred_{inferred} {}

  void run(const Graph& graph) {
    Names names;
    add_initializers(graph, names);
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) add_main(graph.nodes[i], inferred_.costs[i], names);
    for (const auto& set : sets_) {
      if (!set.read) continue;
      inferred_.parameters += set.elements;
      inferred_.parameter_bytes += set.bytes;
    }
  }

 private:
  /// Nothing for what is no weight.
  std::optional<SetId> add(std::optional<DType> dtype, std::optional<std::int64_t> elements) {
    std::int64_t bits = 0;
    if (!dtype || !elements || *elements <= 0 || !is_weight(*dtype)) return std::nullopt;
    if (__builtin_mul_overflow(*elements, element_bits(*dtype), &bits)) return std::nullopt;
    constexpr std::int64_t bits_per_byte = 8;
    sets_.push_back({*elements, bits / bits_per_byte + (bits % bits_per_byte != 0 ? 1 : 0), {}, false, 0});
    return sets_.size() - 1;
  }

  std::optional<SetId> unite(SetIds parts) {
    if (parts.empty()) return std::nullopt;
    if (parts.size() == 1) return parts.front();
    sets_.push_back({0, 0, std::move(parts), false, 0});
    return sets_.size() - 1;
  }

  void add_initializers(const Graph& graph, Names& names) {
    for (const auto& initializer : graph.initializers) {
      const Dims dims(initializer.dims.begin(), initializer.dims.end());
      if (const auto made = add(initializer.dtype, elements(dims).number()))
        names.sets.insert_or_assign(initializer.name, *made);
    }
  }

  /// The weight that a Constant node holds.
  std::optional<SetId> held(const Node& node) {
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
    return std::nullopt;
  }

  /// The sets of all that the node reads, in its subgraphs too.
  SetIds read_by(const Node& node, const Names& names) {
    SetIds reads;
    add_reads(node, names, reads);
    std::ranges::sort(reads);
    reads.erase(std::unique(reads.begin(), reads.end()), reads.end());
    each_once(reads, [](WeightSet& set) { return !std::exchange(set.read, true); });
    return reads;
  }

  void add_reads(const Node& node, const Names& names, SetIds& reads) {
    for (const auto& input : node.inputs)
      if (const auto* const found = names.find(input)) reads.push_back(*found);
    for (const auto& attribute : node.attributes)
      for (const auto& graph : attribute.graphs) add_reads(*graph, names, reads);
  }

  void add_reads(const Graph& graph, const Names& outer, SetIds& reads) {
    Names names;
    names.outer = &outer;
    add_initializers(graph, names);
    for (const auto& node : graph.nodes) {
      if (node.op == "Constant" && node.domain.empty() && !node.outputs.empty()) {
        if (const auto made = held(node)) names.sets.insert_or_assign(node.outputs.front(), *made);
      } else {
        add_reads(node, names, reads);
      }
    }
  }

  /// Visits these and what they are united from, as long as `enter` says that it has not seen the set.
  /// Without recursion: what is made of weights may be a chain as long as the file.
  template <class Enter>
  void each_once(const SetIds& first, Enter enter) {
    SetIds left = first;
    while (!left.empty()) {
      auto& set = sets_[left.back()];
      left.pop_back();
      if (enter(set)) left.insert(left.end(), set.parts.begin(), set.parts.end());
    }
  }

  void add_main(const Node& node, NodeCost& cost, Names& names) {
    auto reads = read_by(node, names);
    if (!cost.constant) {
      ++counting_;
      each_once(reads, [&](WeightSet& set) {
        if (std::exchange(set.counted_for, counting_) == counting_) return false;
        cost.parameters += set.elements;
        cost.parameter_bytes += set.bytes;
        return true;
      });
      return;
    }
    if (node.outputs.empty() || !node.domain.empty() || node.op == "Shape" || node.op == "Size") return;
    // One whose shape follows from an activation's is no weight.
    const auto fact = inferred_.facts.find(node.outputs.front());
    const bool fills = node.op == "ConstantOfShape" && fact != inferred_.facts.end() && fact->second.stored &&
                       fact->second.dims;
    const auto made = node.op == "Constant" ? held(node)
                      : fills               ? add(fact->second.dtype, elements(*fact->second.dims).number())
                                            : unite(std::move(reads));
    if (!made) return;
    for (const auto& output : node.outputs) names.sets.insert_or_assign(output, *made);
  }

  Inferred& inferred_;
  std::vector<WeightSet> sets_;
  std::size_t counting_ = 0;
};

}  // namespace

void count_parameters(const Graph& graph, Inferred& inferred) { Count{inferred}.run(graph); }

}  // namespace ns::onnx
