/// Content that is known but not yet there: bytes of our own between bytes of files, which are copied only
/// when it is written.
#pragma once

#include "net/onnx/model.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ns::onnx {

/// Whose bytes a piece of a Rope are: of a file by its number (0 is the model's own), or one of these.
using FileId = std::uint32_t;
inline constexpr FileId model_file = 0;
inline constexpr FileId own_bytes = ~FileId{0};
inline constexpr FileId zero_bytes = own_bytes - 1;

class Rope {
 public:
  struct Piece {
    FileId file = own_bytes;
    Range range;  // own_bytes: of text()
  };

  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] const std::vector<Piece>& pieces() const { return pieces_; }
  [[nodiscard]] const std::string& text() const { return text_; }

  Rope& add(std::string_view bytes);
  Rope& add(const Rope& other);
  Rope& copy(FileId file, Range range);
  Rope& zeros(std::uint64_t count) { return copy(zero_bytes, {0, count}); }

  /// Protobuf fields: of wire type 0, and of wire type 2 with content of any origin.
  Rope& integer(std::uint32_t number, std::uint64_t value);
  Rope& field(std::uint32_t number, std::string_view content);
  Rope& field(std::uint32_t number, const Rope& content);
  Rope& field(std::uint32_t number, FileId file, Range content);

 private:
  void head(std::uint32_t number, std::uint64_t size);

  std::string text_;
  std::vector<Piece> pieces_;
  std::uint64_t size_ = 0;
};

}  // namespace ns::onnx
