#include "profiler/board/local_copy.hpp"

#include <algorithm>

namespace ns {
namespace {

/// All lines that end.
std::string_view whole_lines(std::string_view text) {
  const auto end = text.rfind('\n');
  return text.substr(0, end == std::string_view::npos ? 0 : end + 1);
}

}  // namespace

Result<LocalCopy> LocalCopy::open(const std::string& path) {
  auto file = GrowingFile::open(path);
  if (!file) return tl::unexpected{std::move(file.error())};
  LocalCopy copy{std::move(*file)};
  const auto content = copy.file_.content();
  if (!content) return tl::unexpected{content.error()};
  const auto whole = whole_lines(*content);
  if (whole.size() < content->size())
    if (auto mended = copy.file_.cut(whole.size()); !mended) return tl::unexpected{std::move(mended.error())};
  copy.count(whole);
  return copy;
}

void LocalCopy::count(std::string_view lines) {
  size_ += lines.size();
  lines_ += static_cast<std::size_t>(std::ranges::count(lines, '\n'));
  if (lines.empty()) return;
  lines.remove_suffix(1);
  last_line_ = lines.substr(lines.rfind('\n') + 1);
}

Result<void> LocalCopy::append(std::string_view bytes) {
  rest_ += bytes;
  const auto lines = whole_lines(rest_);
  count(lines);
  auto done = file_.append(lines);
  rest_.erase(0, lines.size());
  return done;
}

}  // namespace ns
