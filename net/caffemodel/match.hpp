/// A Net's weights out of a .caffemodel: layers are matched by name, blobs by their order.
#pragma once

#include "core/error.hpp"
#include "net/caffemodel/caffemodel.hpp"
#include "net/net.hpp"
#include "net/weights.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace ns::caffemodel {

/// Values are read from the file when they are asked for.
class CaffemodelWeights final : public Weights {
 public:
  /// bad_input, naming file and layer, unless every layer of `net` that has weights is in `model` with as
  /// many blobs, each of the right shape (extents of 1 aside: old files write [N, K] as 1x1xNxK). A layer
  /// without blobs takes those that it shares by name.
  static Result<CaffemodelWeights> match(Caffemodel model, const Net& net);

  /// `net` has the layers that were matched, in the same order.
  Result<void> read(const Net& net, LayerId layer, std::size_t slot, std::int64_t first,
                    std::span<float> values) const override;

 private:
  /// A weight as the file keeps it: as it is, or as a matrix [rows, columns] whose transpose is wanted.
  struct Place {
    Blob blob;
    std::uint64_t rows = 0;  // 0: as it is
    std::uint64_t columns = 0;
  };
  class Matcher;

  explicit CaffemodelWeights(Caffemodel model) : model_{std::make_unique<Caffemodel>(std::move(model))} {}
  Result<void> read_transposed(const Place& place, std::uint64_t first, std::span<float> values) const;

  std::unique_ptr<Caffemodel> model_;       // reading moves the window of its source
  std::vector<std::vector<Place>> places_;  // by layer, then slot
};

}  // namespace ns::caffemodel
