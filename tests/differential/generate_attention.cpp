// Queries, keys and values in every layout, with masks and without.
#include "draws.hpp"

#include <array>
#include <cmath>

namespace ns {
namespace {

/// [batch, heads, steps, size], or packed.
Shape vectors(bool packed, std::int64_t batch, std::int64_t heads, std::int64_t steps, std::int64_t size) {
  return packed ? Shape{batch, steps, heads * size} : Shape{batch, heads, steps, size};
}

/// For so many queries and keys, its axes in front left out or alike for all.
TensorType random_mask(Random& random, std::int64_t batch, std::int64_t heads, std::int64_t queries,
                       std::int64_t keys) {
  Extents extents{random.chance(2) ? batch : 1, random.chance(2) ? heads : 1, random.chance(4) ? 1 : queries,
                  random.chance(4) ? random.between(1, keys) : keys};
  const auto missing = random.between(0, 3);
  extents.erase(extents.begin(), extents.begin() + missing);
  return {Shape{extents}, random.chance(3) ? DType::boolean : DType::float32};
}

}  // namespace

LayerConfig random_attention(Random& random) {
  const auto batch = random.between(1, 3);
  const auto shared = random.between(1, 4);
  const auto heads = shared * random.between(1, 3);
  const auto size = random.pick(std::array{1, 4, 7, 16, 32, 33, 64});
  const auto value_size = random.chance(2) ? size : random.between(1, 40);
  // Now and then more keys than a block of queries has room for.
  const auto keys = random.chance(8) ? random.between(600, 2500) : random.between(1, 70);
  const auto queries = random.chance(3) ? random.between(1, 4) : random.between(1, 90);
  const bool packs_queries = random.chance(2);
  const bool packs_keys = packs_queries && !random.chance(4);
  Attention layer;
  if (packs_queries) {
    layer.heads = heads;
    if (packs_keys && shared != heads) layer.kv_heads = shared;
  }
  layer.causal = random.chance(3);
  // Rounding errors grow with the scores: these are as large as a few.
  if (random.chance(3)) layer.scale = random.real(0.1, 1.5) / std::sqrt(static_cast<double>(size));
  if (random.chance(4)) layer.softcap = random.real(0.5, 20.0);
  LayerConfig config{layer,
                     {},
                     {{vectors(packs_queries, batch, heads, queries, size)},
                      {vectors(packs_keys, batch, shared, keys, size)},
                      {vectors(packs_keys, batch, shared, keys, value_size)}}};
  if (random.chance(2)) return config;
  const auto mask = random_mask(random, batch, heads, queries, keys);
  if (random.chance(3)) {
    layer.mask.assign(mask.shape.extents().begin(), mask.shape.extents().end());
    layer.mask_dtype = mask.dtype;
    config.params = layer;
  } else {
    config.inputs.push_back(mask);
  }
  return config;
}

}  // namespace ns
