/// What every command shares: options of one shape, one place where an error becomes text and a status.
#pragma once

#include "core/error.hpp"

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming): the library's name
class App;
}

namespace ns {

inline constexpr int status_done = 0;
inline constexpr int status_partial = 1;  // done, but some rows failed or are unsettled
inline constexpr int status_interrupted = 130;

enum class Format { table, json, csv };

/// Options that every command has.
struct CommonOptions {
  Format format = Format::table;
  std::string output = "-";  // "-" is standard output
  bool quiet = false;
  std::string command;  // the program's own name, set by run_command
  std::string output_help = "where the result goes; - is standard output";
};

/// Of --allow-missing, wherever costs are predicted.
inline constexpr const char* allow_missing_help =
    "count the least that they can take for layers of a type that the predictor lacks, instead of failing; "
    "operators of no layer type count so anyhow";

/// Runs a command: `define` adds its options to the parser, `run` does the work after they were parsed. Adds
/// --format, --output, --quiet, --help and --version. A usage error is one sentence and status 2, an Error
/// one sentence and its status, an exception status 70.
///
/// --help shows `description` (the one line of purpose), the options in their groups, `footer` (two example
/// lines) and the exit statuses. Options of `define` stand in the group that Option::group names; their
/// description carries the unit, type_name how a value looks (INPUT=4), capture_default_str() the default.
///
/// A validator (Option::check) that refuses a value returns what is wrong and the remedy; the option's name
/// is put before it.
int run_command(int argc, char** argv, std::string_view description, std::string_view footer,
                CommonOptions& common, const std::function<void(CLI::App&)>& define,
                const std::function<Result<int>()>& run);

/// The result, to --output or standard output, whole or not at all. A reader that closed the pipe has enough:
/// that is no error.
Result<void> write_output(const CommonOptions& common, std::string_view text);

/// "ns-inspect: ..." on standard error, unless --quiet.
void inform(const CommonOptions& common, std::string_view sentence);

/// "ns-inspect: warning: ..." on standard error, unless --quiet.
void warn(const CommonOptions& common, std::string_view sentence);
/// The same of several, at most 5: a large model may be warned of hundreds of times for one reason, and JSON
/// holds them all.
void warn_all(const CommonOptions& common, std::span<const std::string> sentences);

/// Folders where things of `kind` ("nets", "devices", "links", "sweeps") are looked up by name, in order:
/// ".",
/// "./ns-data", then `kind` in the toolkit's own data (beside the executable: ../share/neurosurgeon when
/// installed, data/ of the sources in a build tree).
std::vector<std::string> data_folders(std::string_view kind);

/// The file that `net` names: itself if it exists (or "-"), else NET.prototxt or NET.txt in the data folders'
/// nets. io error with a suggestion if there is none.
Result<std::string> find_net(const std::string& net);

}  // namespace ns
