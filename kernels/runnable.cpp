#include "kernels/runnable.hpp"

#include <fmt/format.h>

namespace ns {
namespace {

bool is_whole(DType type) {
  switch (type) {
    case DType::boolean:
    case DType::int8:
    case DType::uint8:
    case DType::int16:
    case DType::uint16:
    case DType::int32:
    case DType::uint32:
    case DType::int64:
    case DType::uint64:
      return true;
    default:
      return false;
  }
}

bool is_carried(DType type) { return type == DType::float32 || is_whole(type); }

/// Whether whole numbers stay whole in single precision. Divisions and products of long sums do not, unless
/// a layer sums whole numbers as such.
template <class Layer>
bool takes_whole(const Layer& layer) {
  using std::is_same_v;
  if constexpr (is_same_v<Layer, Conv> || is_same_v<Layer, Fc>) {
    return layer.quantisation.is_integer();
  } else if constexpr (is_same_v<Layer, Eltwise>) {
    using Kind = Eltwise::Kind;
    return layer.kind != Kind::div && (layer.kind < Kind::mean || layer.kind > Kind::fmod);
  } else if constexpr (is_same_v<Layer, Reduce>) {
    using Kind = Reduce::Kind;
    return layer.kind == Kind::sum || layer.kind == Kind::max || layer.kind == Kind::min;
  } else if constexpr (is_same_v<Layer, Pool>) {
    return layer.kind == Pool::Kind::max;
  } else if constexpr (is_same_v<Layer, Act>) {
    using Kind = Act::Kind;
    return layer.kind == Kind::relu || layer.kind == Kind::abs || layer.kind == Kind::neg ||
           layer.kind == Kind::sign || layer.kind == Kind::logical_not;
  } else if constexpr (is_same_v<Layer, Cumsum>) {
    return layer.kind == Cumsum::Kind::sum;
  } else {
    return is_same_v<Layer, Argmax> || is_same_v<Layer, Topk> || is_same_v<Layer, Cast> ||
           is_same_v<Layer, Concat> || is_same_v<Layer, Slice> || is_same_v<Layer, Crop> ||
           is_same_v<Layer, Pad> || is_same_v<Layer, Expand> || is_same_v<Layer, Tile> ||
           is_same_v<Layer, Transpose> || is_same_v<Layer, DepthSpace> || is_same_v<Layer, Gather> ||
           is_same_v<Layer, Scatter> || is_same_v<Layer, Reshape> || is_same_v<Layer, Identity>;
  }
}

Result<void> refuse(std::string message) { return failure(Errc::unsupported, std::move(message)); }

Result<void> check_kind(const Opaque& layer) {
  return refuse(
      fmt::format("no layer type describes operator {}, so it cannot be run; its cost is a floor", layer.op));
}

Result<void> check_kind(const Eltwise& layer) {
  if (layer.kind < Eltwise::Kind::bitwise_and || layer.kind > Eltwise::Kind::shift_right) return {};
  return refuse("bitwise arithmetic cannot be run, because values are carried as float32");
}

Result<void> check_kind(const Act& layer) {
  if (layer.kind != Act::Kind::bitwise_not) return {};
  return refuse("bitwise arithmetic cannot be run, because values are carried as float32");
}

Result<void> check_kind(const Resize& layer) {
  if (layer.coordinates != Resize::Coordinates::tf_crop_and_resize) return {};
  return refuse("tf_crop_and_resize cannot be run, because its region is an input of the file's own");
}

Result<void> check_kind(const Gather& layer) {
  if (is_carried(layer.dtype)) return {};
  return refuse(fmt::format("a table of {} cannot be run; only float32 can", to_string(layer.dtype)));
}

Result<void> check_kind(const Scatter& layer) {
  if (is_carried(layer.dtype)) return {};
  return refuse(fmt::format("stored data of {} cannot be run; only float32, integers and booleans",
                            to_string(layer.dtype)));
}

Result<void> check_kind(const Attention& layer) {
  if (is_carried(layer.mask_dtype)) return {};
  return refuse(
      fmt::format("a mask of {} cannot be run; only float32 and booleans can", to_string(layer.mask_dtype)));
}

Result<void> check_kind(const Cast& layer) {
  if (is_carried(layer.dtype)) return {};
  return refuse(fmt::format("a cast to {} cannot be run; only to float32, integers and booleans",
                            to_string(layer.dtype)));
}

template <class Layer>
Result<void> check_kind(const Layer&) {
  return {};
}

Result<void> check_kinds(const LayerParams& params) {
  return std::visit([](const auto& layer) { return check_kind(layer); }, params.rooms());
}

}  // namespace

Result<void> check_runnable(const LayerConfig& layer) {
  if (auto head = check_kinds(layer.params); !head) return head;
  for (const LayerParams& follower : layer.epilogue)
    if (auto checked = check_kinds(follower); !checked) return checked;
  const bool whole = std::visit([](const auto& room) { return takes_whole(room); }, layer.params.rooms());
  const bool masks = std::holds_alternative<Attention>(layer.params);
  for (const TensorType& type : layer.inputs) {
    if (type.dtype == DType::float32 || (whole && is_whole(type.dtype))) continue;
    if (masks && type.dtype == DType::boolean) continue;  // which output_types() takes as a mask only
    return refuse(fmt::format("{} inputs cannot be run; only float32 can", to_string(type.dtype)));
  }
  return {};
}

}  // namespace ns
