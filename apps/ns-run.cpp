// ns-run: runs a whole net on one device and writes its outputs under their names.
#include "apps/command.hpp"
#include "apps/given_weights.hpp"
#include "apps/net_options.hpp"
#include "apps/run_halves.hpp"
#include "apps/run_inputs.hpp"
#include "apps/run_report.hpp"
#include "core/statistics.hpp"
#include "net/reader.hpp"
#include "partition/device.hpp"
#include "runtime/executor.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace {

using namespace ns;

constexpr std::int64_t most_repeats = 1'000'000;

struct Options {
  std::string net;
  onnx::Bindings bindings;
  std::string device;
  std::vector<std::string> inputs{"random"};
  std::uint64_t seed = 1;
  std::int64_t repeat = 1;
  std::optional<double> tolerance;
  std::string halves;  // a folder of head.onnx and tail.onnx
  WeightsRequest weights;
};

/// What arrays are from, in messages.
std::string sources_of(const Options& options) { return fmt::format("{}", fmt::join(options.inputs, ", ")); }

/// The net's file and what is made ready of it; the file outlives the executor.
struct Prepared {
  std::unique_ptr<onnx::ModelFile> model;
  std::unique_ptr<Executor> executor;
};

Result<Prepared> prepare(const Options& options, Backend& backend) {
  const auto path = find_net(options.net);
  if (!path) return tl::unexpected{path.error()};
  auto file = read_net_file(*path, options.bindings);
  if (!file) return tl::unexpected{std::move(file.error())};
  Prepared prepared;
  if (auto* const model = std::get_if<onnx::ModelFile>(&*file)) {
    if (auto none = check_none_given(options.weights, *path); !none)
      return tl::unexpected{std::move(none.error())};
    prepared.model = std::make_unique<onnx::ModelFile>(std::move(*model));
    auto executor = Executor::prepare(*prepared.model, backend);
    if (!executor) return tl::unexpected{std::move(executor.error())};
    prepared.executor = std::move(*executor);
    return prepared;
  }
  const auto& net = std::get<Net>(*file);
  const auto weights = given_weights(net, options.weights, "running it needs");
  if (!weights) return tl::unexpected{weights.error()};
  auto executor = Executor::prepare(net, **weights, backend);
  if (!executor) return tl::unexpected{std::move(executor.error())};
  prepared.executor = std::move(*executor);
  return prepared;
}

using Clock = std::chrono::steady_clock;

/// Most memory that this process has had: Linux counts in units of 1024 bytes. Not getrusage(), which counts
/// what the process that started it had.
Bytes peak_memory() {
  std::ifstream status{"/proc/self/status"};
  for (std::string word; status >> word;)
    if (word == "VmHWM:") {
      double kibibytes = 0.0;
      status >> kibibytes;
      return Bytes{1024.0 * kibibytes};
    }
  return {};
}

Result<std::vector<NamedDatum>> run_all(Executor& executor, const RunArrays& arrays, const Options& options,
                                        RunResult& result) {
  std::vector<NamedDatum> inputs;
  for (const auto& [name, array] : arrays.inputs) inputs.push_back({name, array});
  std::vector<double> times;
  Result<std::vector<NamedDatum>> outputs;
  for (std::int64_t i = 0; i < options.repeat; ++i) {
    const auto begin = Clock::now();
    outputs = executor.run(inputs);
    if (!outputs) {
      const bool is_of_arrays = outputs.error().code == Errc::usage;
      return failure_within(std::move(outputs), is_of_arrays ? sources_of(options) : executor.net().file);
    }
    times.push_back(Seconds{Clock::now() - begin}.count());
  }
  result.time = Seconds{median(times)};
  result.runs = times.size();
  return outputs;
}

RunOutput described(const NamedDatum& output, const std::vector<NamedArray>& expected) {
  RunOutput made{output.name, output.datum.array, {}, {}};
  if (output.datum.kind != onnx::Kind::tensor) {
    made.note = fmt::format("{} of {}", output.datum.kind == onnx::Kind::sequence ? "sequence" : "optional",
                            output.datum.elements.size());
    return made;
  }
  const auto found = std::ranges::find(expected, made.name, &NamedArray::name);
  if (found != expected.end()) made.difference = relative_difference(made.array, found->array);
  return made;
}

std::vector<RunOutput> all_described(const std::vector<NamedDatum>& outputs,
                                     const std::vector<NamedArray>& expected) {
  std::vector<RunOutput> made;
  for (const auto& output : outputs) made.push_back(described(output, expected));
  return made;
}

