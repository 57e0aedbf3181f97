#include "net/prototxt/prototxt.hpp"

#include "net/prototxt/message.hpp"
#include "net/prototxt/rules.hpp"
#include "net/prototxt/writer.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fmt/format.h>
#include <optional>

namespace ns {
namespace {

using namespace prototxt;

/// What stands outside of layers.
struct Header {
  Message fields;
  std::string_view layer_key;               // "layer" or "layers"
  std::optional<std::size_t> other_syntax;  // where the other one stands
};

bool is_header(std::string_view name) {
  static constexpr std::array<std::string_view, 6> names{"name",      "state",       "input",
                                                         "input_dim", "input_shape", "bottom"};
  return std::ranges::find(names, name) != names.end();
}

/// The layers come in a second pass: inputs may be declared behind them, and all layers at once as a tree
/// would take many times the file's size.
Result<Header> read_header(std::string_view text, Places& places) {
  constexpr std::size_t most = 10'000;
  Header header;
  const auto wanted = [&](std::string_view name, std::size_t offset) {
    if (name == "layer" || name == "layers") {
      if (header.layer_key.empty()) header.layer_key = name;
      if (name != header.layer_key && !header.other_syntax) header.other_syntax = offset;
    }
    return is_header(name);
  };
  const auto take = [&](Field field) -> Result<void> {
    if (header.fields.fields.size() == most)
      return bad_input(
          fmt::format("{}: more than {} fields before any layer", places.at(field.offset), most));
    header.fields.fields.push_back(std::move(field));
    return {};
  };
  if (auto read = for_each_field(text, places, wanted, take); !read)
    return tl::unexpected{std::move(read.error())};
  if (header.other_syntax)
    return bad_input(fmt::format("{}: layer and layers stand in one file; convert all to layer",
                                 places.at(*header.other_syntax)));
  return header;
}

/// Inputs declared outside of layers: each with an input_shape, or all with four input_dim.
Result<void> add_declared_inputs(NetWriter& net, const Header& header, Places& places) {
  auto names = header.fields.all("input");
  if (names.empty()) names = header.fields.all("bottom");  // before version 1
  Params params{header.fields};
  auto shapes = params.shapes("input_shape");
  const auto dims = params.integers("input_dim");
  if (const auto& mistake = params.mistake())
    return bad_input(fmt::format("{}: {}", places.at(mistake->offset), mistake->sentence));
  for (std::size_t i = 0; shapes.empty() && i + 4 <= dims.size(); i += 4)
    shapes.push_back(
        {dims.begin() + static_cast<std::ptrdiff_t>(i), dims.begin() + static_cast<std::ptrdiff_t>(i + 4)});
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto name = names[i]->text();
    if (i >= shapes.size())
      return net.fail_at(
          names[i]->offset,
          fmt::format("input {}: has no shape; give input_shape {{ dim: 1 dim: 3 dim: 224 dim: 224 }}, "
                      "with your sizes, or four input_dim",
                      name));
    if (auto added = net.add_input(names[i]->offset, name, shapes[i]); !added) return added;
  }
  return {};
}

Result<void> add_layers(NetWriter& net, std::string_view text, Places& places, const Header& header) {
  const auto* const state = header.fields.find_message("state");
  const auto wanted = [&](std::string_view name, std::size_t) { return name == header.layer_key; };
  const auto take = [&](const Field& field) -> Result<void> {
    if (!field.message) return net.fail_at(field.offset, fmt::format("{} must be {{ ... }}", field.name));
    auto layer = layer_source(*field.message);
    if (!in_test_phase(layer, state)) return {};
    net.name_apart(layer);
    return add_layer(net, layer);
  };
  return for_each_field(text, places, wanted, take);
}

}  // namespace

Result<Net> parse_prototxt(std::string_view text, const std::string& file) {
  Places places{text, file};
  auto header = read_header(text, places);
  if (!header) return tl::unexpected{std::move(header.error())};
  const auto* const name = header->fields.find("name");
  NetWriter writer{name != nullptr ? name->text() : std::filesystem::path{file}.stem().string(), places};
  if (auto added = add_declared_inputs(writer, *header, places); !added)
    return tl::unexpected{std::move(added.error())};
  if (auto added = add_layers(writer, text, places, *header); !added)
    return tl::unexpected{std::move(added.error())};
  auto net = std::move(writer).finish(text.size());
  if (!net) return net;
  net->file = file;
  net->format = "prototxt";
  return net;
}

}  // namespace ns
