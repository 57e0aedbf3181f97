/// The weights of a folded net, made of those of the net that it was.
#pragma once

#include "net/net.hpp"
#include "net/weights.hpp"

#include <string_view>
#include <unordered_map>

namespace ns {

/// What fold() does to layers, done to their weights: norms, scales and stored vectors become part of the
/// filters and the bias before them; the scale and shift of a norm that was several layers are the stored
/// operands of two of these.
class FoldedWeights final : public Weights {
 public:
  /// Both outlive it; `weights` are those of `original`.
  FoldedWeights(const Net& original, const Weights& weights);

  /// `net` is fold(original) or a part of it: layers know by their sources what they are made of.
  Result<void> read(const Net& net, LayerId layer, std::size_t slot, std::int64_t first,
                    std::span<float> values) const override;

 private:
  struct Affine;
  [[nodiscard]] std::vector<LayerId> sources(const Layer& layer) const;
  [[nodiscard]] Result<std::vector<double>> whole(LayerId layer, std::size_t slot) const;
  [[nodiscard]] Result<Affine> affine_of(LayerId source) const;
  [[nodiscard]] Result<Affine> affine_of_all(std::span<const LayerId> sources, std::size_t channels) const;
  Result<void> read_head(const Layer& layer, std::span<const LayerId> sources, std::string_view name,
                         std::int64_t first, std::span<float> values) const;
  Result<void> read_joined_norm(std::span<const LayerId> sources, std::size_t slot, std::int64_t first,
                                std::span<float> values) const;

  const Net& original_;
  const Weights& weights_;
  std::unordered_map<std::string_view, LayerId> ids_;  // of the original's layers, by name
};

}  // namespace ns