/// What the halves make takes the place of the outputs, and the whole's outputs are what is expected.
Result<void> take_halves(const Options& options, const RunArrays& arrays, Backend& backend,
                         std::vector<NamedDatum>& outputs, std::vector<NamedArray>& expected) {
  std::vector<NamedDatum> inputs;
  for (const auto& [name, array] : arrays.inputs) inputs.push_back({name, array});
  const auto made = run_halves(options.halves, inputs, options.bindings, backend);
  if (!made) return tl::unexpected{made.error()};
  expected.clear();
  for (auto& output : outputs) {
    const auto found = std::ranges::find(*made, output.name, &NamedDatum::name);
    if (found == made->end())
      return bad_input(
          fmt::format("{}: neither half makes '{}', which the whole does", options.halves, output.name));
    expected.push_back({output.name, std::move(output.datum.array)});
    output.datum = found->datum;
  }
  return {};
}

/// Outputs that were expected and did not come, or not in this shape, are errors: nothing was compared then.
/// `whose`: "", or, where halves are run too, "the whole's " or "the halves' ".
Result<int> judge(const std::vector<RunOutput>& outputs, const std::vector<NamedArray>& expected,
                  std::string_view whose, const Options& options, const CommonOptions& common) {
  int status = status_done;
  for (const auto& [name, array] : expected) {
    const auto found = std::ranges::find(outputs, name, &RunOutput::name);
    if (found == outputs.end())
      return failure(Errc::bad_input, fmt::format("{}: expects an output '{}' that the net has not",
                                                  sources_of(options), name));
    if (!found->difference)
      return failure(Errc::bad_input,
                     fmt::format("{}: expects output '{}' as {}, but it is {}", sources_of(options), name,
                                 to_string(array.shape), to_string(found->array.shape)));
    if (!options.tolerance || *found->difference <= *options.tolerance) continue;
    status = status_partial;
    warn(common,
         fmt::format("{}output '{}' differs by {:.1e} of the largest magnitude expected, more than {:.1e}",
                     whose, name, *found->difference, *options.tolerance));
  }
  return status;
}

/// Two that are nowhere a number are equal, which says nothing.
void warn_of_nothing(const std::vector<RunOutput>& outputs, const Options& options,
                     const CommonOptions& common) {
  for (const auto& output : outputs) {
    const auto& values = output.array.values;
    if (values.empty() || std::ranges::any_of(values, [](double value) { return std::isfinite(value); }))
      continue;
    warn(common, fmt::format("no element of output '{}' is a finite number{}", output.name,
                             options.inputs.front() == "random"
                                 ? "; random inputs may mean nothing to this net, give it others with --input"
                                 : ""));
  }
}

/// The outputs must not go where something is read from, nor look like a report.
Result<void> check_output_file(const Options& options, const std::string& output) {
  if (output == "-") return {};
  if (!output.ends_with(".npz") && !output.ends_with(".npy"))
    return failure(
        Errc::usage,
        fmt::format(
            "--output: {}: outputs are arrays; name a .npz or .npy file. The report goes to standard output",
            output));
  const auto net = find_net(options.net);
  auto files = options.inputs;
  files.insert(files.end(), {net ? *net : std::string{}, options.weights.caffemodel});
  for (const auto& read : files) {
    std::error_code none;
    if (!read.empty() && std::filesystem::equivalent(read, output, none))
      return failure(Errc::usage, fmt::format("--output: {} is read too; name another file", output));
  }
  return {};
}

/// What would come to light only after the run.
Result<void> check_request(const Options& options, const CommonOptions& common, const Executor& executor,
                           const RunArrays& arrays) {
  if (options.tolerance && arrays.expected.empty() && options.halves.empty())
    return failure(Errc::usage,
                   "--tolerance: there is nothing to compare with; give --input a .npz with arrays in:NAME "
                   "and out:NAME");
  const auto outputs = executor.output_names();
  if (common.output.ends_with(".npy") && outputs.size() > 1)
    return failure(Errc::usage,
                   fmt::format("{}: a .npy file holds one array, but the net has {} outputs, {}; "
                               "name a .npz file",
                               common.output, outputs.size(), fmt::join(outputs, ", ")));
  return {};
}

Result<void> write_arrays_of(const RunResult& result, const std::string& path) {
  std::vector<NamedArray> arrays;
  for (const auto& output : result.outputs)
    if (output.note.empty()) arrays.push_back({output.name, output.array});
  return write_arrays(path, arrays);
}

