/// Layers that together compute one tensor from another, and what they mean.
#pragma once

#include "net/net.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace ns {

/// Grows from its last layer towards the inputs. The net outlives it.
class Cone {
 public:
  static constexpr std::size_t most_layers = 16;

  Cone(const Net& net, LayerId last);

  [[nodiscard]] const Net& net() const { return *net_; }
  [[nodiscard]] LayerId last() const { return layers_.back(); }
  /// In the net's order.
  [[nodiscard]] std::span<const LayerId> layers() const { return layers_; }

  /// The one tensor that it reads; nothing while there are several.
  [[nodiscard]] std::optional<TensorId> root() const;

  /// The latest layer that may join: element-wise or a mean, not `taken`, and read by nobody outside the cone
  /// (a net's output, by `outputs`, is read outside). Nothing if there is none, or if `last` itself is
  /// nothing of the kind.
  [[nodiscard]] std::optional<LayerId> next(const std::function<bool(LayerId)>& taken,
                                            const std::vector<bool>& outputs) const;
  void add(LayerId layer);
  /// The layer that reads what `last` makes: the new last one.
  void append(LayerId layer) { layers_.push_back(layer); }

 private:
  [[nodiscard]] bool contains(LayerId layer) const;
  [[nodiscard]] std::vector<TensorId> leaves() const;

  const Net* net_;
  std::vector<LayerId> layers_;  // ascending
};

/// The layer that computes of `root` what the cone computes of it: an activation, or a norm without scale and
/// shift. Nothing where none is known to.
std::optional<LayerParams> meaning_of(const Cone& cone, TensorId root);

}  // namespace ns
