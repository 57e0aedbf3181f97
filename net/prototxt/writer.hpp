/// Turns layers of a prototxt into layers of a Net, with places in every error and warning.
#pragma once

#include "net/net.hpp"
#include "net/prototxt/source.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace ns::prototxt {

class NetWriter {
 public:
  NetWriter(std::string name, Places& places) : builder_{std::move(name)}, places_{places} {}

  /// "file:line:column: layer NAME: sentence".
  tl::unexpected<Error> fail(const LayerSource& layer, std::string_view sentence);
  tl::unexpected<Error> fail_at(std::size_t offset, std::string_view sentence);

  /// Fails with the first mistake of `params`; warns of a misspelt field.
  Result<void> accept(const LayerSource& layer, const Params& params);

  /// A warning; of one `kind` only the first is written out, the others are counted.
  void warn(const LayerSource& layer, const std::string& kind, std::string_view sentence);

  /// An input of the net; every extent must be positive.
  Result<void> add_input(std::size_t offset, const std::string& name, std::vector<std::int64_t> extents);
  /// An input that the net has only if some layer reads it (a data layer's labels).
  void offer_input(std::string name, Shape shape) {
    offered_.insert_or_assign(std::move(name), std::move(shape));
  }

  /// Gives the layer a name that no other has.
  void name_apart(LayerSource& layer);

  /// The types of the layer's bottoms; at least one.
  Result<std::vector<TensorType>> inputs(const LayerSource& layer);
  /// The layer as `params`, from its bottoms to its tops.
  Result<void> add(const LayerSource& layer, LayerParams params);
  /// A part of the layer, called "layer/part", from `from` to `to`.
  Result<void> add_part(const LayerSource& layer, std::string_view part, LayerParams params,
                        const std::vector<std::string>& from, const std::vector<std::string>& to);
  /// Tensors of these names are wanted by nobody.
  void silence(const std::vector<std::string>& tensors) { silent_.insert(tensors.begin(), tensors.end()); }

  /// `end` is the place where the file ends.
  Result<Net> finish(std::size_t end) &&;

 private:
  tl::unexpected<Error> refuse(const LayerSource& layer);
  Result<void> insert(const LayerSource& layer, std::string name, LayerParams params,
                      const std::vector<std::string>& from, const std::vector<std::string>& to);

  struct Warning {
    std::string first;
    std::size_t more = 0;
  };
  NetBuilder builder_;
  Places& places_;
  std::size_t inputs_ = 0;
  std::unordered_map<std::string, Shape> offered_;
  std::unordered_map<std::string, std::size_t> names_;  // how often each was used
  std::unordered_set<std::string> silent_;
  std::map<std::string, Warning> warnings_;
};

}  // namespace ns::prototxt
