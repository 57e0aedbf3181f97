#include "core/text.hpp"
#include "kernels/backend.hpp"
#include "kernels/fake/fake.hpp"
#include "kernels/onednn/onednn.hpp"
#include "kernels/plugin.hpp"
#include "kernels/reference/reference.hpp"

#include <array>
#include <fmt/format.h>

namespace ns {

std::span<const BackendEntry> backends() {
  static constexpr std::array table{
      BackendEntry{"reference", "", &open_reference},
#ifdef NS_ONEDNN
      BackendEntry{"onednn", "", &open_onednn},
#else
      BackendEntry{"onednn", "not built: configure with -DNS_ONEDNN=ON where oneDNN is, or use reference",
                   nullptr},
#endif
#ifdef NS_CUDA_SONAMES
      BackendEntry{"cudnn", "", &open_cudnn},
#else
      BackendEntry{"cudnn", "not built: configure with -DNS_CUDA=ON where CUDA and cuDNN are, or use onednn",
                   nullptr},
#endif
      BackendEntry{"fake", "", &open_fake},
  };
  return table;
}

Result<std::unique_ptr<Backend>> open_backend(std::string_view settings) {
  const auto colon = settings.find(':');
  const std::string_view name = settings.substr(0, colon);
  std::vector<std::string> names;
  for (const BackendEntry& entry : backends()) {
    names.emplace_back(entry.name);
    if (entry.name != name) continue;
    if (entry.open == nullptr) return failure(Errc::no_device, fmt::format("{}: {}", name, entry.remedy));
    return entry.open(colon == std::string_view::npos ? std::string_view{} : settings.substr(colon + 1));
  }
  return failure(Errc::usage, fmt::format("unknown backend '{}'; it is {}{}", name, list_of(names),
                                          suggestion(name, names)));
}

}  // namespace ns
