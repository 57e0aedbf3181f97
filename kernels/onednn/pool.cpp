#include "kernels/onednn/layers.hpp"
#include "kernels/onednn/windows.hpp"

namespace ns::onednn {
namespace {

Dims axes_of(const WindowGeometry::Extents& extents, std::size_t axes) {
  return {extents.end() - static_cast<std::ptrdiff_t>(axes), extents.end()};
}

/// How far the last window reaches past the map, per axis; never less than oneDNN's arithmetic needs.
WindowGeometry::Extents reach(const WindowGeometry& window) {
  WindowGeometry::Extents end{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const std::int64_t last = (window.out[axis] - 1) * window.stride[axis] + window.kernel[axis];
    end[axis] = std::max<std::int64_t>(0, last - window.in[axis] - window.pad[axis]);
  }
  return end;
}

/// oneDNN counts all of a window as padding that reaches past the map, the layer only what it states; and it
/// has no answer for a window that holds nothing.
bool differs_from_onednn(const Pool& layer, const WindowGeometry& window) {
  if (!layer.dilation.empty()) return true;  // which version 2 has in another primitive
  const auto end = reach(window);
  for (std::size_t axis = 0; axis < 3; ++axis) {
    if (end[axis] >= window.kernel[axis] || window.pad[axis] >= window.kernel[axis]) return true;
    if (layer.kind == Pool::Kind::average && layer.count_pad && end[axis] > window.pad_end[axis]) return true;
  }
  return false;
}

dnnl::algorithm algorithm_of(const Pool& layer) {
  if (layer.kind == Pool::Kind::max) return dnnl::algorithm::pooling_max;
  return layer.count_pad ? dnnl::algorithm::pooling_avg_include_padding
                         : dnnl::algorithm::pooling_avg_exclude_padding;
}

PoolWork work_of(const Pool& layer, const WindowGeometry& window, const Shape& in, Layout layout) {
  PoolWork work;
  work.maps = maps_of(in, layout);
  work.is_max = layer.kind == Pool::Kind::max;
  work.count_pad = layer.count_pad;
  work.windows = windows_of(window);
  return work;
}

void run_loops(const Pool& layer, const WindowGeometry& window, Builder& plan, const View& source) {
  const PoolWork work = work_of(layer, window, plan.in(), plan.layout_of(0, source));
  const View output = plan.write(in_layout(plan.out(), plan.layout_of(0, source)));
  plan.run(
      "loops:pool",
      [work, loop = plan.device().loops->pool](float* const* memory) { loop(work, memory[0], memory[1]); },
      {source, output});
}

}  // namespace

Result<void> build(const Pool& layer, Builder& plan) {
  const WindowGeometry window = ns::window_of(layer, plan.in(), plan.out());
  const View source = plan.read_for_loops();
  if (differs_from_onednn(layer, window)) {
    run_loops(layer, window, plan, source);
    return {};
  }
  const std::size_t axes = plan.in().rank() - 2;
  const Sliding sliding{axes_of(window.kernel, axes), axes_of(window.stride, axes), Dims(axes, 1),
                        axes_of(window.pad, axes), axes_of(reach(window), axes)};
  const Recipe recipe = pooling(plan.device().engine, algorithm_of(layer), source.desc,
                                in_layout(plan.out(), plan.layout_of(0, source)), sliding);
  if (!recipe || recipe.is_plain_loop()) {
    run_loops(layer, window, plan, source);
    return {};
  }
  plan.run(recipe, {{DNNL_ARG_SRC, source}, {DNNL_ARG_DST, plan.write(recipe.destination())}});
  return {};
}

}  // namespace ns::onednn
