#include "profiler/system_files.hpp"

#include "core/file.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fmt/format.h>
#include <memory>

namespace ns {

namespace fs = std::filesystem;

Result<SystemFiles> SystemFiles::below(const std::string& sysfs_root) {
  std::error_code status;
  if (!fs::is_directory(sysfs_root, status))
    return failure(
        Errc::usage,
        fmt::format("--sysfs-root {}: no such folder; name one that holds proc and sys", sysfs_root));
  return SystemFiles{sysfs_root};
}

std::optional<std::string> SystemFiles::read(std::string_view path) const {
  auto content = read_file((root_ / path).string());
  if (!content) return std::nullopt;
  // Firmware strings (proc/device-tree) end with a NUL.
  while (!content->empty() && content->back() == '\0') content->pop_back();
  return std::string{trim(*content)};
}

std::optional<double> SystemFiles::number(std::string_view path) const {
  const auto text = read(path);
  return text ? parse_number(*text) : std::nullopt;
}

bool SystemFiles::exists(std::string_view path) const {
  std::error_code ignored;
  return fs::exists(root_ / path, ignored);
}

Access SystemFiles::access(std::string_view path) const {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::fopen(place(path).c_str(), "re"),
                                                             &std::fclose};
  if (!file) return errno == EACCES || errno == EPERM ? Access::denied : Access::absent;
  errno = 0;
  if (std::fgetc(file.get()) != EOF) return Access::readable;
  return errno == EACCES || errno == EPERM ? Access::denied : Access::failing;
}

std::vector<std::string> SystemFiles::entries(std::string_view folder) const {
  std::vector<std::string> names;
  std::error_code status;
  for (fs::directory_iterator at{root_ / folder, status}, end; !status && at != end; at.increment(status))
    names.push_back((fs::path{folder} / at->path().filename()).string());
  std::ranges::sort(names);
  return names;
}

std::optional<std::string> SystemFiles::field(std::string_view path, std::string_view name) const {
  const auto content = read(path);
  if (!content) return std::nullopt;
  for (const auto line : split(*content, '\n')) {
    const auto separator = line.find_first_of(":=");
    if (separator != std::string_view::npos && trim(line.substr(0, separator)) == name)
      return std::string{trim(line.substr(separator + 1))};
  }
  return std::nullopt;
}

}  // namespace ns
