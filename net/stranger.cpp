#include "net/stranger.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace ns {
namespace {

struct Row {
  std::size_t offset;
  std::string_view bytes;
  std::string_view sentence;
};

using namespace std::string_view_literals;

/// Marks behind the beginning count in binary files alone: a text may hold them by chance.
constexpr std::array rows{
    Row{0, "version https://git-lfs"sv,
        "is a Git LFS pointer, not the file itself; fetch it with git lfs pull"sv},
    Row{0, "\x1f\x8b"sv, "is compressed with gzip; unpack it with gunzip"sv},
    Row{0, "BZh"sv, "is compressed with bzip2; unpack it with bunzip2"sv},
    Row{0, "\xFD\x37zXZ"sv, "is compressed with xz; unpack it with unxz"sv},
    Row{0, "\x28\xB5\x2F\xFD"sv, "is compressed with zstd; unpack it with unzstd"sv},
    Row{0, "PK\x03\x04"sv, "is a zip archive, perhaps a PyTorch file; unpack it, or export it to ONNX"sv},
    Row{0, "\x80\x02"sv, "is a Python pickle, perhaps a PyTorch file; export it to ONNX"sv},
    Row{0, "\x89HDF"sv,
        "is an HDF5 file, which holds weights or a Keras model; give the net's prototxt, or convert it to ONNX"sv},
    Row{0, "GGUF"sv, "is a GGUF file; export the model to ONNX"sv},
    Row{4, "TFL3"sv, "is a TensorFlow Lite model; convert it to ONNX"sv},
    Row{4, "ORTM"sv, "is a model in ONNX Runtime's own format; give the .onnx file that it was made from"sv},
    Row{8, "{\""sv, "is a safetensors file, which holds weights; give the model's .onnx file"sv},
    Row{0, "\xFF\xFE"sv, "is encoded in UTF-16; save it as UTF-8"sv},
    Row{0, "\xFE\xFF"sv, "is encoded in UTF-16; save it as UTF-8"sv},
    Row{0, "<"sv, "is an HTML or XML page, not a net; download the raw file"sv},
    Row{0, "{"sv, "is JSON; a net is an ONNX model, Caffe prototxt or native text"sv},
    Row{0, "["sv, "is JSON; a net is an ONNX model, Caffe prototxt or native text"sv},
    Row{0, "ir_version:"sv, "is an ONNX model in protobuf's text form; save it in binary form"sv},
};

std::string_view sentence_of(std::string_view begin, bool binary) {
  const auto* const row = std::ranges::find_if(rows, [&](const Row& candidate) {
    return (candidate.offset == 0 || binary) && begin.size() > candidate.offset &&
           begin.substr(candidate.offset, candidate.bytes.size()) == candidate.bytes;
  });
  return row == rows.end() ? std::string_view{} : row->sentence;
}

}  // namespace

std::string_view stranger(std::string_view begin) {
  const bool binary = is_binary(begin);
  const auto sentence = sentence_of(begin, binary);
  return sentence.empty() && !binary ? sentence_of(significant(begin), binary) : sentence;
}

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

bool is_binary(std::string_view begin) {
  constexpr std::size_t looked_at = 4096;
  return std::ranges::any_of(begin.substr(0, looked_at), [](char letter) {
    const auto byte = static_cast<unsigned char>(letter);
    return byte < ' ' && (byte < '\t' || byte > '\r');
  });
}

}  // namespace ns
