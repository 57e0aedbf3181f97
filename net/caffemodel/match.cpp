#include "net/caffemodel/match.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace ns::caffemodel {
namespace {

struct Phrase {
  std::string_view weight;
  std::string_view need;
};

constexpr std::array phrases{
    Phrase{"bias", "its biases need"},          Phrase{"mean", "its means need"},
    Phrase{"variance", "its variances need"},   Phrase{"scale", "its scales need"},
    Phrase{"factor", "its scale factor needs"}, Phrase{"slope", "its slopes need"},
};

/// "its filters need", as a sentence begins that says what a weight lacks.
std::string_view need_of(const LayerParams& params, std::string_view weight) {
  if (weight == "weight") return std::holds_alternative<Fc>(params) ? "its weights need" : "its filters need";
  const auto* const row = std::ranges::find(phrases, weight, &Phrase::weight);
  return row == phrases.end() ? "it needs" : row->need;
}

/// "34,848".
std::string grouped(std::uint64_t number) {
  auto digits = std::to_string(number);
  for (auto place = static_cast<std::ptrdiff_t>(digits.size()) - 3; place > 0; place -= 3)
    digits.insert(static_cast<std::size_t>(place), ",");
  return digits;
}

std::string print_dims(const std::vector<std::int64_t>& dims) {
  return dims.empty() ? "no shape" : fmt::format("{}", fmt::join(dims, "x"));
}

/// Without the extents of 1, which the generations of Caffe put in different places.
std::vector<std::int64_t> essential(std::vector<std::int64_t> dims) {
  std::erase(dims, 1);
  return dims;
}

/// How Caffe keeps a weight: in these dims, and where it is the transpose of ours, as a matrix of so many
/// rows and columns (else 0).
struct StoredForm {
  std::vector<std::int64_t> dims;
  std::int64_t rows = 0;
  std::int64_t columns = 0;
};

StoredForm stored_form(const LayerParams& params, const Weight& weight, bool transposed) {
  const auto extents = weight.shape.extents();
  if (weight.name == "weight" && std::holds_alternative<Fc>(params) && transposed)
    return {{extents[1], extents[0]}, extents[1], extents[0]};
  if (std::holds_alternative<Local>(params)) {
    // Filters x 1 x (channels x window) x positions, biases filters x positions.
    if (weight.name == "bias") return {{extents[0], extents[1] * extents[2]}, 0, 0};
    const auto taps = weight.shape.elements(2, weight.shape.rank());
    return {{extents[1], taps, extents[0]}, extents[1] * taps, extents[0]};
  }
  return {{extents.begin(), extents.end()}, 0, 0};
}

/// Which of Caffe's blobs is which slot of ours. Its forks' BN keeps scale and shift first.
std::vector<std::size_t> blob_order(const Layer& layer, std::size_t slots) {
  const auto* const norm = std::get_if<Norm>(&layer.params);
  if (norm != nullptr && norm->kind == Norm::Kind::batch && norm->affine && layer.op == "BN")
    return {2, 3, 0, 1};
  std::vector<std::size_t> order(slots);
  for (std::size_t slot = 0; slot < slots; ++slot) order[slot] = slot;
  return order;
}

}  // namespace

/// Finds the blobs of one layer after another.
class CaffemodelWeights::Matcher {
 public:
  Matcher(const Caffemodel& model, const Net& net) : model_{model}, net_{net} {
    for (const auto& layer : model.layers) {
      const auto [known, added] = layers_.emplace(layer.name, &layer);
      if (!added && known->second->blobs.empty()) known->second = &layer;
      for (std::size_t i = 0; i < std::min(layer.shared.size(), layer.blobs.size()); ++i)
        if (!layer.shared[i].empty()) shared_.emplace(layer.shared[i], &layer.blobs[i]);
    }
  }

  Result<std::vector<Place>> places(LayerId id) const {
    const auto& layer = net_.layers[id];
    const auto wanted = weights(layer.params, net_.input_types(id));
    if (wanted.empty()) return std::vector<Place>{};
    const auto* const trained = find(layer);
    if (trained == nullptr) return missing(layer);
    const auto blobs = blobs_of(*trained, wanted.size());
    if (blobs.size() != wanted.size())
      return bad_input(fmt::format("it needs {} blobs; the .caffemodel holds {}; is it of this net?",
                                   wanted.size(), blobs.size()));
    const auto order = blob_order(layer, wanted.size());
    std::vector<Place> places;
    for (std::size_t slot = 0; slot < wanted.size(); ++slot) {
      auto place = place_of(layer.params, wanted[slot], *blobs[order[slot]], trained->transposed);
      if (!place) return tl::unexpected{std::move(place.error())};
      places.push_back(std::move(*place));
    }
    return places;
  }

