// A few heads, or a block of one head's queries, at a time: their scores, in a primitive; what weighs values,
// in a loop while they are in the cache; and the weighted values, in a primitive again.
#include "net/layers/attention.hpp"

#include "kernels/onednn/layers.hpp"
#include "kernels/onednn/product.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace ns::onednn {
namespace {

constexpr std::int64_t cached_scores = std::int64_t{1} << 16;

/// What is worked on at a time.
struct Portion {
  std::int64_t heads = 1;
  std::int64_t rows = 1;  // queries of each
};

/// Of queries whose heads share those of keys in groups of `sharing`.
Portion portion_of(const HeadVectors& queries, std::int64_t keys, std::int64_t sharing) {
  constexpr std::int64_t least_rows = 32;
  const auto scores = queries.steps * keys;
  if (scores > cached_scores) {
    const auto fitting = std::min(queries.steps, std::max(least_rows, cached_scores / keys));
    const auto blocks = (queries.steps + fitting - 1) / fitting;
    return {1, (queries.steps + blocks - 1) / blocks};
  }
  auto heads = queries.heads;
  while (heads > 1 && (queries.heads % heads != 0 || heads % sharing != 0 || heads * scores > cached_scores))
    --heads;
  return {heads, queries.steps};
}

/// The matrices of `heads` neighbouring heads, as a product sees them: [heads / sharing, sharing, rows,
/// columns] without the axes of 1 in front. `turned`: vectors stand in columns.
struct Matrices {
  std::int64_t heads = 1;
  std::int64_t sharing = 1;  // heads of a group; keys and values have one
  bool shared = false;       // they are keys or values

  [[nodiscard]] Desc desc(std::int64_t head_stride, const Dims& extents, const Dims& strides) const {
    if (heads == 1) return {extents, dnnl::memory::data_type::f32, strides};
    Dims all{heads / sharing};
    Dims apart{shared ? head_stride : sharing * head_stride};
    if (sharing > 1) {
      all.push_back(shared ? 1 : sharing);
      apart.push_back(head_stride);
    }
    all.insert(all.end(), extents.begin(), extents.end());
    apart.insert(apart.end(), strides.begin(), strides.end());
    return {all, dnnl::memory::data_type::f32, apart};
  }
  [[nodiscard]] Desc rows(const HeadVectors& vectors, std::int64_t count) const {
    return desc(vectors.head_stride(), {count, vectors.size}, {vectors.step_stride(), 1});
  }
  [[nodiscard]] Desc columns(const HeadVectors& vectors) const {
    return desc(vectors.head_stride(), {vectors.size, vectors.steps}, {1, vectors.step_stride()});
  }
};

/// Both products of a portion.
struct Products {
  Product scores;
  Product results;
  std::string implementation;

  [[nodiscard]] std::size_t scratchpad_bytes() const {
    return std::max(scores.scratchpad_bytes(), results.scratchpad_bytes());
  }
};

/// Nothing where oneDNN has only plain loops for them.
std::optional<Products> products_of(const Device& device, const AttentionOperands& shapes,
                                    const Portion& portion) {
  const auto sharing = shapes.queries.heads / shapes.keys.heads;
  const Matrices own{portion.heads, sharing, false};
  const Matrices shared{portion.heads, sharing, true};
  const auto count = shapes.keys.steps;
  const Desc queries = own.rows(shapes.queries, portion.rows);
  const Desc keys = shared.columns(shapes.keys);
  const Desc values = shared.rows(shapes.values, count);
  const Desc scores = own.desc(portion.rows * count, {portion.rows, count}, {count, 1});
  const Recipe first = matmul(device.engine, queries, keys, scores);
  const Recipe second = matmul(device.engine, scores, values, own.rows(shapes.results, portion.rows));
  if (!first || !second || first.is_plain_loop() || second.is_plain_loop()) return std::nullopt;
  return Products{{device, first, queries, keys},
                  {device, second, scores, values},
                  first.implementation() + "+loops:weigh+" + second.implementation()};
}

AttendWork work_of(const Attention& layer, const AttentionOperands& shapes) {
  AttendWork work;
  work.weigh.keys = shapes.keys.steps;
  work.weigh.scale = static_cast<float>(scale_of(layer, shapes));
  work.weigh.softcap = static_cast<float>(layer.softcap);
  work.weigh.causal = layer.causal;
  if (shapes.mask) {
    work.weigh.mask_keys = shapes.mask->keys;
    work.weigh.mask_stride = shapes.mask->strides[2];
    work.weigh.mask_hides = shapes.mask->hides;
  }
  work.key_size = shapes.keys.size;
  work.value_size = shapes.values.size;
  work.query_stride = shapes.queries.step_stride();
  work.key_stride = shapes.keys.step_stride();
  work.value_stride = shapes.values.step_stride();
  work.result_stride = shapes.results.step_stride();
  return work;
}

/// The layer as it runs. Memory: queries, keys, values, results, scratch, and the mask if there is one.
class Run {
 public:
  Run(const Attention& layer, const AttentionOperands& shapes, const Device& device)
      : shapes_{shapes}, loops_{*device.loops}, work_{work_of(layer, shapes)} {
    const auto sharing = shapes.queries.heads / shapes.keys.heads;
    portion_ = portion_of(shapes.queries, shapes.keys.steps, sharing);
    // One query alone goes through our own loop, head by head: no key is used twice.
    const bool alone = shapes.queries.steps == 1;
    if (!alone) whole_ = products_of(device, shapes, portion_);
    if (!whole_) portion_.heads = 1;
    if (!whole_ && !alone) whole_ = products_of(device, shapes, portion_);
    const auto rest = shapes.queries.steps % portion_.rows;
    if (rest == 0) return;
    rest_ = products_of(device, shapes, {1, rest});
    if (!rest_) whole_.reset();
  }

