#include "net/onnx/node_view.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace ns::onnx {

NodeView::NodeView(const Node& node, std::int64_t opset, std::vector<const Fact*> inputs,
                   std::span<Fact> outputs, RunBody run_body, ReadTensor read_tensor)
    : node_{node},
      opset_{opset},
      inputs_{std::move(inputs)},
      outputs_{outputs},
      run_body_{std::move(run_body)},
      read_tensor_{std::move(read_tensor)} {}

const Fact& NodeView::in(std::size_t i) const {
  static const Fact nothing;
  return has(i) ? *inputs_[i] : nothing;
}

std::string_view NodeView::input_name(std::size_t i) const {
  return i < node_.inputs.size() ? std::string_view{node_.inputs[i]} : std::string_view{};
}

void NodeView::out(std::size_t i, Fact fact) {
  if (i < outputs_.size()) outputs_[i] = std::move(fact);
}

const Attribute* NodeView::attribute(std::string_view name) const {
  const auto found = std::ranges::find(node_.attributes, name, &Attribute::name);
  return found == node_.attributes.end() ? nullptr : &*found;
}

std::int64_t NodeView::integer(std::string_view name, std::int64_t otherwise) const {
  const auto* const found = attribute(name);
  return found != nullptr && found->type == Attribute::Type::integer ? found->integer : otherwise;
}

double NodeView::real(std::string_view name, double otherwise) const {
  const auto* const found = attribute(name);
  return found != nullptr && found->type == Attribute::Type::real ? found->real : otherwise;
}

std::string_view NodeView::text(std::string_view name, std::string_view otherwise) const {
  const auto* const found = attribute(name);
  return found != nullptr && found->type == Attribute::Type::text ? std::string_view{found->text} : otherwise;
}

std::span<const std::int64_t> NodeView::integers(std::string_view name) const {
  const auto* const found = attribute(name);
  return found != nullptr ? std::span{found->integers} : std::span<const std::int64_t>{};
}

const Graph* NodeView::graph(std::string_view name) const {
  const auto* const found = attribute(name);
  return found != nullptr && !found->graphs.empty() ? found->graphs.front().get() : nullptr;
}

std::optional<std::vector<Extent>> NodeView::integers_or_input(std::string_view name, std::size_t i) const {
  if (const auto* const found = attribute(name); found != nullptr)
    return found->type == Attribute::Type::integer
               ? std::vector<Extent>{found->integer}
               : std::vector<Extent>(found->integers.begin(), found->integers.end());
  if (!has(i)) return std::nullopt;
  if (const auto* const extents = extents_of(in(i))) return *extents;
  // Its elements are unknown; how many there are may be known.
  const auto& dims = in(i).dims;
  const auto count = dims ? elements(*dims).number() : std::nullopt;
  if (!count || *count < 0 || *count > static_cast<std::int64_t>(max_value_elements)) return std::nullopt;
  return std::vector<Extent>(static_cast<std::size_t>(*count));
}

Result<std::size_t> NodeView::axis(std::int64_t axis, std::size_t rank) const {
  const auto size = static_cast<std::int64_t>(rank);
  if (axis >= -size && axis < size) return static_cast<std::size_t>(axis < 0 ? axis + size : axis);
  return fail(fmt::format("axis {} is not in [{}, {}) of a tensor of rank {}", axis, -size, size, rank));
}

Result<Value> NodeView::read(const TensorData& tensor) const {
  if (!read_tensor_) return bad_input("there is no file to read values from");
  return read_tensor_(tensor);
}

void NodeView::spend(const BodyRun& run, std::optional<double> times) {
  spent_.macs += run.macs * times.value_or(1.0);
  spent_.flops += run.flops * times.value_or(1.0);
  spent_.lower_bound = spent_.lower_bound || run.lower_bound || !times;
}

tl::unexpected<Error> NodeView::fail(std::string_view sentence) const {
  const auto& name = !node_.name.empty() || node_.outputs.empty() ? node_.name : node_.outputs.front();
  const auto op = node_.domain.empty() ? node_.op : node_.domain + "::" + node_.op;
  return bad_input(fmt::format("node '{}' ({}): {}", name, op, sentence));
}

}  // namespace ns::onnx
