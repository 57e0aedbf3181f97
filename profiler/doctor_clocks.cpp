// Which clocks move while one measures, and the commands that would fix them. Nothing here runs them.
#include "profiler/doctor.hpp"

#include <fmt/format.h>

namespace ns {
namespace {

bool is_jetson(const SystemFiles& system) {
  return system.exists("etc/nvpmodel.conf") || system.exists("etc/nv_tegra_release");
}

/// "17000000.gpu 306 MHz, at most 1020 MHz" of each GPU that scales its clock.
std::vector<std::string> moving_gpus(const SystemFiles& system) {
  constexpr double mega = 1e6;
  std::vector<std::string> gpus;
  for (const auto& folder : system.entries("sys/class/devfreq")) {
    const auto name = folder.substr(folder.rfind('/') + 1);
    const bool is_gpu = name.ends_with(".gpu") || name.ends_with(".gp10b") || name.ends_with(".gv11b") ||
                        name.starts_with("gpu-");
    const auto now = system.number(folder + "/cur_freq");
    const auto most = system.number(folder + "/max_freq");
    if (is_gpu && now && most && *now < *most)
      gpus.push_back(fmt::format("{} {:.0f} MHz, at most {:.0f} MHz", name, *now / mega, *most / mega));
  }
  return gpus;
}

}  // namespace

std::vector<Finding> examine_moving_clocks(const SystemFiles& system) {
  std::vector<Finding> findings;
  const bool jetson = is_jetson(system);
  for (auto& gpu : moving_gpus(system))
    findings.push_back(
        {"GPU clock", std::move(gpu), false,
         jetson
             ? "fix all clocks while measuring: sudo nvpmodel -q (note the mode), sudo nvpmodel -m 0, sudo "
               "jetson_clocks --store, sudo jetson_clocks; undo it with: sudo jetson_clocks --restore, sudo "
               "nvpmodel -m MODE"
             : "fix it by its devfreq governor while measuring: echo performance > governor"});
  if (findings.empty() && jetson)
    findings.push_back(
        {"board clocks", "fixed, as far as can be seen (nvpmodel -q names the power mode)", true, {}});
  if (system.exists("proc/driver/nvidia/version"))
    findings.push_back(
        {"GPU clocks", "moved by the driver unless they were fixed", false,
         "fix them while measuring: sudo nvidia-smi -pm 1, sudo nvidia-smi -lgc MHZ,MHZ (nvidia-smi -q -d "
         "SUPPORTED_CLOCKS lists what there is); undo it with: sudo nvidia-smi -rgc"});
  return findings;
}

}  // namespace ns
