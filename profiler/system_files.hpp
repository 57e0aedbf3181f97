/// What Linux tells about the machine in /proc and /sys; below another root folder in tests.
#pragma once

#include "core/error.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ns {

/// Whether a file can be read: failing is what a sensor's driver says when the sensor does not answer.
enum class Access { readable, absent, denied, failing };

class SystemFiles {
 public:
  explicit SystemFiles(std::filesystem::path root = "/") : root_{std::move(root)} {}
  /// Those that the option --sysfs-root names; usage error where there is no such folder.
  static Result<SystemFiles> below(const std::string& sysfs_root);

  /// The trimmed content of "proc/loadavg", or nothing if it cannot be read.
  [[nodiscard]] std::optional<std::string> read(std::string_view path) const;
  [[nodiscard]] std::optional<double> number(std::string_view path) const;
  [[nodiscard]] bool exists(std::string_view path) const;
  /// Whether `path` can be read, by reading it; an empty file is one that fails.
  [[nodiscard]] Access access(std::string_view path) const;
  /// Entries of a folder, sorted; "sys/class/powercap" yields "sys/class/powercap/intel-rapl:0", ...
  [[nodiscard]] std::vector<std::string> entries(std::string_view folder) const;
  /// The value behind "name : value" or "name=value" on the first line with that name.
  [[nodiscard]] std::optional<std::string> field(std::string_view path, std::string_view name) const;

  /// Where `path` lies, for a sentence or a call of the system.
  [[nodiscard]] std::string place(std::string_view path) const { return (root_ / path).string(); }
  /// Whether these are the files of another machine, or of none.
  [[nodiscard]] bool is_elsewhere() const { return root_ != "/"; }

 private:
  std::filesystem::path root_;
};

}  // namespace ns
