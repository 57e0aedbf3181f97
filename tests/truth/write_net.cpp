// Writes nets as ONNX with what the reference backend computes of them, for tests/truth/write_nets.py to hold
// against ONNX Runtime:
//   write_net net NET FOLDER seed=N|weights=FILE run|apart|skip CUT...
//     whole.onnx, head-CUT.onnx and tail-CUT.onnx; run: the values of the net's inputs, and of the outputs of
//     all models, as whole-in-0.bin, whole-out-0.bin, ...; apart: the same with weights in files of their own
//   write_net layers TYPE COUNT FOLDER
//     for seed 1 to COUNT a random layer, SEED.onnx, and its values
#include "../differential/generate.hpp"
#include "kernels/reference/reference.hpp"
#include "net/caffemodel/match.hpp"
#include "net/onnx_writer/onnx_writer.hpp"
#include "net/reader.hpp"

#include <charconv>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <numeric>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace ns {
namespace {

using Path = std::filesystem::path;

std::uint64_t number(std::string_view text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

void write_values(const Path& path, const std::vector<float>& values) {
  std::ofstream{path, std::ios::binary}.write(reinterpret_cast<const char*>(values.data()),
                                              static_cast<std::streamsize>(values.size() * sizeof(float)));
}

std::vector<float> random_values(std::int64_t count, std::uint64_t seed) {
  Random random{seed};
  std::vector<float> values(static_cast<std::size_t>(count));
  for (float& value : values) value = static_cast<float>(random.real(-3.0, 3.0));
  return values;
}

Result<void> write_run(const Net& net, const Weights& weights, std::uint64_t seed, const Path& folder,
                       const std::string& name) {
  const auto backend = open_reference("");
  if (!backend) return tl::unexpected{backend.error()};
  auto plan = (*backend)->prepare(net, group(net, FusionRules{}), weights, false);
  if (!plan) return tl::unexpected{std::move(plan.error())};
  for (std::size_t i = 0; i < net.inputs.size(); ++i) {
    const auto values = random_values(net.tensors[net.inputs[i]].type.shape.elements(), seed + i);
    (*plan)->write_input(i, values);
    write_values(folder / (name + "-in-" + std::to_string(i) + ".bin"), values);
  }
  (*plan)->run();
  for (std::size_t i = 0; i < net.outputs.size(); ++i) {
    write_values(folder / (name + "-out-" + std::to_string(i) + ".bin"), (*plan)->read_output(i));
    std::printf("out %zu %s\n", i, net.tensors[net.outputs[i]].name.c_str());
  }
  return {};
}

Result<void> write_part(const Net& net, LayerId first, LayerId last, const Weights& weights, const Path& path,
                        bool is_apart, std::set<std::string>* outputs = nullptr) {
  std::vector<LayerId> part(last - first);
  std::iota(part.begin(), part.end(), first);
  const auto written = onnx_writer::write_onnx(
      net, part, weights, path,
      {.max_inline_bytes = is_apart ? 0 : onnx_writer::WriteOptions{}.max_inline_bytes});
  if (!written) return tl::unexpected{written.error()};
  if (outputs != nullptr) outputs->insert(written->outputs.begin(), written->outputs.end());
  std::printf("%s %lld %lld\n", path.filename().c_str(), static_cast<long long>(written->parameters),
              static_cast<long long>(written->constants));
  return {};
}

Result<std::unique_ptr<Weights>> open_weights(std::string_view text, const Net& net) {
  if (text.substr(0, 5) == "seed=") return std::make_unique<RandomWeights>(number(text.substr(5)));
  auto model = caffemodel::read_caffemodel(std::string{text.substr(text.find('=') + 1)});
  if (!model) return tl::unexpected{std::move(model.error())};
  auto matched = caffemodel::CaffemodelWeights::match(std::move(*model), net);
  if (!matched) return tl::unexpected{std::move(matched.error())};
  return std::make_unique<caffemodel::CaffemodelWeights>(std::move(*matched));
}

Result<void> write_net(const std::vector<std::string>& words) {
  const auto net = read_net(words[1]);
  if (!net) return tl::unexpected{net.error()};
  const Path folder = words[2];
  const auto weights = open_weights(words[3], *net);
  if (!weights) return tl::unexpected{weights.error()};
  const auto layers = static_cast<LayerId>(net->layers.size());
  const bool is_apart = words[4] == "apart";
  std::set<std::string> outputs;
  auto done = write_part(*net, 0, layers, **weights, folder / "whole.onnx", is_apart, &outputs);
  for (std::size_t i = 5; done && i < words.size(); ++i) {
    const auto cut = static_cast<LayerId>(number(words[i]));
    done = write_part(*net, 0, cut, **weights, folder / ("head-" + words[i] + ".onnx"), is_apart, &outputs);
    if (done)
      done = write_part(*net, cut, layers, **weights, folder / ("tail-" + words[i] + ".onnx"), is_apart);
  }
  if (!done || words[4] == "skip") return done;
  auto seen = *net;
  seen.outputs.clear();
  for (TensorId id = 0; id < seen.tensors.size(); ++id)
    if (outputs.contains(seen.tensors[id].name)) seen.outputs.push_back(id);
  return write_run(seen, **weights, 1, folder, "whole");
}

Result<void> write_layers(const std::vector<std::string>& words) {
  const Path folder = words[3];
  constexpr std::uint64_t most_draws = 50;  // for one that is written
  const auto count = number(words[2]);
  std::uint64_t written = 0;
  for (std::uint64_t seed = 1; written < count && seed <= most_draws * count; ++seed) {
    Random random{seed};
    const auto layer = random_layer(words[1], random);
    const auto net = net_of(layer);
    if (!net) return tl::unexpected{net.error()};
    const RandomWeights weights{seed};
    const auto name = std::to_string(written + 1);
    auto done = write_part(*net, 0, static_cast<LayerId>(net->layers.size()), weights,
                           folder / (name + ".onnx"), false);
    if (!done && done.error().code == Errc::unsupported) continue;  // a kind that has no nodes yet
    if (done) done = write_run(*net, weights, seed, folder, name);
    if (!done) return done;
    std::printf("layer %s\n", print(layer).c_str());
    ++written;
  }
  return {};
}

}  // namespace
}  // namespace ns

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() < 4 || (words[0] == "net" && words.size() < 5)) {
    std::fputs("write_net: see the top of tests/truth/write_net.cpp\n", stderr);
    return 2;
  }
  const auto done = words[0] == "net" ? ns::write_net(words) : ns::write_layers(words);
  if (done) return 0;
  std::fprintf(stderr, "write_net: %s\n", done.error().message.c_str());
  return 3;
}
