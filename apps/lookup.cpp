// Where named things are found.
#include "apps/command.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

namespace ns {
namespace {

namespace fs = std::filesystem;

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

/// The data that came with the toolkit: beside an installed executable, else the sources'.
fs::path toolkit_data() {
  std::error_code status;
  const auto self = fs::read_symlink("/proc/self/exe", status);
  if (!status) {
    auto installed = self.parent_path().parent_path() / "share" / "neurosurgeon";
    if (is_there(installed)) return installed;
  }
  return NS_SOURCE_DATA;
}

/// What could have been meant: the nets in all folders, without their endings.
std::vector<std::string> net_names() {
  std::vector<std::string> names;
  for (const auto& folder : data_folders("nets")) {
    std::error_code status;
    for (fs::directory_iterator at{folder, status}, end; !status && at != end; at.increment(status)) {
      const auto ending = at->path().extension();
      if (ending == ".onnx" || ending == ".prototxt" || ending == ".txt")
        names.push_back(at->path().stem().string());
    }
  }
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace

std::vector<std::string> data_folders(std::string_view kind) {
  return {".", "./ns-data", (toolkit_data() / kind).string()};
}

Result<std::string> find_net(const std::string& net) {
  std::error_code ignored;
  if (net == "-" || fs::is_regular_file(net, ignored)) return net;
  const bool is_name = !net.empty() && net.find('/') == std::string::npos;
  if (is_name)
    for (const auto& folder : data_folders("nets"))
      for (const auto* ending : {".onnx", ".prototxt", ".txt"})
        if (const auto path = fs::path{folder} / (net + ending); is_there(path))
          return path.lexically_normal().string();
  if (is_there(net)) return net;  // a directory or a device: the reader says why it cannot be read
  const auto names = net_names();
  const auto stem = fs::path{net}.stem().string();
  auto hint = is_name ? suggestion(stem, names) : std::string{};
  if (hint.empty()) hint = "; name a file or one of the nets that come with the toolkit, such as alexnet";
  return failure(Errc::io, fmt::format("{}: no such file and no net of that name{}", net, hint));
}

}  // namespace ns
