#include "apps/verify.hpp"

#include "core/json.hpp"
#include "core/shape.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fmt/format.h>
#include <string_view>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

namespace ns {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view exact_device = "reference";
constexpr double most_elsewhere = 1e-5;  // of the largest magnitude: another order of sums

/// ns-run of the same toolkit.
Result<std::string> runner() {
  std::error_code status;
  const auto self = fs::read_symlink("/proc/self/exe", status);
  const auto path = self.parent_path() / "ns-run";
  if (!status && fs::exists(path, status)) return path.string();
  return failure(Errc::unsupported,
                 fmt::format("--verify is not available: {} is not there; build or install "
                             "ns-run beside ns-partition",
                             path.string()));
}

std::vector<std::string> arguments(const std::string& program, const std::string& path,
                                   const onnx::Bindings& bindings, const ExportRequest& request,
                                   const std::string& device) {
  std::vector<std::string> list{program,    path,           "--device", device, "--input", "random",
                                "--halves", request.folder, "--format", "json", "--quiet"};
  const auto add = [&](const char* option, std::string value) {
    list.emplace_back(option);
    list.push_back(std::move(value));
  };
  for (const auto& [name, extent] : bindings.dims) add("--dim", fmt::format("{}={}", name, extent));
  for (const auto& [name, extents] : bindings.shapes)
    add("--shape", fmt::format("{}={}", name, to_string(Shape{extents})));
  for (const auto& [name, value] : bindings.values) add("--value", fmt::format("{}={}", name, value));
  if (request.weights.seed) add("--random-weights", fmt::format("{}", *request.weights.seed));
  if (!request.weights.caffemodel.empty()) add("--weights", request.weights.caffemodel);
  return list;
}

struct Finished {
  std::string out;
  std::string error;
  int status = -1;
};

std::string drained(int descriptor) {
  std::string text;
  std::array<char, 4096> part{};
  for (ssize_t count = 0; (count = ::read(descriptor, part.data(), part.size())) > 0;)
    text.append(part.data(), static_cast<std::size_t>(count));
  ::close(descriptor);
  return text;
}

/// Runs a program to its end. Its few lines of standard error fit a pipe.
Result<Finished> run_program(const std::vector<std::string>& list) {
  std::array<int, 2> out{};
  std::array<int, 2> error{};
  if (::pipe(out.data()) != 0 || ::pipe(error.data()) != 0)
    return failure(Errc::io, "--verify: no pipe to be had");
  const auto child = ::fork();
  if (child < 0) return failure(Errc::io, "--verify: no process to be had");
  if (child == 0) {
    ::dup2(out[1], STDOUT_FILENO);
    ::dup2(error[1], STDERR_FILENO);
    for (const auto descriptor : {out[0], out[1], error[0], error[1]}) ::close(descriptor);
    std::vector<char*> pointers;
    for (const auto& argument : list) pointers.push_back(const_cast<char*>(argument.c_str()));
    pointers.push_back(nullptr);
    ::execv(pointers.front(), pointers.data());
    ::_exit(127);
  }
  ::close(out[1]);
  ::close(error[1]);
  Finished finished;
  finished.out = drained(out[0]);
  finished.error = drained(error[0]);
  ::waitpid(child, &finished.status, 0);
  return finished;
}

/// bad_input for an output that is nowhere a finite number, on either side: nothing was compared then.
Result<void> check_finite(const JsonValue& output) {
  const auto name = output.text("name");
  const auto shape = output.elements("shape");
  const auto not_finite = output.number("not_finite");
  if (!name || !shape || !not_finite)
    return bad_input("ns-run: its report has no outputs as ns-partition knows them");
  double count = 1.0;
  for (const auto& extent : *shape) count *= extent.number().value_or(0.0);
  if (count == 0.0 || *not_finite < count) return {};
  return bad_input(fmt::format(
      "no element of output '{}' is a finite number on random inputs, so that nothing was compared; "
      "compare by ns-run --halves with --input of real ones",
      *name));
}

/// The largest difference of all outputs.
Result<double> largest_difference(const std::string& text) {
  const auto document = JsonDocument::parse(text, "ns-run");
  if (!document) return tl::unexpected{document.error()};
  const auto outputs = document->root().elements("outputs");
  if (!outputs) return tl::unexpected{outputs.error()};
  double largest = 0.0;
  for (const auto& output : *outputs) {
    if (auto compared = check_finite(output); !compared) return tl::unexpected{compared.error()};
    const auto difference = output.number("difference");
    if (!difference) return tl::unexpected{difference.error()};
    largest = std::max(largest, *difference);
  }
  return largest;
}

}  // namespace

Result<void> verify_halves(const std::string& path, const onnx::Bindings& bindings,
                           const ExportRequest& request, const CommonOptions& common) {
  const auto program = runner();
  if (!program) return tl::unexpected{program.error()};
  for (const auto& device : request.verify) {
    const auto finished = run_program(arguments(*program, path, bindings, request, device));
    if (!finished) return tl::unexpected{finished.error()};
    const bool ended = WIFEXITED(finished->status) && WEXITSTATUS(finished->status) == 0;
    if (!ended)
      return failure(Errc::unsupported, fmt::format("--verify on {}: {}", device, trim(finished->error)));
    const auto difference = largest_difference(finished->out);
    if (!difference)
      return failure(difference.error().code,
                     fmt::format("--verify on {}: {}", device, difference.error().message));
    const bool exact = device == exact_device;
    if (!(*difference <= (exact ? 0.0 : most_elsewhere)))
      return bad_input(
          fmt::format("--verify on {}: the halves differ from the whole by {:.1e} of the largest "
                      "magnitude; at most {} is right",
                      device, *difference, exact ? "nothing" : fmt::format("{:g}", most_elsewhere)));
    inform(common,
           *difference == 0.0
               ? fmt::format("verified on {}: the halves are the whole bit for bit", device)
               : fmt::format("verified on {}: the halves differ from the whole by {:.1e} of the largest "
                             "magnitude",
                             device, *difference));
  }
  return {};
}

}  // namespace ns
