// Every cut of every small net of the test data, read again by the reader.
#include "exported.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <map>
#include <set>

namespace ns::onnx {
namespace {

/// Without two of those that were made for the reader: `external` has weights that are refused, and in
/// `functions` two calls have one name, so that inner names change once they are in different halves.
std::vector<std::string> models() {
  std::vector<std::string> paths;
  for (const auto* folder : {"/export", "/onnx/file"})
    for (const auto& entry : std::filesystem::directory_iterator{std::string{NS_TEST_DATA} + folder})
      if (entry.path().extension() == ".onnx" && entry.path().stem() != "external" &&
          entry.path().stem() != "functions")
        paths.push_back(entry.path().string());
  std::sort(paths.begin(), paths.end());
  return paths;
}

/// What layers make: no constants.
std::set<std::string> made_by_layers(const ModelFile& file) {
  std::set<std::string> made;
  for (std::size_t i = 0; i < file.model.graph.nodes.size(); ++i)
    if (!file.inferred.costs[i].constant)
      for (const auto& output : file.model.graph.nodes[i].outputs)
        if (!output.empty()) made.insert(output);
  return made;
}

/// The elements of an initializer, wherever they are.
std::string elements_of(ModelFile& file, const TensorData& tensor) {
  const auto& storage = tensor.storage;
  if (storage.place == Storage::Place::external)
    return bytes_of(file.folder / storage.location).substr(storage.range.offset, storage.range.size);
  auto bytes = file.source.read(storage.range.offset, storage.range.size);
  return bytes ? *bytes : std::string{};
}

std::map<std::string, std::string> weights_of(ModelFile& file) {
  std::map<std::string, std::string> weights;
  for (const auto& tensor : file.model.graph.initializers)
    if (tensor.storage.place == Storage::Place::raw || tensor.storage.place == Storage::Place::external)
      weights.emplace(tensor.name, elements_of(file, tensor));
  return weights;
}

class EveryCut : public testing::TestWithParam<std::string> {
 protected:
  /// One half, read again.
  void look_at(const std::optional<ExportedHalf>& half) {
    if (!half) return;
    auto file = opened(half->path);
    for (const auto& node : file.model.graph.nodes)
      for (const auto& output : node.outputs)
        if (whole_made_.contains(output)) made_.push_back(output);
    for (const auto& output : file.model.graph.outputs) ++outputs_[output.name];
    for (const auto& [name, elements] : weights_of(file)) {
      EXPECT_EQ(elements, whole_weights_.at(name)) << name;
      weights_.insert(name);
    }
    for (const auto& input : file.model.graph.inputs) check_shape(file, input.name);
    for (const auto& output : file.model.graph.outputs) check_shape(file, output.name);
    EXPECT_EQ(file.model.opsets.front().version, whole_.model.opsets.front().version);
    EXPECT_EQ(file.model.ir_version, whole_.model.ir_version);
    EXPECT_EQ(file.model.producer, whole_.model.producer);
  }

  /// Both assume the same of what is free.
  void check_shape(const ModelFile& half, const std::string& name) {
    const auto& fact = half.inferred.facts.at(name);
    const auto& known = whole_.inferred.facts.at(name);
    EXPECT_EQ(fact.dtype, known.dtype) << name;
    ASSERT_EQ(fact.dims.has_value(), known.dims.has_value()) << name;
    if (!fact.dims || !all_known(*fact.dims) || !all_known(*known.dims)) return;
    EXPECT_EQ(to_string(*fact.dims), to_string(*known.dims)) << name;
  }

  ModelFile whole_ = opened(GetParam());
  std::map<std::string, std::string> whole_weights_ = weights_of(whole_);
  std::set<std::string> whole_made_ = made_by_layers(whole_);
  std::vector<std::string> made_;
  std::map<std::string, std::size_t> outputs_;
  std::set<std::string> weights_;
};

TEST_P(EveryCut, KeepsLayersOutputsWeightsAndShapes) {
  const Scratch scratch;
  auto options = into(scratch / "halves");
  options.force = true;
  std::set<std::string> weights_of_first_cut;
  for (std::size_t i = 0; i < whole_.model.graph.nodes.size(); ++i) {
    if (whole_.inferred.costs[i].constant) continue;
    SCOPED_TRACE(whole_.model.graph.nodes[i].name);
    const auto report = cut(whole_, {whole_.model.graph.nodes[i].name}, options);
    ASSERT_TRUE(report) << report.error().message;
    made_.clear();
    outputs_.clear();
    weights_.clear();
    look_at(report->head);
    look_at(report->tail);
    EXPECT_THAT(made_, testing::UnorderedElementsAreArray(whole_made_));
    for (const auto& output : whole_.model.graph.outputs) EXPECT_EQ(outputs_[output.name], 1U) << output.name;
    if (weights_of_first_cut.empty()) weights_of_first_cut = weights_;
    EXPECT_EQ(weights_, weights_of_first_cut);  // wherever the cut is, the halves hold the same together
    for (const auto& port : report->crossing)
      EXPECT_TRUE(std::ranges::count(names_of(report->tail->inputs), port.name) == 1 &&
                  std::ranges::count(names_of(report->head->outputs), port.name) == 1)
          << port.name;
  }
}

std::string title(const testing::TestParamInfo<std::string>& info) {
  return std::filesystem::path{info.param}.stem().string();
}

INSTANTIATE_TEST_SUITE_P(TestData, EveryCut, testing::ValuesIn(models()), title);

}  // namespace
}  // namespace ns::onnx
