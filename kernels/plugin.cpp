#include "kernels/plugin.hpp"

#include "core/text.hpp"
#include "kernels/cudnn/entry.hpp"

#include <algorithm>
#include <cstdlib>
#include <dlfcn.h>
#include <filesystem>
#include <fmt/format.h>

namespace ns {
namespace {

namespace fs = std::filesystem;

constexpr const char* plugin_name = "ns_cudnn.so";

/// What the loader has just said.
std::string loader_error() {
  const char* const text = dlerror();
  return text == nullptr ? "the loader does not say why" : text;
}

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// Beside the folder of the program, built or installed.
Result<fs::path> find_plugin() {
  std::error_code failed;
  const fs::path program = fs::read_symlink("/proc/self/exe", failed);
  if (failed) return failure(Errc::no_device, "cudnn: this program cannot find its own folder in /proc");
  fs::path plugin = program.parent_path().parent_path() / "lib" / plugin_name;
  if (is_there(plugin)) return plugin;
  return failure(Errc::no_device,
                 fmt::format("cudnn: the plug-in {} is not there; install it beside the program's folder, or "
                             "use onednn",
                             plugin.string()));
}

/// Packages of a Python environment are in PREFIX/lib/python3.N/site-packages, Debian's in dist-packages.
void append_python_folders(const fs::path& prefix, std::vector<fs::path>& folders) {
  std::error_code ignored;
  std::vector<fs::path> versions;
  for (const auto& entry : fs::directory_iterator{prefix / "lib", ignored})
    if (entry.path().filename().string().starts_with("python3")) versions.push_back(entry.path());
  std::sort(versions.begin(), versions.end());
  for (const fs::path& version : versions) {
    for (const char* const kind : {"site-packages", "dist-packages"}) {
      for (const char* const package : {"cu13", "cublas", "cudnn"}) {
        fs::path folder = version / kind / "nvidia" / package / "lib";
        if (is_there(folder)) folders.push_back(std::move(folder));
      }
    }
  }
}

/// Where CUDA's libraries may be that the loader does not find by itself.
std::vector<fs::path> library_folders() {
  std::vector<fs::path> folders;
  if (const std::string root = variable("NS_CUDA_ROOT"); !root.empty()) {
    folders.push_back(fs::path{root} / "lib");
    folders.push_back(fs::path{root} / "lib64");
  }
  for (const char* const name : {"VIRTUAL_ENV", "CONDA_PREFIX"})
    if (const std::string prefix = variable(name); !prefix.empty()) append_python_folders(prefix, folders);
  if (const std::string home = variable("HOME"); !home.empty())
    append_python_folders(fs::path{home} / ".local", folders);
  append_python_folders("/usr/local", folders);
  append_python_folders("/usr", folders);
  return folders;
}

/// Loads a library so that the plug-in, which asks for it by this name, gets it.
bool load_library(const std::string& name, const std::vector<fs::path>& folders) {
  if (dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL) != nullptr) return true;
  for (const fs::path& folder : folders) {
    const fs::path path = folder / name;
    if (is_there(path) && dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL) != nullptr) return true;
  }
  return false;
}

Result<void> load_libraries() {
  const auto folders = library_folders();
  for (const std::string_view name : split(NS_CUDA_SONAMES, ' ')) {
    if (load_library(std::string{name}, folders)) continue;
    return failure(
        Errc::no_device,
        fmt::format("cudnn: CUDA libraries not found: {}; install cuBLAS and cuDNN of these versions "
                    "({}), set NS_CUDA_ROOT to their folder, or activate a Python environment that "
                    "has them",
                    name, NS_CUDA_SONAMES));
  }
  return {};
}

Result<void> load_driver() {
  if (dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL) != nullptr) return {};
  return failure(Errc::no_device,
                 fmt::format("cudnn: no NVIDIA driver: {}; install one, or in a container pass the GPU on "
                             "(--gpus all)",
                             loader_error()));
}

Result<cudnn::Entry> load_entry(const fs::path& plugin) {
  void* const handle = dlopen(plugin.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    const std::string why = loader_error();
    const bool lacks_call = why.find("undefined symbol: cu") != std::string::npos;
    return failure(Errc::no_device,
                   lacks_call
                       ? fmt::format("cudnn: driver or libraries are older than the plug-in: {}; update "
                                     "them",
                                     why)
                       : fmt::format("cudnn: the plug-in cannot be opened: {}", why));
  }
  auto* const entry = reinterpret_cast<cudnn::Entry>(dlsym(handle, cudnn::entry_name));
  if (entry != nullptr) return entry;
  return failure(Errc::no_device, fmt::format("cudnn: {} is no plug-in of this program", plugin.string()));
}

Result<cudnn::Entry> load() {
  const auto plugin = find_plugin();
  if (!plugin) return tl::unexpected{plugin.error()};
  if (auto loaded = load_driver(); !loaded) return tl::unexpected{std::move(loaded.error())};
  if (auto loaded = load_libraries(); !loaded) return tl::unexpected{std::move(loaded.error())};
  return load_entry(*plugin);
}

}  // namespace

Result<std::unique_ptr<Backend>> open_cudnn(std::string_view settings) {
  static const Result<cudnn::Entry> entry = load();
  if (!entry) return tl::unexpected{entry.error()};
  cudnn::OpenRequest request;
  request.version = NS_VERSION;
  request.settings = settings;
  (*entry)(request);
  return std::move(request.opened);
}

}  // namespace ns
