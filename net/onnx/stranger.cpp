#include "net/onnx/stranger.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace ns::onnx {
namespace {

struct Row {
  std::size_t offset;
  std::string_view bytes;
  std::string_view sentence;
};

using namespace std::string_view_literals;

constexpr std::array rows{
    Row{0, "version https://git-lfs"sv,
        "is a Git LFS pointer, not the file itself; fetch it with git lfs pull"sv},
    Row{0, "\x1f\x8b"sv, "is compressed with gzip; unpack it with gunzip"sv},
    Row{0, "BZh"sv, "is compressed with bzip2; unpack it with bunzip2"sv},
    Row{0, "\xFD\x37zXZ"sv, "is compressed with xz; unpack it with unxz"sv},
    Row{0, "\x28\xB5\x2F\xFD"sv, "is compressed with zstd; unpack it with unzstd"sv},
    Row{0, "PK\x03\x04"sv, "is a zip archive, perhaps a PyTorch file; unpack it, or export it to ONNX"sv},
    Row{0, "\x80\x02"sv, "is a Python pickle, perhaps a PyTorch file; export it to ONNX"sv},
    Row{0, "\x89HDF"sv, "is an HDF5 file, perhaps a Keras model; convert it to ONNX"sv},
    Row{0, "GGUF"sv, "is a GGUF file; export the model to ONNX"sv},
    Row{4, "TFL3"sv, "is a TensorFlow Lite model; convert it to ONNX"sv},
    Row{4, "ORTM"sv, "is a model in ONNX Runtime's own format; give the .onnx file that it was made from"sv},
    Row{8, "{\""sv, "is a safetensors file, which holds weights; give the model's .onnx file"sv},
    Row{0, "\xFF\xFE"sv, "is text in UTF-16, no ONNX model"sv},
    Row{0, "\xFE\xFF"sv, "is text in UTF-16, no ONNX model"sv},
};

constexpr std::string_view blanks = " \t\r\n\f\v";

bool is_text(std::string_view begin) {
  return std::ranges::none_of(begin, [](char letter) {
    const auto byte = static_cast<unsigned char>(letter);
    return (byte < ' ' && blanks.find(letter) == std::string_view::npos) || byte == 0x7F;
  });
}

std::string_view text_sentence(std::string_view begin) {
  const auto first = begin.find_first_not_of(blanks);
  if (first == std::string_view::npos) return "holds nothing but blanks";
  const auto text = begin.substr(first);
  if (text[0] == '<') return "is an HTML or XML page; download the raw file";
  if (text[0] == '{' || text[0] == '[') return "is JSON, no ONNX model";
  constexpr std::array prototxt_words{"name:"sv, "layer"sv, "input"sv, "force_backward"sv, "#"sv};
  if (std::ranges::any_of(prototxt_words,
                          [&](std::string_view word) { return text.substr(0, word.size()) == word; }))
    return "is text, perhaps a Caffe prototxt; name it .prototxt if it is one";
  if (text.substr(0, 10) == "ir_version") return "is a model in protobuf's text form; save it in binary form";
  return "is text, no ONNX model";
}

}  // namespace

std::string_view stranger(std::string_view begin) {
  const auto* const row = std::ranges::find_if(rows, [&](const Row& candidate) {
    return begin.size() > candidate.offset &&
           begin.substr(candidate.offset, candidate.bytes.size()) == candidate.bytes;
  });
  if (row != rows.end()) return row->sentence;
  return !begin.empty() && is_text(begin) ? text_sentence(begin) : std::string_view{};
}

}  // namespace ns::onnx