Result<int> run(const Options& options, CommonOptions common) {
  if (options.repeat < 1 || options.repeat > most_repeats)
    return failure(Errc::usage, fmt::format("--repeat must be between 1 and {}", most_repeats));
  if (options.tolerance && !(*options.tolerance >= 0.0))
    return failure(Errc::usage, "--tolerance must be at least 0");
  if (auto free = check_output_file(options, common.output); !free)
    return tl::unexpected{std::move(free.error())};
  const auto device = find_device(options.device, data_folders("devices"));
  if (!device) return tl::unexpected{device.error()};
  if (device->backend.empty())
    return failure(Errc::usage, fmt::format("device {} has costs but no backend, so nothing can be run on it",
                                            device->name));
  auto backend = open_backend(device->backend);
  if (!backend) return tl::unexpected{std::move(backend.error())};
  for (const auto& sentence : (*backend)->warnings()) warn(common, sentence);
  if (device->time_scale != 1.0)
    warn(common, fmt::format("{} is scaled: this machine runs the net as {}, and the time is this machine's",
                             device->name, device->backend));
  RunResult result;
  const auto begin = Clock::now();
  auto prepared = prepare(options, **backend);
  if (!prepared) return tl::unexpected{std::move(prepared.error())};
  result.prepare = Clock::now() - begin;
  auto& executor = *prepared->executor;
  warn_all(common, executor.net().warnings);
  auto arrays = run_arrays(executor.net(), options.inputs, options.seed);
  if (!arrays) return tl::unexpected{arrays.error()};
  if (auto checked = check_request(options, common, executor, *arrays); !checked)
    return tl::unexpected{std::move(checked.error())};
  auto outputs = run_all(executor, *arrays, options, result);
  if (!outputs) return tl::unexpected{std::move(outputs.error())};
  int status = status_done;
  if (!arrays->expected.empty()) result.compared_with = sources_of(options);
  if (!options.halves.empty()) {
    auto whole =
        judge(all_described(*outputs, arrays->expected), arrays->expected, "the whole's ", options, common);
    if (!whole) return whole;
    status = *whole;
    if (auto taken = take_halves(options, *arrays, **backend, *outputs, arrays->expected); !taken)
      return tl::unexpected{std::move(taken.error())};
    result.compared_with = "the whole";
  }
  result.net = executor.net().name;
  result.device = device->name;
  result.description = (*backend)->description();
  result.planned = executor.planned_layers();
  result.interpreted = executor.interpreted();
  result.weights = executor.weight_bytes();
  result.activations = executor.activation_bytes();
  result.peak = peak_memory();
  result.outputs = all_described(*outputs, arrays->expected);
  warn_of_nothing(result.outputs, options, common);
  const auto path = std::exchange(common.output, "-");
  if (path != "-")
    if (auto written = write_arrays_of(result, path); !written)
      return tl::unexpected{std::move(written.error())};
  if (auto printed = write_output(common, run_text(result, common.format)); !printed)
    return tl::unexpected{std::move(printed.error())};
  const auto judged =
      judge(result.outputs, arrays->expected, options.halves.empty() ? "" : "the halves' ", options, common);
  return judged ? std::max(status, *judged) : judged;
}

void define(CLI::App& app, Options& options) {
  app.add_option("NET", options.net, "a net's file, or the name of one that comes along")->required();
  add_net_options(app, options.bindings);
  app.add_option("--weights", options.weights.caffemodel, "the .caffemodel of a Caffe or native net")
      ->type_name("FILE")
      ->group("Net");
  app.add_option("--random-weights", options.weights.seed, "or random weights, the same for the same number")
      ->check(CLI::Validator{check_seed, ""})
      ->type_name("SEED")
      ->group("Net");
  app.add_option(
         "--device", options.device,
         "a device's name or file, or BACKEND:SETTINGS, such as onednn:threads=1; reference is plain loops")
      ->required()
      ->type_name("X")
      ->group("Run");
  app.add_option(
         "--input", options.inputs,
         "arrays named like the inputs (in:NAME and, to be compared with, out:NAME are understood), or "
         "random; may be repeated")
      ->allow_extra_args(false)
      ->type_name("FILE.npz|FILE.npy|random")
      ->capture_default_str()
      ->group("Run");
  app.add_option("--seed", options.seed, "of random inputs")
      ->check(CLI::Validator{check_seed, ""})
      ->type_name("N")
      ->capture_default_str()
      ->group("Run");
  app.add_option("--repeat", options.repeat, "how often it is run; the time is the median")
      ->type_name("N")
      ->capture_default_str()
      ->group("Run");
  app.add_option(
         "--halves", options.halves,
         "run head.onnx and tail.onnx of this folder, too, and hold what they make, which is then the "
         "result, against the whole")
      ->type_name("DIR")
      ->group("Run");
  app.add_option("--tolerance", options.tolerance,
                 "ends with 1 if an output differs by more than this share of the largest magnitude expected")
      ->type_name("X")
      ->group("Run");
}

}  // namespace

int main(int argc, char** argv) {
  CommonOptions common;
  common.output_help = "file of the outputs, .npz, or .npy for a single one; - writes none";
  Options options;
  return run_command(
      argc, argv, "runs a whole net on one device; --output writes its outputs into a .npz file",
      "ns-run model.onnx --device server --input x.npz --output y.npz\n"
      "ns-run alexnet --random-weights 1 --device core-sse41 --repeat 10",
      common, [&](CLI::App& app) { define(app, options); }, [&] { return run(options, common); });
}
