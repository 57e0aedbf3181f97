/// One layer as the file describes it, whatever the generation of its syntax, and the typed reading of its
/// parameters.
#pragma once

#include "net/prototxt/message.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ns::prototxt {

/// `layer { }`, `layers { }` of version 1, or `layers { layer { } }` of version 0.
struct LayerSource {
  const Message* message = nullptr;      // holds bottom and top
  const Message* description = nullptr;  // holds name, type and, in version 0, all parameters
  std::string name;
  std::string op;         // the type as the file writes it
  std::string_view type;  // the type's present name: "Convolution"
  std::vector<std::string> bottoms;
  std::vector<std::string> tops;

  [[nodiscard]] bool is_version_0() const { return message != description; }
};

/// Views into `message`.
LayerSource layer_source(const Message& message);

/// Whether the layer belongs to the net of phase TEST with `state`'s level and stages (null: level 0, no
/// stage), by its include and exclude rules. Several rules of one kind: one that holds suffices.
bool in_test_phase(const LayerSource& layer, const Message* state);

/// Reads one message of parameters; every value has a default. The first mistake is kept, later ones are not
/// looked at.
class Params {
 public:
  /// The layer's message `name`, "convolution_param" say, which may be absent; in version 0 the description.
  Params(const LayerSource& layer, std::string_view name);
  explicit Params(const Message& message) : message_{&message}, offset_{message.offset} {}

  [[nodiscard]] bool has(std::string_view key);
  std::int64_t integer(std::string_view key, std::int64_t otherwise);
  double real(std::string_view key, double otherwise);
  bool flag(std::string_view key, bool otherwise);
  std::string word(std::string_view key, std::string_view otherwise);
  std::vector<std::int64_t> integers(std::string_view key);
  std::vector<double> reals(std::string_view key);
  /// The extents of a message `key` { dim: ... }, one list for each such field.
  std::vector<std::vector<std::int64_t>> shapes(std::string_view key);

  void fail(std::string sentence) { fail_at(offset_, std::move(sentence)); }
  struct Mistake {
    std::size_t offset = 0;
    std::string sentence;
  };
  [[nodiscard]] const std::optional<Mistake>& mistake() const { return mistake_; }
  /// A field that nobody asked for and that looks like a misspelt one, with the suggestion.
  [[nodiscard]] std::optional<Mistake> misspelt() const;

 private:
  [[nodiscard]] std::vector<const Field*> all(std::string_view key);
  void fail_at(std::size_t offset, std::string sentence);
  template <class Value, class Parse>
  std::vector<Value> values(std::string_view key, std::string_view kind, Parse parse);

  const Message* message_ = nullptr;
  std::size_t offset_ = 0;
  bool version_0_ = false;
  std::vector<std::string> asked_;
  std::optional<Mistake> mistake_;
};

}  // namespace ns::prototxt
