#include "net/reader.hpp"

#include "core/file.hpp"
#include "core/text.hpp"
#include "net/prototxt/prototxt.hpp"
#include "net/text/text.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fmt/format.h>

namespace ns {
namespace {

/// What files that are no net begin with, and what to do about them.
struct Stranger {
  std::string_view begin;
  Errc code;
  std::string_view sentence;
};
constexpr std::array<Stranger, 9> strangers{{
    {"version https://git-lfs", Errc::bad_input,
     "is a Git LFS pointer, not the file itself; fetch it with git lfs pull"},
    {"\x1f\x8b", Errc::bad_input, "is compressed with gzip; unpack it with gunzip"},
    {"PK\x03\x04", Errc::bad_input, "is a zip archive; unpack it"},
    {"\xFD"
     "7zXZ",
     Errc::bad_input, "is compressed with xz; unpack it with unxz"},
    {"\x28\xB5\x2F\xFD", Errc::bad_input, "is compressed with zstd; unpack it with unzstd"},
    {"\xFF\xFE", Errc::bad_input, "is encoded in UTF-16; save it as UTF-8"},
    {"\xFE\xFF", Errc::bad_input, "is encoded in UTF-16; save it as UTF-8"},
    {"\x89HDF", Errc::bad_input, "is an HDF5 file, which holds weights; give the net's prototxt"},
    {"<", Errc::bad_input, "is an HTML or XML page, not a net; download the raw file"},
}};

/// The text behind a byte order mark, blanks and comments.
std::string_view significant(std::string_view text) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (text.substr(0, byte_order_mark.size()) == byte_order_mark) text.remove_prefix(byte_order_mark.size());
  while (true) {
    const auto first = text.find_first_not_of(" \t\r\n\f\v");
    if (first == std::string_view::npos) return {};
    text.remove_prefix(first);
    if (text[0] != '#') return text;
    text.remove_prefix(std::min(text.find('\n'), text.size()));
  }
}

bool is_binary(std::string_view text) {
  constexpr std::size_t looked_at = 4096;
  return std::ranges::any_of(text.substr(0, looked_at), [](char letter) {
    const auto byte = static_cast<unsigned char>(letter);
    return byte < ' ' && (byte < '\t' || byte > '\r');
  });
}

bool ends_with(std::string_view path, std::string_view ending) {
  return path.size() >= ending.size() && path.substr(path.size() - ending.size()) == ending;
}

/// A protobuf of an ONNX model begins with its first field, the version of the format: tag 8, a small number.
Error binary_error(std::string_view text, const std::string& path) {
  if (ends_with(path, ".onnx") || (text[0] == '\x08' && text.size() > 1 && text[1] > 0 && text[1] < 64))
    return {Errc::unsupported,
            fmt::format("{}: is an ONNX model, which this version does not read; describe the net as Caffe "
                        "prototxt or native text",
                        path)};
  if (ends_with(path, ".caffemodel"))
    return {Errc::bad_input, fmt::format("{}: holds weights, not the net; give its deploy.prototxt", path)};
  return {Errc::bad_input, fmt::format("{}: is binary; a net is Caffe prototxt or native text", path)};
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
  for (const auto& stranger : strangers)
    if (text.substr(0, stranger.begin.size()) == stranger.begin ||
        content.substr(0, stranger.begin.size()) == stranger.begin)
      return failure(stranger.code, fmt::format("{}: {}", file, stranger.sentence));
  if (is_binary(text)) return tl::unexpected{binary_error(text, file)};
  if (content[0] == '{' || content[0] == '[')
    return bad_input(fmt::format("{}: is JSON; a net is Caffe prototxt or native text", file));
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
  return bad_input(
      fmt::format("{}: is neither Caffe prototxt nor native text; see the README for both", file));
}

}  // namespace

Result<Net> read_net(const std::string& path) {
  auto text = read_file(path);
  if (text) return parse(*text, path == "-" ? "standard input" : path);
  std::error_code ignored;
  if (ends_with(path, ".onnx") && std::filesystem::is_regular_file(path, ignored))
    return failure(Errc::unsupported,
                   fmt::format("{}: is an ONNX model, which this version does not read", path));
  return tl::unexpected{std::move(text.error())};
}

}  // namespace ns