  [[nodiscard]] std::string implementation() const {
    return whole_ ? whole_->implementation : "loops:attention";
  }
  [[nodiscard]] std::size_t scratch_bytes() const {
    std::size_t products = whole_ ? whole_->scratchpad_bytes() : 0;
    if (rest_) products = std::max(products, rest_->scratchpad_bytes());
    return score_bytes() + products;
  }

  void operator()(float* const* memory) {
    for (std::int64_t b = 0; b < shapes_.queries.batch; ++b)
      for (std::int64_t head = 0; head < shapes_.queries.heads; head += portion_.heads)
        for (std::int64_t first = 0; first < shapes_.queries.steps; first += portion_.rows)
          run_portion({b, head, first}, memory);
  }

 private:
  struct Place {
    std::int64_t batch;
    std::int64_t head;
    std::int64_t first;  // query
  };

  /// Whole cache lines, behind which a primitive's scratchpad begins.
  [[nodiscard]] std::size_t score_bytes() const {
    constexpr std::size_t line = 64;
    const auto scores = static_cast<std::size_t>(portion_.heads * portion_.rows * work_.weigh.keys);
    return (scores * sizeof(float) + line - 1) / line * line;
  }

  void run_portion(const Place& place, float* const* memory) {
    const auto& [batch, head, first] = place;
    const auto shared = shapes_.shared_head(head);
    float* const queries = memory[0] + shapes_.queries.start(batch, head) + first * work_.query_stride;
    float* const keys = memory[1] + shapes_.keys.start(batch, shared);
    float* const values = memory[2] + shapes_.values.start(batch, shared);
    float* const results = memory[3] + shapes_.results.start(batch, head) + first * work_.result_stride;
    const auto rows = std::min(portion_.rows, shapes_.queries.steps - first);
    float* const scores = memory[4];
    if (!whole_) {
      loops_.attend(work_, first, rows, queries, keys, values, mask_of(place, memory), results, scores);
      return;
    }
    auto& products = rows == portion_.rows ? *whole_ : *rest_;
    auto* const scratchpad = reinterpret_cast<std::byte*>(scores) + score_bytes();
    products.scores.run(queries, keys, scores, scratchpad);
    for (std::int64_t each = 0; each < portion_.heads; ++each)
      loops_.weigh(work_.weigh, first, rows, mask_of({batch, head + each, first}, memory),
                   scores + each * rows * work_.weigh.keys);
    products.results.run(scores, values, results, scratchpad);
  }

  [[nodiscard]] const float* mask_of(const Place& place, float* const* memory) const {
    if (!shapes_.mask) return nullptr;
    const auto& strides = shapes_.mask->strides;
    return memory[5] + place.batch * strides[0] + place.head * strides[1];
  }

  AttentionOperands shapes_;
  const Loops& loops_;
  AttendWork work_;
  Portion portion_;
  std::optional<Products> whole_;
  std::optional<Products> rest_;  // of the last block of queries, if it has fewer
};

}  // namespace

Result<void> build(const Attention& layer, Builder& plan) {
  const auto run = std::make_shared<Run>(layer, operands_of(layer, plan.config().inputs), plan.device());
  std::vector<View> operands;
  for (std::size_t i = 0; i < 3; ++i) operands.push_back(plan.read(i, dense(plan.in(i))));
  operands.push_back(plan.write(dense(plan.out())));
  operands.push_back(plan.scratch(run->scratch_bytes()));
  if (plan.inputs() > 3) {
    operands.push_back(plan.read(3, dense(plan.in(3))));
  } else if (!layer.mask.empty()) {
    auto mask = plan.constant_weight(0);
    if (!mask) return tl::unexpected{std::move(mask.error())};
    operands.push_back(*mask);
  }
  plan.run(
      run->implementation(), [run](float* const* memory) { (*run)(memory); }, std::move(operands));
  return {};
}

}  // namespace ns::onednn
