#include "kernels/onednn/layers.hpp"

#include <cmath>

namespace ns::onednn {
namespace {

ResponseWork work_of(const Norm& layer, const Shape& shape, Layout layout, std::int64_t count) {
  ResponseWork work;
  work.maps = maps_of(shape, layout);
  work.size = layer.size;
  work.alpha_per_element = static_cast<float>(layer.alpha / static_cast<double>(count));
  work.beta = static_cast<float>(layer.beta);
  work.k = static_cast<float>(layer.k);
  return work;
}

void build_across(const Norm& layer, Builder& plan) {
  const View arriving = plan.read(0, plan.arriving());
  const Recipe recipe =
      lrn_across(plan.device().engine, arriving.desc, layer.size, static_cast<float>(layer.alpha),
                 static_cast<float>(layer.beta), static_cast<float>(layer.k));
  if (recipe && !recipe.is_plain_loop()) {
    plan.run(recipe, {{DNNL_ARG_SRC, arriving}, {DNNL_ARG_DST, plan.write(recipe.destination())}});
    return;
  }
  const View source = plan.read(0, dense(plan.in()));
  plan.run("loops:lrn",
           [work = work_of(layer, plan.in(), Layout::dense, layer.size),
            loop = plan.device().loops->response_across](float* const* memory) {
             loop(work, memory[0], memory[1]);
           },
           {source, plan.write(source.desc)});
}

void build_within(const Norm& layer, Builder& plan) {
  const View source = plan.read_for_loops();
  const ResponseWork work = work_of(layer, plan.in(), plan.layout_of(0, source), layer.size * layer.size);
  plan.run("loops:lrn_within",
           [work, loop = plan.device().loops->response_within](float* const* memory) {
             loop(work, memory[0], memory[1]);
           },
           {source, plan.write(source.desc)});
}

/// Statistics and trained factors as one scale and one shift per channel.
struct Affine {
  std::vector<float> scale;
  std::vector<float> shift;
};

Result<Affine> affine_of(const Norm& layer, Builder& plan) {
  std::vector<std::vector<float>> values;
  for (std::size_t slot = 0; slot < weights(layer, plan.config().inputs).size(); ++slot) {
    auto read = plan.weight(slot);
    if (!read) return tl::unexpected{std::move(read.error())};
    values.push_back(std::move(*read));
  }
  Affine affine{values[0], std::vector<float>(values[0].size(), 0.0F)};
  if (layer.kind == Norm::Kind::scale) {
    if (layer.bias) affine.shift = values[1];
    return affine;
  }
  const double sum = layer.factor ? static_cast<double>(values.back()[0]) : 1.0;
  const double factor = sum == 0.0 ? 0.0 : 1.0 / sum;  // Caffe: statistics are sums; 0 was never trained
  for (std::size_t c = 0; c < values[0].size(); ++c) {
    const double gain = layer.affine ? static_cast<double>(values[2][c]) : 1.0;
    const double scale = gain / std::sqrt(static_cast<double>(values[1][c]) * factor + layer.epsilon);
    const double offset = layer.affine ? static_cast<double>(values[3][c]) : 0.0;
    affine.scale[c] = static_cast<float>(scale);
    affine.shift[c] = static_cast<float>(offset - static_cast<double>(values[0][c]) * factor * scale);
  }
  return affine;
}

Result<void> build_affine(const Norm& layer, Builder& plan) {
  auto affine = affine_of(layer, plan);
  if (!affine) return tl::unexpected{std::move(affine.error())};
  const View source = plan.read_for_loops();
  const Maps maps = maps_of(plan.in(), plan.layout_of(0, source));
  const View output = plan.may_overwrite(0) ? plan.write_over(source) : plan.write(source.desc);
  plan.run("loops:affine",
           [maps, loop = plan.device().loops->affine](float* const* memory) {
             loop(maps, memory[0], memory[1], memory[2], memory[3]);
           },
           {source, plan.constant(in_whole_blocks(std::move(affine->scale), maps.block)),
            plan.constant(in_whole_blocks(std::move(affine->shift), maps.block)), output});
  return {};
}

NormaliseWork lines_of(const Norm& layer, const Shape& shape) {
  NormaliseWork work;
  work.centred = layer.kind != Norm::Kind::rms;
  work.epsilon = static_cast<float>(layer.epsilon);
  if (layer.kind == Norm::Kind::layer || layer.kind == Norm::Kind::rms) {
    work.count = shape.elements(static_cast<std::size_t>(layer.axis), shape.rank());
    work.weights = work.count;
  } else {
    const auto parts = layer.kind == Norm::Kind::instance ? shape[1] : layer.groups;
    work.per_weight = shape.elements(2, shape.rank());
    work.count = shape[1] / parts * work.per_weight;
    work.weights = shape[1];
  }
  work.lines = shape.elements() / work.count;
  return work;
}

/// Statistics of the lines themselves.
Result<void> build_lines(const Norm& layer, Builder& plan) {
  const bool scales = layer.affine;
  const bool shifts = layer.affine && layer.bias;
  const View source = plan.read(0, dense(plan.in()));
  const View output = plan.may_overwrite(0) ? plan.write_over(source) : plan.write(source.desc);
  std::vector<View> operands{source, output};
  for (std::size_t slot = 0; slot < (scales ? 1U : 0U) + (shifts ? 1U : 0U); ++slot) {
    auto values = plan.weight(slot);
    if (!values) return tl::unexpected{std::move(values.error())};
    operands.push_back(plan.constant(*values));
  }
  plan.run(
      "loops:normalise",
      [work = lines_of(layer, plan.in()), scales, shifts,
       loop = plan.device().loops->normalise](float* const* memory) {
        loop(work, memory[0], scales ? memory[2] : nullptr, shifts ? memory[3] : nullptr, memory[1]);
      },
      std::move(operands));
  return {};
}

}  // namespace

Result<void> build(const Norm& layer, Builder& plan) {
  switch (layer.kind) {
    case Norm::Kind::lrn:
      build_across(layer, plan);
      return {};
    case Norm::Kind::lrn_within:
      build_within(layer, plan);
      return {};
    case Norm::Kind::batch:
    case Norm::Kind::scale:
      return build_affine(layer, plan);
    case Norm::Kind::layer:
    case Norm::Kind::rms:
    case Norm::Kind::instance:
    case Norm::Kind::group:
      return build_lines(layer, plan);
  }
  return {};
}

}  // namespace ns::onednn