 private:
  /// A layer that was written in parts keeps its weights under its own name.
  [[nodiscard]] const TrainedLayer* find(const Layer& layer) const {
    constexpr std::string_view part = "/product";
    auto found = layers_.find(layer.name);
    if (found == layers_.end() && layer.name.ends_with(part))
      found = layers_.find(std::string_view{layer.name}.substr(0, layer.name.size() - part.size()));
    return found == layers_.end() ? nullptr : found->second;
  }

  [[nodiscard]] tl::unexpected<Error> missing(const Layer& layer) const {
    constexpr std::size_t most = 10'000;
    constexpr std::size_t longest = 100;
    std::vector<std::string> names;
    for (const auto& candidate : model_.layers)
      if (!candidate.blobs.empty() && candidate.name.size() < longest && names.size() < most)
        names.push_back(candidate.name);
    return bad_input(
        fmt::format("the .caffemodel has no layer of that name{}", suggestion(layer.name, names)));
  }

  [[nodiscard]] std::vector<const Blob*> blobs_of(const TrainedLayer& layer, std::size_t wanted) const {
    std::vector<const Blob*> blobs;
    for (const auto& blob : layer.blobs) blobs.push_back(&blob);
    for (std::size_t i = blobs.size(); i < std::min(wanted, layer.shared.size()); ++i) {
      const auto found = shared_.find(layer.shared[i]);
      if (found == shared_.end()) break;
      blobs.push_back(found->second);
    }
    return blobs;
  }

  static Result<Place> place_of(const LayerParams& params, const Weight& weight, const Blob& blob,
                                bool transposed) {
    const auto stored = stored_form(params, weight, transposed);
    const auto need = need_of(params, weight.name);
    const auto count = static_cast<std::uint64_t>(weight.shape.elements());
    if (blob.count != count)
      return bad_input(fmt::format("{} {} values ({}); the .caffemodel holds {}", need, grouped(count),
                                   print_dims(stored.dims), grouped(blob.count)));
    if (essential(blob.dims) != essential(stored.dims))
      return bad_input(fmt::format("{} the shape {}; the .caffemodel holds {}", need, print_dims(stored.dims),
                                   print_dims(blob.dims)));
    return Place{blob, static_cast<std::uint64_t>(stored.rows), static_cast<std::uint64_t>(stored.columns)};
  }

  const Caffemodel& model_;
  const Net& net_;
  std::unordered_map<std::string_view, const TrainedLayer*> layers_;
  std::unordered_map<std::string_view, const Blob*> shared_;
};

Result<CaffemodelWeights> CaffemodelWeights::match(Caffemodel model, const Net& net) {
  CaffemodelWeights weights{std::move(model)};
  const Matcher matcher{*weights.model_, net};
  for (LayerId id = 0; id < net.layers.size(); ++id) {
    auto places = matcher.places(id);
    if (!places)
      return failure_within(std::move(places),
                            fmt::format("{}: layer {}", weights.model_->path, net.layers[id].name));
    weights.places_.push_back(std::move(*places));
  }
  return weights;
}

Result<void> CaffemodelWeights::read(const Net& net, LayerId layer, std::size_t slot, std::int64_t first,
                                     std::span<float> values) const {
  const auto& place = places_[layer][slot];
  const auto begin = static_cast<std::uint64_t>(first);
  auto done = place.rows == 0 ? read_values(model_->source, place.blob, begin, values)
                              : read_transposed(place, begin, values);
  if (!done)
    return failure_within(std::move(done), fmt::format("{}: layer {}", model_->path, net.layers[layer].name));
  return done;
}

/// The wanted element i = column x rows + row is stored as row x columns + column: of every row a few
/// neighbours are wanted.
Result<void> CaffemodelWeights::read_transposed(const Place& place, std::uint64_t first,
                                                std::span<float> values) const {
  const auto end = first + values.size();
  const auto columns_before = [&](std::uint64_t row, std::uint64_t element) {
    return element <= row ? 0 : (element - row + place.rows - 1) / place.rows;
  };
  std::vector<float> part;
  for (std::uint64_t row = 0; row < place.rows; ++row) {
    const auto begin = columns_before(row, first);
    part.resize(columns_before(row, end) - begin);
    if (auto read = read_values(model_->source, place.blob, row * place.columns + begin, part); !read)
      return read;
    for (std::size_t i = 0; i < part.size(); ++i) values[(begin + i) * place.rows + row - first] = part[i];
  }
  return {};
}

}  // namespace ns::caffemodel
