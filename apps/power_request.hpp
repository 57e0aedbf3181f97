/// Which meters ns-profile was asked for, opened.
#pragma once

#include "core/error.hpp"
#include "profiler/power_pass.hpp"
#include "profiler/system_files.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// The meters that `names` (each a list as split_meters() takes it) stand for, of the machine whose files
/// these are, on the device of `backend`; without names the first that is there: a GPU's own for cudnn,
/// else the board's, the processor's, the battery's. no_device saying of each why not, if none is.
Result<std::vector<std::unique_ptr<Meter>>> open_meters(const std::vector<std::string>& names,
                                                        std::string_view backend, const SystemFiles& files);

}  // namespace ns
