// Rules of where tensors come from (inputs, data) and of layers that only train or score.
#include "net/prototxt/rules.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace ns::prototxt {
namespace {

using Extents = std::vector<std::int64_t>;

Result<void> add_inputs(NetWriter& net, const LayerSource& layer, const std::vector<Extents>& shapes) {
  if (layer.tops.empty()) return net.fail(layer, "has no top; name the blob that it makes");
  if (shapes.size() != 1 && shapes.size() != layer.tops.size())
    return net.fail(layer, fmt::format("has {} shapes for {} tops; give one, or one each", shapes.size(),
                                       layer.tops.size()));
  for (std::size_t i = 0; i < layer.tops.size(); ++i) {
    auto added = net.add_input(layer.message->offset, layer.tops[i], shapes[shapes.size() == 1 ? 0 : i]);
    if (!added) return added;
  }
  return {};
}

/// The first top is the data, a second one labels, which the net has only if something reads them.
Result<void> add_data(NetWriter& net, const LayerSource& layer, Extents extents) {
  if (layer.tops.empty()) return net.fail(layer, "has no top; name the blob that it makes");
  for (std::size_t i = 1; i < layer.tops.size(); ++i) net.offer_input(layer.tops[i], Shape{extents[0]});
  return net.add_input(layer.message->offset, layer.tops[0], std::move(extents));
}

/// What a data layer crops to: its transformation says so, in old syntax the layer's own parameters.
std::int64_t crop_size(const LayerSource& layer, Params& params) {
  Params transformation{layer, "transform_param"};
  return transformation.integer("crop_size", params.integer("crop_size", 0));
}

std::int64_t channels_of(const LayerSource& layer, Params& params) {
  Params transformation{layer, "transform_param"};
  if (transformation.flag("force_gray", false) || !params.flag("is_color", true)) return 1;
  const auto means = transformation.reals("mean_value").size();
  return means > 1 ? static_cast<std::int64_t>(means) : 3;
}

}  // namespace

Result<void> add_input_layer(NetWriter& net, const LayerSource& layer) {
  Params params{layer, "input_param"};
  const auto shapes = params.shapes("shape");
  if (auto accepted = net.accept(layer, params); !accepted) return accepted;
  if (shapes.empty())
    return net.fail(layer,
                    "has no shape; give input_param { shape { dim: 1 dim: 3 dim: 224 dim: 224 } }, "
                    "with your sizes");
  return add_inputs(net, layer, shapes);
}

Result<void> add_memory_data(NetWriter& net, const LayerSource& layer) {
  Params params{layer, "memory_data_param"};
  Extents extents;
  for (const auto* key : {"batch_size", "channels", "height", "width"})
    extents.push_back(params.integer(key, 0));
  if (auto accepted = net.accept(layer, params); !accepted) return accepted;
  return add_data(net, layer, std::move(extents));
}

Result<void> add_dummy_data(NetWriter& net, const LayerSource& layer) {
  Params params{layer, "dummy_data_param"};
  auto shapes = params.shapes("shape");
  const auto nums = params.integers("num");
  for (std::size_t i = 0; i < nums.size(); ++i) {
    shapes.push_back({nums[i]});
    for (const auto* key : {"channels", "height", "width"}) {
      const auto values = params.integers(key);
      shapes.back().push_back(i < values.size() ? values[i] : 0);
    }
  }
  if (auto accepted = net.accept(layer, params); !accepted) return accepted;
  if (shapes.empty()) return net.fail(layer, "has no shape; give dummy_data_param { shape { dim: ... } }");
  return add_inputs(net, layer, shapes);
}

Result<void> add_stored_data(NetWriter& net, const LayerSource& layer) {
  const bool images = layer.type == "ImageData";
  Params params{layer, images ? "image_data_param" : "data_param"};
  const auto crop = crop_size(layer, params);
  const auto height = crop > 0 ? crop : params.integer("new_height", 0);
  const auto width = crop > 0 ? crop : params.integer("new_width", 0);
  const auto batch = params.integer("batch_size", 1);
  const auto channels = channels_of(layer, params);
  if (auto accepted = net.accept(layer, params); !accepted) return accepted;
  if (height < 1 || width < 1)
    return net.fail(
        layer,
        fmt::format("a layer of type {} says nothing of its data's shape; put in its place layer {{ name: "
                    "\"{}\" type: \"Input\" top: \"{}\" input_param {{ shape {{ dim: 1 dim: 3 dim: 224 "
                    "dim: 224 }} }} }}, with your sizes",
                    layer.op, layer.name, layer.tops.empty() ? layer.name : layer.tops[0]));
  net.warn(layer, "channels", fmt::format("its data is assumed to have {} channels", channels));
  return add_data(net, layer, {batch, channels, height, width});
}

Result<void> drop_training(NetWriter& net, const LayerSource& layer) {
  net.warn(layer, "dropped " + layer.op, fmt::format("type {} only trains or scores: left out", layer.op));
  return {};
}

/// With a second top it also puts out the probabilities, as Softmax does.
Result<void> drop_softmax_loss(NetWriter& net, const LayerSource& layer) {
  if (layer.tops.size() < 2 || layer.bottoms.empty()) return drop_training(net, layer);
  net.warn(layer, "dropped " + layer.op,
           fmt::format("type {} is taken as Softmax: the loss is left out", layer.op));
  auto softmax = layer;
  softmax.bottoms.resize(1);
  softmax.tops = {layer.tops[1]};
  const auto inputs = net.inputs(softmax);
  if (!inputs) return tl::unexpected{inputs.error()};
  Params params{layer, "softmax_param"};
  auto made = make_softmax({params, *inputs, 1});
  if (auto accepted = net.accept(layer, params); !accepted) return accepted;
  return net.add(softmax, std::move(made));
}

Result<void> drop_silence(NetWriter& net, const LayerSource& layer) {
  net.silence(layer.bottoms);
  return {};
}

}  // namespace ns::prototxt
