#include "profiler/gzip.hpp"

#include "core/file.hpp"

#include <algorithm>
#include <zlib.h>

namespace ns {
namespace {

constexpr int gzip_window = 15 + 16;  // zlib's notation: the largest window, gzip's header

/// An inflating stream that ends itself.
class Inflater {
 public:
  explicit Inflater(std::string& packed) {
    stream_.next_in = reinterpret_cast<Bytef*>(packed.data());
    stream_.avail_in = static_cast<uInt>(packed.size());
    ready_ = ::inflateInit2(&stream_, gzip_window) == Z_OK;
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() { ::inflateEnd(&stream_); }

  Result<std::string> unpack() {
    constexpr std::size_t step = std::size_t{1} << 16;
    std::string text;
    int status = ready_ ? Z_OK : Z_MEM_ERROR;
    while (status == Z_OK) {
      const auto used = text.size();
      text.resize(used + step);
      stream_.next_out = reinterpret_cast<Bytef*>(text.data() + used);
      stream_.avail_out = static_cast<uInt>(step);
      status = ::inflate(&stream_, Z_NO_FLUSH);
      text.resize(text.size() - stream_.avail_out);
      if (text.size() > max_text_bytes) return bad_input("unpacks to more than 64 MB");
      // Files that were compressed apart and joined are one text.
      if (status == Z_STREAM_END && stream_.avail_in > 0) status = ::inflateReset(&stream_);
    }
    if (status != Z_STREAM_END) return bad_input("the gzip data is damaged or cut off; compress it again");
    return text;
  }

 private:
  z_stream stream_{};
  bool ready_ = false;
};

}  // namespace

Result<std::string> gunzip(std::string content) {
  if (!content.starts_with("\x1f\x8b")) return content;
  return Inflater{content}.unpack();
}

}  // namespace ns
