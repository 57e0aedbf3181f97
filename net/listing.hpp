/// A net as its file states it, before folding: what ns-inspect shows. Unlike a Net it may hold what is not
/// known.
#pragma once

#include "core/dtype.hpp"
#include "core/units.hpp"
#include "net/net.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ns {

/// A number, a free dimension's symbol (a view into Listing::symbols), or unknown.
using ListedExtent = std::variant<std::monostate, std::int64_t, std::string_view>;

struct ListedTensor {
  std::string name;
  std::string_view kind = "tensor";  // "sequence", "optional", "map", "sparse"
  std::optional<DType> dtype;
  std::optional<std::vector<ListedExtent>> extents;  // none: the rank is not known
  std::optional<std::vector<std::int64_t>> most;     // a bound where the shape depends on data
  bool constant = false;                             // known before any input is there: never crosses a cut

  /// Nothing where an extent or the dtype is not known.
  [[nodiscard]] std::optional<Bytes> bytes() const;
  [[nodiscard]] std::optional<Bytes> most_bytes() const;
};

struct ListedLayer {
  std::string name;
  std::string op;         // the operator as the file calls it
  std::string_view type;  // our layer type, "opaque" if there is none
  std::string kind;  // type and variant where they are known, as people read them: "act:relu"; else empty
  std::vector<TensorId>
      tensors;  // what it reads, then what it makes: indices into Listing::tensors; weights are none
  std::uint32_t input_count = 0;
  Macs macs;
  Flops flops;
  std::int64_t parameters = 0;
  std::int64_t parameter_bytes = 0;
  bool constant = false;  // shape arithmetic: costs nothing and is no place to cut

  [[nodiscard]] std::span<const TensorId> inputs() const { return std::span{tensors}.first(input_count); }
  [[nodiscard]] std::span<const TensorId> outputs() const { return std::span{tensors}.subspan(input_count); }
};

struct Listing {
  Listing() = default;
  Listing(Listing&&) = default;
  Listing& operator=(Listing&&) = default;
  Listing(const Listing&) = delete;  // its tensors would name symbols of the other
  Listing& operator=(const Listing&) = delete;
  ~Listing() = default;

  std::string name;
  std::string file;
  std::string format;  // "prototxt", "text", "onnx"
  // Deques: a large one takes the place of what it is made from, bit by bit, and not as much again in one
  // piece.
  std::deque<ListedTensor> tensors;  // every input of the net and every output of a layer
  std::deque<ListedLayer> layers;    // in the file's order, sorted
  std::set<std::string> symbols;     // of free dimensions
  std::vector<TensorId> inputs;
  std::vector<TensorId> outputs;
  NetTotals totals;
  bool lower_bound = false;
  std::vector<std::string> warnings;
};

/// "1x3x224x224", "batchx?x768:float16", "sequence", "?" where nothing is known.
std::string print(const ListedTensor& tensor);

Listing listing_of(const Net& net);

}  // namespace ns
