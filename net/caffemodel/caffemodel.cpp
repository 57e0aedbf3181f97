#include "net/caffemodel/caffemodel.hpp"

#include "net/stranger.hpp"
#include "net/wire/wire.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace ns::caffemodel {
namespace {

using wire::Fields;
using wire::Range;
using wire::Source;
using wire::Wire;

/// Above what any net has; memory stays in proportion to the file.
constexpr std::size_t max_layers = std::size_t{1} << 16;
constexpr std::size_t max_blobs = std::size_t{1} << 10;  // of one layer

/// Where one generation of Caffe's layer messages keeps what is read here (caffe.proto); 0: nowhere.
struct Syntax {
  std::uint32_t name;
  std::uint32_t blobs;
  std::uint32_t shared;        // names of shared blobs: ParamSpec, or text in version 1
  std::uint32_t product;       // inner_product_param
  std::uint32_t version_zero;  // the message of version 0 within
};
constexpr Syntax present{1, 7, 6, 117, 0};
constexpr Syntax version_1{4, 6, 1001, 17, 1};
constexpr Syntax version_0{1, 50, 0, 0, 0};

template <class Item>
void append(Wire& wire, const Fields& field, std::vector<Item>& items, std::size_t most, Item item) {
  if (items.size() == most)
    wire.fail(field.offset(), fmt::format("more than {} entries of one kind; no net needs so many", most));
  else
    items.push_back(std::move(item));
}

/// ParamSpec.name.
std::string read_spec(Wire& wire, Range message) {
  std::string name;
  for (Fields fields{wire, message}; fields.next();)
    if (fields.number() == 1) name = fields.text();
  return name;
}

/// InnerProductParameter.transpose.
bool read_transpose(Wire& wire, Range message) {
  bool transposed = false;
  for (Fields fields{wire, message}; fields.next();)
    if (fields.number() == 6) transposed = fields.integer() != 0;
  return transposed;
}

TrainedLayer read_layer(Wire& wire, Range message, const Syntax& syntax) {
  TrainedLayer layer;
  for (Fields fields{wire, message}; fields.next();) {
    const auto number = fields.number();
    if (!fields.is_sized()) continue;
    if (number == syntax.name)
      layer.name = fields.text();
    else if (number == syntax.blobs)
      append(wire, fields, layer.blobs, max_blobs, read_blob(wire, fields.range()));
    else if (number == syntax.shared)
      append(wire, fields, layer.shared, max_blobs,
             syntax.shared == present.shared ? read_spec(wire, fields.range()) : fields.text());
    else if (number == syntax.product)
      layer.transposed = read_transpose(wire, fields.range());
    else if (number == syntax.version_zero)
      return read_layer(wire, fields.range(), version_0);
  }
  return layer;
}

/// What the outermost message tells of a file that may be no NetParameter.
struct Signs {
  bool number_first = false;  // field 1 is a number: an ONNX model, or a solver's state
  bool graph = false;         // a message 7, which is a flag in NetParameter
};

std::vector<TrainedLayer> read_net(Wire& wire, Signs& signs) {
  std::vector<TrainedLayer> layers;
  for (Fields fields{wire, wire.whole()}; fields.next();) {
    const auto number = fields.number();
    signs.number_first |= number == 1 && fields.is_varint();
    signs.graph |= number == 7 && fields.is_sized();
    if (signs.number_first || !fields.is_sized()) continue;
    if (number == 100) append(wire, fields, layers, max_layers, read_layer(wire, fields.range(), present));
    if (number == 2) append(wire, fields, layers, max_layers, read_layer(wire, fields.range(), version_1));
  }
  return layers;
}

/// The sentence for a file without trained layers; `found` where nothing better is known.
std::string no_caffemodel(Source& source, const Signs& signs, std::string found) {
  if (source.size() == 0) return "the file is empty";
  constexpr std::size_t looked_at = 512;
  const auto begin = source.window(0, looked_at).substr(0, looked_at);
  if (const auto sentence = stranger(begin); !sentence.empty()) return std::string{sentence};
  if (!is_binary(begin))
    return "is text, no .caffemodel; a prototxt holds the net, and its weights are in a file of their own";
  if (signs.number_first && signs.graph)
    return "is an ONNX model, which holds its own weights; name it as the net";
  if (signs.number_first)
    return "is no .caffemodel, perhaps a solver's state; give the .caffemodel beside it";
  return found;
}

}  // namespace

Result<Caffemodel> read_caffemodel(Source source, const std::string& path) {
  Signs signs;
  Wire wire{source, ".caffemodel"};
  auto layers = read_net(wire, signs);
  const auto fail = [&](std::string found) {
    return bad_input(fmt::format("{}: {}", path, no_caffemodel(source, signs, std::move(found))));
  };
  if (wire.failed()) {
    if (wire.error().code != Errc::bad_input) return tl::unexpected{Error{wire.error()}.within(path)};
    return fail(wire.error().message);
  }
  if (std::ranges::all_of(layers, [](const TrainedLayer& layer) { return layer.blobs.empty(); }))
    return fail("holds no trained layer; it is no .caffemodel, or only its beginning");
  return Caffemodel{path, std::move(source), std::move(layers)};
}

Result<Caffemodel> read_caffemodel(const std::string& path) {
  auto source = Source::open(path);
  if (!source) return tl::unexpected{std::move(source.error())};
  return read_caffemodel(std::move(*source), path == "-" ? "standard input" : path);
}

}  // namespace ns::caffemodel
