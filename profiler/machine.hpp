/// The machine that a profile describes: its fingerprint, and what of its state spoils numbers.
#pragma once

#include "profiler/profile.hpp"
#include "profiler/system_files.hpp"

#include <optional>
#include <string>
#include <vector>

namespace ns {

/// `library` is Backend::description(), `gpu` Backend::gpu(). What the system does not tell is an empty text.
Fingerprint fingerprint(const SystemFiles& system, const std::string& library,
                        std::optional<GpuFacts> gpu = std::nullopt);

/// Sentences about what spoils numbers on this machine at this moment, each with its remedy: a power-saving
/// governor, other load, a toolkit built without optimisation, several threads on a shared machine.
std::vector<std::string> measuring_warnings(const SystemFiles& system, const std::string& backend_settings);

/// The first processor's clock right now, as the system tells it.
std::optional<double> clock_megahertz(const SystemFiles& system);

/// "2026-11-25T03:35:15Z".
std::string utc_now();

}  // namespace ns
