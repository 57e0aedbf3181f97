// Sizes of pictures in the heads of their files.
#include "net/onnx/rules/image.hpp"

#include <array>
#include <cctype>
#include <cstdint>

namespace ns::onnx {
namespace {

/// Numbers at offsets of a file, 0 behind its end.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : bytes_{bytes} {}

  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  [[nodiscard]] bool has(std::size_t offset, std::string_view text) const {
    return offset <= bytes_.size() && bytes_.substr(offset, text.size()) == text;
  }
  [[nodiscard]] std::size_t find(std::string_view text) const { return bytes_.find(text); }
  [[nodiscard]] std::int64_t at(std::size_t offset) const {
    return offset < bytes_.size() ? static_cast<unsigned char>(bytes_[offset]) : 0;
  }
  [[nodiscard]] std::int64_t big(std::size_t offset, std::size_t count) const {
    std::int64_t number = 0;
    for (std::size_t i = 0; i < count; ++i) number = number * 256 + at(offset + i);
    return number;
  }
  [[nodiscard]] std::int64_t little(std::size_t offset, std::size_t count) const {
    std::int64_t number = 0;
    for (std::size_t i = count; i-- > 0;) number = number * 256 + at(offset + i);
    return number;
  }

 private:
  std::string_view bytes_;
};

using namespace std::string_view_literals;

/// Windows bitmap: BITMAPINFOHEADER; the height is negative where rows go down.
std::optional<Picture> bitmap(const Bytes& bytes) {
  if (!bytes.has(0, "BM")) return std::nullopt;
  constexpr std::int64_t core_header = 12;
  if (bytes.little(14, 4) == core_header) return Picture{bytes.little(20, 2), bytes.little(18, 2)};
  const auto height = static_cast<std::int32_t>(static_cast<std::uint32_t>(bytes.little(22, 4)));
  return Picture{height < 0 ? -std::int64_t{height} : height, bytes.little(18, 4)};
}

/// ISO 15948: IHDR is the first chunk.
std::optional<Picture> png(const Bytes& bytes) {
  if (!bytes.has(0, "\x89PNG\r\n\x1a\n") || !bytes.has(12, "IHDR")) return std::nullopt;
  return Picture{bytes.big(20, 4), bytes.big(16, 4)};
}

/// ITU T.81: segments up to a start of frame (SOF0 to SOF15 without the tables DHT, JPG and DAC).
std::optional<Picture> jpeg(const Bytes& bytes) {
  if (!bytes.has(0, "\xff\xd8")) return std::nullopt;
  for (std::size_t offset = 2; offset + 9 < bytes.size() && bytes.at(offset) == 0xff;) {
    const auto marker = bytes.at(offset + 1);
    const bool is_frame =
        marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    if (is_frame) return Picture{bytes.big(offset + 5, 2), bytes.big(offset + 7, 2)};
    // A marker may be filled up with 0xff; restarts and TEM have no length.
    const bool alone = marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8);
    offset += marker == 0xff ? 1 : alone ? 2 : 2 + static_cast<std::size_t>(bytes.big(offset + 2, 2));
  }
  return std::nullopt;
}

/// ISO 15444-1: the image header box of JP2, else the SIZ segment of a bare codestream.
std::optional<Picture> jpeg_2000(const Bytes& bytes) {
  if (bytes.has(0, "\0\0\0\x0cjP  "sv)) {
    const auto header = bytes.find("ihdr");
    if (header == std::string_view::npos || header + 12 > bytes.size()) return std::nullopt;
    return Picture{bytes.big(header + 4, 4), bytes.big(header + 8, 4)};
  }
  if (!bytes.has(0, "\xff\x4f\xff\x51")) return std::nullopt;
  // The reference grid's size, less where the image begins on it.
  return Picture{bytes.big(12, 4) - bytes.big(20, 4), bytes.big(8, 4) - bytes.big(16, 4)};
}

/// TIFF 6.0: tags 256 (width) and 257 (height) of the first directory.
std::optional<Picture> tiff(const Bytes& bytes) {
  const bool little = bytes.has(0, "II\x2a\0"sv);
  if (!little && !bytes.has(0, "MM\0\x2a"sv)) return std::nullopt;
  const auto number = [&](std::size_t offset, std::size_t count) {
    return little ? bytes.little(offset, count) : bytes.big(offset, count);
  };
  constexpr std::int64_t width_tag = 256;
  constexpr std::int64_t height_tag = 257;
  constexpr std::int64_t short_type = 3;
  const auto directory = static_cast<std::size_t>(number(4, 4));
  Picture picture;
  for (std::int64_t entry = 0; entry < number(directory, 2); ++entry) {
    const auto offset = directory + 2 + 12 * static_cast<std::size_t>(entry);
    const auto value = number(offset + 8, number(offset + 2, 2) == short_type ? 2 : 4);
    if (number(offset, 2) == width_tag) picture.width = value;
    if (number(offset, 2) == height_tag) picture.height = value;
  }
  return picture;
}

/// RIFF with VP8 (lossy), VP8L (lossless) or VP8X (extended).
std::optional<Picture> webp(const Bytes& bytes) {
  if (!bytes.has(0, "RIFF") || !bytes.has(8, "WEBP")) return std::nullopt;
  constexpr std::int64_t fourteen_bits = 0x3fff;
  if (bytes.has(12, "VP8X")) return Picture{bytes.little(27, 3) + 1, bytes.little(24, 3) + 1};
  if (bytes.has(12, "VP8 "))
    return Picture{bytes.little(28, 2) & fourteen_bits, bytes.little(26, 2) & fourteen_bits};
  if (!bytes.has(12, "VP8L")) return std::nullopt;
  const auto bits = bytes.little(21, 4);
  return Picture{((bits >> 14) & fourteen_bits) + 1, (bits & fourteen_bits) + 1};
}

/// PBM, PGM and PPM: "P6", width, height as text, with comments between them.
std::optional<Picture> netpbm(const Bytes& bytes) {
  if (bytes.at(0) != 'P' || bytes.at(1) < '1' || bytes.at(1) > '6') return std::nullopt;
  constexpr std::int64_t most = 1 << 30;
  std::array<std::int64_t, 2> numbers{};
  std::size_t offset = 2;
  for (auto& number : numbers) {
    while (std::isspace(static_cast<int>(bytes.at(offset))) != 0 || bytes.at(offset) == '#') {
      if (bytes.at(offset) == '#')
        while (offset < bytes.size() && bytes.at(offset) != '\n') ++offset;
      ++offset;
    }
    for (; bytes.at(offset) >= '0' && bytes.at(offset) <= '9' && number < most; ++offset)
      number = number * 10 + bytes.at(offset) - '0';
  }
  return Picture{numbers[1], numbers[0]};
}

}  // namespace

std::optional<Picture> picture_of(std::string_view file) {
  constexpr std::array formats{&bitmap, &png, &jpeg, &jpeg_2000, &tiff, &webp, &netpbm};
  const Bytes bytes{file};
  for (const auto format : formats)
    if (const auto picture = format(bytes))
      return picture->height > 0 && picture->width > 0 ? picture : std::nullopt;
  return std::nullopt;
}

}  // namespace ns::onnx
