#include "net/prototxt/writer.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace ns::prototxt {

tl::unexpected<Error> NetWriter::fail_at(std::size_t offset, std::string_view sentence) {
  return bad_input(fmt::format("{}: {}", places_.at(offset), sentence));
}

tl::unexpected<Error> NetWriter::fail(const LayerSource& layer, std::string_view sentence) {
  return fail_at(layer.message->offset, fmt::format("layer {}: {}", layer.name, sentence));
}

Result<void> NetWriter::accept(const LayerSource& layer, const Params& params) {
  if (const auto& mistake = params.mistake())
    return fail_at(mistake->offset, fmt::format("layer {}: {}", layer.name, mistake->sentence));
  if (const auto misspelt = params.misspelt()) warn(layer, misspelt->sentence, misspelt->sentence);
  return {};
}

void NetWriter::warn(const LayerSource& layer, const std::string& kind, std::string_view sentence) {
  auto& warning = warnings_[kind];
  if (warning.first.empty())
    warning.first = fmt::format("{}: layer {}: {}", places_.at(layer.message->offset), layer.name, sentence);
  else
    ++warning.more;
}

Result<void> NetWriter::add_input(std::size_t offset, const std::string& name,
                                  std::vector<std::int64_t> extents) {
  if (std::ranges::any_of(extents, [](std::int64_t extent) { return extent < 1; }))
    return fail_at(offset, fmt::format("input {}: every dim must be positive", name));
  constexpr std::size_t most = 10'000;
  if (inputs_ == most) return fail_at(offset, fmt::format("more than {} inputs", most));
  auto added = builder_.add_input(name, TensorType{Shape{std::move(extents)}});
  if (!added) return fail_at(offset, added.error().message);
  ++inputs_;
  return {};
}

void NetWriter::name_apart(LayerSource& layer) {
  if (layer.name.empty()) layer.name = layer.tops.empty() ? layer.op : layer.tops[0];
  if (layer.name.empty()) layer.name = "layer";
  auto& used = names_[layer.name];
  if (++used == 1) return;
  auto apart = fmt::format("{}@{}", layer.name, used);
  while (!names_.emplace(apart, 1).second) apart += '\'';
  warn(layer, "name", fmt::format("the name is taken; this layer is called {}", apart));
  layer.name = std::move(apart);
}

Result<std::vector<TensorType>> NetWriter::inputs(const LayerSource& layer) {
  if (layer.bottoms.empty()) return fail(layer, fmt::format("a layer of type {} needs a bottom", layer.op));
  std::vector<TensorType> types;
  for (const auto& bottom : layer.bottoms) {
    if (const auto label = offered_.find(bottom); label != offered_.end()) {
      if (auto added = add_input(layer.message->offset, bottom,
                                 {label->second.extents().begin(), label->second.extents().end()});
          !added)
        return tl::unexpected{std::move(added.error())};
      offered_.erase(label);
    }
    const auto* type = builder_.find(bottom);
    if (type == nullptr && inputs_ == 0)
      return fail(layer, fmt::format("reads '{}', whose shape the file does not give; put input: \"{}\" "
                                     "input_shape {{ dim: 1 dim: 3 dim: 224 dim: 224 }}, with your sizes, "
                                     "before the first layer",
                                     bottom, bottom));
    if (type == nullptr) return refuse(layer);
    types.push_back(*type);
  }
  return types;
}

/// For an unknown bottom: the builder knows which names could have been meant.
tl::unexpected<Error> NetWriter::refuse(const LayerSource& layer) {
  auto refused = builder_.add_layer(layer.name, layer.op, Concat{}, layer.bottoms, {layer.name});
  return fail_at(layer.message->offset, refused ? "reads an unknown blob" : refused.error().message);
}

Result<void> NetWriter::insert(const LayerSource& layer, std::string name, LayerParams params,
                               const std::vector<std::string>& from, const std::vector<std::string>& to) {
  if (to.empty()) return fail(layer, "has no top; name the blob that it makes");
  for (const auto& top : to)
    if (builder_.find(top) != nullptr && std::ranges::find(from, top) == from.end())
      return fail(layer, fmt::format("top '{}' is made by an earlier layer; give it its own name", top));
  auto added = builder_.add_layer(std::move(name), layer.op, std::move(params), from, to);
  if (!added) return fail_at(layer.message->offset, added.error().message);
  return {};
}

Result<void> NetWriter::add(const LayerSource& layer, LayerParams params) {
  return insert(layer, layer.name, std::move(params), layer.bottoms, layer.tops);
}

Result<void> NetWriter::add_part(const LayerSource& layer, std::string_view part, LayerParams params,
                                 const std::vector<std::string>& from, const std::vector<std::string>& to) {
  return insert(layer, fmt::format("{}/{}", layer.name, part), std::move(params), from, to);
}

Result<Net> NetWriter::finish(std::size_t end) && {
  for (auto& [kind, warning] : warnings_) {
    if (warning.more > 0) warning.first += fmt::format(" (and {} more like it)", warning.more);
    builder_.warn(std::move(warning.first));
  }
  auto net = std::move(builder_).finish();
  if (!net) return fail_at(end, fmt::format("{}; is the file complete?", net.error().message));
  auto& outputs = net->outputs;
  const auto wanted = [&](TensorId id) { return !silent_.contains(net->tensors[id].name); };
  if (std::ranges::any_of(outputs, wanted)) std::erase_if(outputs, [&](TensorId id) { return !wanted(id); });
  return net;
}

}  // namespace ns::prototxt
