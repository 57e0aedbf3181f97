#include "net/reader.hpp"

#include "core/file.hpp"
#include "core/text.hpp"
#include "net/onnx/mapping/net_of.hpp"
#include "net/onnx/onnx.hpp"
#include "net/prototxt/prototxt.hpp"
#include "net/stranger.hpp"
#include "net/text/text.hpp"

#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <optional>

namespace ns {
namespace {

/// Enough to tell what a file is.
constexpr std::size_t looked_at = 4096;

bool ends_with(std::string_view path, std::string_view ending) {
  return path.size() >= ending.size() && path.substr(path.size() - ending.size()) == ending;
}

/// Whether binary content is an ONNX model: a protobuf begins with the tag of a field, most often the version
/// of the format.
bool is_onnx(std::string_view begin, const std::string& path) {
  if (ends_with(path, ".onnx")) return true;
  if (ends_with(path, ".caffemodel")) return false;
  // Of ModelProto: ir_version, producer_name, producer_version, domain, model_version, doc_string, graph,
  // opset_import, metadata_props, and functions (two bytes).
  constexpr std::string_view tags = "\x08\x12\x1a\x22\x28\x32\x3a\x42\x72\xca";
  return tags.find(begin[0]) != std::string_view::npos &&
         (begin[0] != '\x08' || (begin.size() > 1 && begin[1] > 0 && begin[1] < 64));
}

Error binary_error(const std::string& path) {
  if (ends_with(path, ".caffemodel"))
    return {Errc::bad_input, fmt::format("{}: holds weights, not the net; give its deploy.prototxt", path)};
  return {Errc::bad_input,
          fmt::format("{}: is binary and no ONNX model; a net is ONNX, Caffe prototxt or native text", path)};
}

enum class Syntax { prototxt, text, solver, unknown };

/// `input data 1x3x8x8` is native, `input: "data"` and `layer {` are prototxt.
Syntax syntax_of(std::string_view text, const std::string& path) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto line = text.substr(0, text.find('\n'));
  const auto word = line.substr(0, line.find_first_of(" \t\r:{<"));
  const auto behind = text.find_first_not_of(blanks, word.size());
  const char next = behind == std::string_view::npos ? '\n' : text[behind];
  if ((word == "net" || word == "train_net" || word == "test_net") && next == ':') return Syntax::solver;
  if (next == ':' && line.find(" = ") != std::string_view::npos) return Syntax::text;
  if (next == ':' || next == '{' || next == '<') return Syntax::prototxt;
  if (word == "net" || word == "input" || line.find(" = ") != std::string_view::npos) return Syntax::text;
  if (ends_with(path, ".prototxt") || ends_with(path, ".pbtxt")) return Syntax::prototxt;
  return ends_with(path, ".txt") ? Syntax::text : Syntax::unknown;
}

Result<Net> parse(std::string_view text, const std::string& file) {
  const auto content = significant(text);
  if (content.empty()) return bad_input(fmt::format("{}: is empty; a net needs an input and a layer", file));
  if (const auto sentence = stranger(text); !sentence.empty())
    return bad_input(fmt::format("{}: {}", file, sentence));
  if (is_binary(text)) return tl::unexpected{binary_error(file)};
  switch (syntax_of(content, file)) {
    case Syntax::prototxt:
      return parse_prototxt(text, file);
    case Syntax::text:
      return parse_net_text(text, file);
    case Syntax::solver:
      return bad_input(fmt::format("{}: holds a solver's settings; give the net's file that it names", file));
    case Syntax::unknown:
      break;
  }
  return bad_input(fmt::format(
      "{}: is no ONNX model, no Caffe prototxt and no native text, which docs/formats.md describes", file));
}

/// The first bytes of a regular file; empty where there is none, for the reader of texts says why.
std::string beginning(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return {};
  std::string bytes(looked_at, '\0');
  std::ifstream file{path, std::ios::binary};
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  return bytes;
}

bool holds_onnx(std::string_view begin, const std::string& path) {
  return !begin.empty() && stranger(begin).empty() && is_binary(begin) && is_onnx(begin, path);
}

/// Of a text that was read as `path`: its shapes are fixed.
Result<Net> check_text(Result<Net> net, const std::string& path, const onnx::Bindings& bindings) {
  if (!net) return net;
  if (ends_with(path, ".onnx"))
    return bad_input(fmt::format("{}: is no ONNX model but {}; rename it if that is meant", path,
                                 net->format == "text" ? "native text" : "Caffe prototxt"));
  if (!bindings.dims.empty() || !bindings.shapes.empty() || !bindings.values.empty())
    return failure(Errc::usage,
                   fmt::format("{}: has fixed shapes; --dim, --shape and --value are for ONNX models", path));
  return net;
}

/// A net's file, opened once, for standard input and pipes cannot be read twice.
struct Opened {
  std::string name;
  std::optional<onnx::Source> model;  // an ONNX model
  std::string text;                   // else
};

Result<Opened> open_piped(const std::string& path) {
  Opened opened{path == "-" ? "standard input" : path, std::nullopt, {}};
  auto source = onnx::Source::open(path);
  if (!source) return tl::unexpected{std::move(source.error())};
  if (holds_onnx(source->window(0, looked_at), opened.name)) {
    opened.model = std::move(*source);
    return opened;
  }
  if (source->size() > max_text_bytes)
    return bad_input(
        fmt::format("{}: larger than 64 MB, which no text or JSON file here needs", opened.name));
  auto text = source->read(0, source->size());
  if (!text) return tl::unexpected{std::move(text.error())};
  opened.text = std::move(*text);
  return opened;
}

Result<Opened> open_net(const std::string& path) {
  std::error_code ignored;
  if (path == "-" || std::filesystem::is_fifo(path, ignored)) return open_piped(path);
  Opened opened{path, std::nullopt, {}};
  if (holds_onnx(beginning(path), path)) {
    auto source = onnx::Source::open(path);
    if (!source) return tl::unexpected{std::move(source.error())};
    opened.model = std::move(*source);
    return opened;
  }
  auto text = read_file(path);
  if (!text) return tl::unexpected{std::move(text.error())};
  opened.text = std::move(*text);
  return opened;
}

}  // namespace

Result<Listing> read_listing(const std::string& path, const onnx::Bindings& bindings) {
  auto opened = open_net(path);
  if (!opened) return tl::unexpected{std::move(opened.error())};
  if (opened->model) return onnx::list_onnx(std::move(*opened->model), opened->name, bindings);
  const auto net = check_text(parse(opened->text, opened->name), opened->name, bindings);
  if (!net) return tl::unexpected{net.error()};
  return listing_of(*net);
}

Result<NetFile> read_net_file(const std::string& path, const onnx::Bindings& bindings) {
  auto opened = open_net(path);
  if (!opened) return tl::unexpected{std::move(opened.error())};
  if (!opened->model) return check_text(parse(opened->text, opened->name), opened->name, bindings);
  return onnx::read_model(std::move(*opened->model), opened->name, bindings);
}

Result<Net> read_net(const std::string& path, const onnx::Bindings& bindings) {
  auto read = read_net_file(path, bindings);
  if (!read) return tl::unexpected{std::move(read.error())};
  if (auto* const net = std::get_if<Net>(&*read)) return std::move(*net);
  return onnx::net_of(std::get<onnx::ModelFile>(*read));
}

}  // namespace ns
