/// oneDNN's primitives as this backend asks for them: the one place where its v2 and v3 interfaces differ.
#pragma once

#include <cstddef>
#include <cstdint>
#include <dnnl.hpp>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

namespace ns::onednn {

using Desc = dnnl::memory::desc;
using Dims = dnnl::memory::dims;
using Tag = dnnl::memory::format_tag;

/// How many elements each axis has, without what fills up blocks.
Dims extents_of(const Desc& desc);
dnnl::memory::data_type element_of(const Desc& desc);

/// One element-wise function: what an activation becomes.
struct EltwiseStep {
  dnnl::algorithm algorithm = dnnl::algorithm::eltwise_relu;
  float alpha = 0.0F;
  float beta = 0.0F;
};

/// What follows inside the same kernel: a sum with what the output held before, then functions.
struct PostOps {
  bool accumulate = false;
  std::vector<EltwiseStep> steps;
};

/// A primitive's description: implementation chosen, layouts fixed, nothing allocated. Empty where oneDNN has
/// no implementation.
class Recipe {
 public:
  Recipe() = default;
  explicit Recipe(dnnl::primitive_desc_base described) : described_{std::move(described)} {}

  explicit operator bool() const { return described_.get(true) != nullptr; }
  [[nodiscard]] Desc source(int index = 0) const { return described_.query_md(dnnl::query::src_md, index); }
  [[nodiscard]] Desc weights(int index = 0) const {
    return described_.query_md(dnnl::query::weights_md, index);
  }
  [[nodiscard]] Desc destination() const { return described_.query_md(dnnl::query::dst_md); }
  [[nodiscard]] Desc scratchpad() const { return described_.query_md(dnnl::query::scratchpad_md); }
  /// "jit:avx512_core", "gemm:jit", "ref:any".
  [[nodiscard]] std::string implementation() const { return described_.impl_info_str(); }
  /// Whether oneDNN falls back to its plain loops, which are slower than ours.
  [[nodiscard]] bool is_plain_loop() const;
  [[nodiscard]] dnnl::primitive make() const { return dnnl::primitive{described_.get()}; }

 private:
  dnnl::primitive_desc_base described_;
};

/// How a window slides; `pad_end` may reach further than the layer says, for outputs that are rounded up.
struct Sliding {
  Dims kernel;
  Dims stride;
  Dims dilation;  // 1 is dense
  Dims pad;
  Dims pad_end;
};

/// How sums of whole numbers leave a primitive: (sum + bias) * factor + destination_zero, the bias in units
/// of the sums, and what the numbers of the source stand above.
struct Requantisation {
  std::vector<float> factors;  // per filter
  std::int32_t source_zero = 0;
  std::int32_t destination_zero = 0;
};

/// A number or several that a primitive takes when it runs.
struct RunTimeValue {
  int argument = 0;  // DNNL_ARG_...
  Desc desc;
  std::vector<std::byte> bytes;
};
/// Those that primitives made with `requantisation` take; none where oneDNN fixes it beforehand.
std::vector<RunTimeValue> run_time_values(const Requantisation& requantisation);
/// The bias as such a primitive wants it, from one in units of the sums.
std::vector<float> bias_for(const Requantisation& requantisation, std::vector<float> in_sums);

/// Source, weights and destination of 8-bit whole numbers, the destination possibly of real ones.
Recipe integer_convolution(const dnnl::engine& engine, const Desc& source, const Desc& weights,
                           const Desc& bias, const Desc& destination, const Sliding& window, bool is_grouped,
                           const Requantisation& requantisation);
/// `bias` is an empty Desc where there is none.
Recipe convolution(const dnnl::engine& engine, const Desc& source, const Desc& weights, const Desc& bias,
                   const Desc& destination, const Sliding& window, const PostOps& after);
Recipe deconvolution(const dnnl::engine& engine, const Desc& source, const Desc& weights, const Desc& bias,
                     const Desc& destination, const Sliding& window);
/// Leading axes may have an extent of 1 in one operand.
Recipe matmul(const dnnl::engine& engine, const Desc& source, const Desc& weights, const Desc& destination,
              const PostOps& after = {});
Recipe inner_product(const dnnl::engine& engine, const Desc& source, const Desc& weights, const Desc& bias,
                     const Desc& destination, const PostOps& after);
Recipe pooling(const dnnl::engine& engine, dnnl::algorithm kind, const Desc& source, const Desc& destination,
               const Sliding& window);
/// The first of `steps`, the rest behind it. Precondition: there is one.
Recipe eltwise(const dnnl::engine& engine, const Desc& data, std::span<const EltwiseStep> steps);
Recipe lrn_across(const dnnl::engine& engine, const Desc& data, std::int64_t size, float alpha, float beta,
                  float k);
Recipe softmax(const dnnl::engine& engine, const Desc& data, int axis);
/// `second` may have extents of 1 where `first` has more.
Recipe binary(const dnnl::engine& engine, dnnl::algorithm kind, const Desc& first, const Desc& second,
              const Desc& destination);
Recipe concat(const dnnl::engine& engine, const Desc& destination, int axis,
              const std::vector<Desc>& sources);
/// The sum of `sources`, each times its factor.
Recipe sum(const dnnl::engine& engine, const Desc& destination, const std::vector<float>& factors,
           const std::vector<Desc>& sources);
Recipe reorder(const dnnl::engine& engine, const Desc& source, const Desc& destination);

}  // namespace ns::onednn
