/// What every command shares: options of one shape, one place where an error becomes text and a status.
#pragma once

#include "core/error.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace ns {

inline constexpr int status_done = 0;
inline constexpr int status_partial = 1;  // done, but some rows failed or are unsettled

enum class Format { table, json, csv };

/// Options that every command has.
struct CommonOptions {
  Format format = Format::table;
  std::string output = "-";  // "-" is standard output
  bool quiet = false;
};

/// Runs a command: `define` adds its options to the parser, `run` does the work after they were parsed. Adds
/// --format,
/// --output, --quiet, --help, --version. A usage error is one sentence and status 2; an exception is
/// status 70. `description` is the one line of purpose, `footer` the examples; exit statuses are appended.
int run_command(int argc, char** argv, std::string_view description, std::string_view footer,
                CommonOptions& common, const std::function<void(CLI::App&)>& define,
                const std::function<Result<int>()>& run);

/// The result, to --output or standard output, whole or not at all.
Result<void> write_output(const CommonOptions& common, std::string_view text);

/// "ns-inspect: warning: ..." on standard error, unless --quiet.
void warn(const CommonOptions& common, std::string_view sentence);

/// Folders where named things are looked up, in order: ".", "./ns-data", then the toolkit's own data folder
/// (beside the executable: ../share/neurosurgeon when installed, data/ in a build tree), each with `kind`
/// below it for the last.
std::vector<std::string> data_folders(std::string_view kind);

/// The file that `net` names: itself if it exists (or "-"), else NET.prototxt or NET.txt in the data folders'
/// nets. io error with a suggestion if there is none.
Result<std::string> find_net(const std::string& net);

}  // namespace ns
