#include "core/array.hpp"
#include "kernels/onednn/layers.hpp"

namespace ns::onednn {
namespace {

FunctionWork work_of(const Cast& layer, std::int64_t count) {
  FunctionWork work;
  work.count = count;
  if (layer.scale == 0.0) {
    work.function = layer.dtype == DType::boolean ? Function::is_nonzero : Function::truncate;
    return work;
  }
  const auto [low, high] = range_of(layer.dtype);
  work.function = is_floating(layer.dtype) ? Function::dequantise : Function::quantise;
  work.alpha = static_cast<float>(layer.scale);
  work.beta = static_cast<float>(layer.zero_point);
  work.gamma = static_cast<float>(low);
  work.delta = static_cast<float>(high);
  return work;
}

/// Down to bytes that products of whole numbers read, or back from what they wrote. Whether it was so.
bool build_bytes(const Cast& layer, Builder& plan) {
  if (layer.scale == 0.0) return false;
  const FunctionWork work = work_of(layer, plan.in().elements());
  const DType whole = is_floating(layer.dtype) ? plan.config().inputs[0].dtype : layer.dtype;
  const bool is_signed = whole == DType::int8;
  if (is_floating(layer.dtype)) {
    const auto arriving = plan.arriving_bytes();
    if (!arriving) return false;
    plan.run("loops:cast",
             [work, is_signed, loop = plan.device().loops->from_bytes](float* const* memory) {
               loop(work, is_signed, memory[0], memory[1]);
             },
             {plan.read(0, *arriving), plan.write(as_floats(*arriving))});
    return true;
  }
  const auto leaving = behind_integers(plan.device(), {plan.out(), whole});
  if (!leaving) return false;
  plan.run("loops:cast",
           [work, is_signed, loop = plan.device().loops->to_bytes](float* const* memory) {
             loop(work, is_signed, memory[0], memory[1]);
           },
           {plan.read(0, as_floats(*leaving)), plan.write(*leaving)});
  return true;
}

}  // namespace

/// Values are carried as float32, so only what they may be changes: whole numbers, or 0 and 1. In a layout
/// whose last block is filled up with zeros these would become the zero point, which later readers do not
/// expect.
Result<void> build(const Cast& layer, Builder& plan) {
  if (build_bytes(layer, plan)) return {};
  const Desc arriving = plan.arriving();
  const auto elements = static_cast<std::size_t>(plan.in().elements());
  const bool is_filled_up = arriving.get_size() != elements * sizeof(float);
  const View source = plan.read(0, is_filled_up ? dense(plan.in()) : arriving);
  const View output = plan.may_overwrite(0) ? plan.write_over(source) : plan.write(source.desc);
  if (is_floating(layer.dtype) && layer.scale == 0.0) {
    if (output.buffer != source.buffer) plan.copy(source, output);
    return {};
  }
  plan.run("loops:cast",
           [work = work_of(layer, plan.in().elements()),
            loop = plan.device().loops->function](float* const* memory) { loop(work, memory[0], memory[1]); },
           {source, output});
  return {};
}

}  // namespace ns::onednn
