#include "apps/run_halves.hpp"

#include "net/reader.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <system_error>
#include <utility>

namespace ns {
namespace {

namespace fs = std::filesystem;

/// What a half reads of the values that are there.
Result<std::vector<NamedDatum>> chosen(const Executor& half, const std::vector<NamedDatum>& values) {
  std::vector<NamedDatum> inputs;
  for (const auto& name : half.input_names()) {
    const auto found = std::ranges::find(values, name, &NamedDatum::name);
    if (found == values.end())
      return bad_input(fmt::format(
          "reads '{}', which is no input of the net and not made by the head; the halves are another net's",
          name));
    inputs.push_back(*found);
  }
  return inputs;
}

/// Sizes that a half does not leave open are none of its business.
onnx::Bindings known_to(const onnx::Bindings& bindings, const std::vector<NamedDatum>& values,
                        const onnx::Model& model) {
  onnx::Bindings made;
  made.values = bindings.values;
  for (const auto& input : model.graph.inputs) {
    const auto value = std::ranges::find(values, input.name, &NamedDatum::name);
    if (value == values.end() || value->datum.kind != onnx::Kind::tensor) continue;
    const auto extents = value->datum.array.shape.extents();
    made.shapes.emplace_back(input.name, std::vector<std::int64_t>(extents.begin(), extents.end()));
  }
  std::erase_if(made.values, [&](const auto& bound) {
    return std::ranges::find(model.graph.inputs, bound.first, &onnx::ValueInfo::name) ==
           model.graph.inputs.end();
  });
  return made;
}

Result<std::vector<NamedDatum>> run_half(const fs::path& path, const std::vector<NamedDatum>& values,
                                         const onnx::Bindings& bindings, Backend& backend) {
  onnx::Bindings open;
  open.keep_batch = true;
  const auto parsed = onnx::read_model(path.string(), open);
  if (!parsed) return tl::unexpected{parsed.error()};
  auto model = onnx::read_model(path.string(), known_to(bindings, values, parsed->model));
  if (!model) return tl::unexpected{std::move(model.error())};
  auto half = Executor::prepare(*model, backend);
  if (!half) return tl::unexpected{std::move(half.error())};
  auto inputs = chosen(**half, values);
  if (!inputs) return failure_within(std::move(inputs), path.string());
  auto outputs = (*half)->run(*inputs);
  return outputs ? std::move(outputs) : failure_within(std::move(outputs), path.string());
}

}  // namespace

Result<std::vector<NamedDatum>> run_halves(const std::string& folder, const std::vector<NamedDatum>& inputs,
                                           const onnx::Bindings& bindings, Backend& backend) {
  std::error_code status;
  auto values = inputs;
  bool any = false;
  for (const auto* const name : {"head.onnx", "tail.onnx"}) {
    const auto path = fs::path{folder} / name;
    if (!fs::is_regular_file(path, status)) continue;
    any = true;
    auto made = run_half(path, values, bindings, backend);
    if (!made) return made;
    for (auto& value : *made) {
      std::erase_if(values, [&](const NamedDatum& other) { return other.name == value.name; });
      values.push_back(std::move(value));
    }
  }
  if (!any)
    return failure(Errc::io, fmt::format("{}: holds neither head.onnx nor tail.onnx; write them with "
                                         "ns-partition --export",
                                         folder));
  return values;
}

}  // namespace ns
