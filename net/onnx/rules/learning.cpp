// Features, labels and maps of ai.onnx.ml; optimisers of ai.onnx.preview.training.
#include "net/onnx/rules/learning.hpp"

#include "net/onnx/rules.hpp"
#include "net/onnx/rules/likeness.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <memory>
#include <utility>

namespace ns::onnx {
namespace {

/// The elements of the last axis at these places; of a vector a matrix with one row.
Result<void> array_feature_extractor(NodeView& node) {
  const auto& input = node.in(0);
  auto dims = input.dims;
  if (dims) {
    if (dims->size() < 2) dims->insert(dims->begin(), Extent{1});
    if (dims->size() < 2) dims->emplace_back();
    const auto& places = node.in(1).dims;
    dims->back() = places ? elements(*places) : Extent{};
  }
  node.out(0, tensor(input.dtype, std::move(dims)));
  return {};
}

/// Texts become integers and the other way round.
Result<void> category_mapper(NodeView& node) {
  const auto& input = node.in(0);
  std::optional<DType> dtype;
  if (input.dtype) dtype = input.dtype == DType::string ? DType::int64 : DType::string;
  node.out(0, like(input, dtype));
  return {};
}

/// The type is that of the attribute which holds the values; version 1 has texts and their indices.
Result<void> label_encoder(NodeView& node) {
  if (node.attribute("classes_strings") != nullptr) return category_mapper(node);
  std::optional<DType> dtype;
  if (node.attribute("values_strings") != nullptr) dtype = DType::string;
  if (node.attribute("values_int64s") != nullptr) dtype = DType::int64;
  if (node.attribute("values_floats") != nullptr) dtype = DType::float32;
  if (const auto* const values = node.attribute("values_tensor");
      values != nullptr && !values->tensors.empty())
    dtype = values->tensors.front().dtype;
  node.out(0, like(node.in(0), dtype));
  return {};
}

Result<void> one_hot_encoder(NodeView& node) {
  auto dims = node.in(0).dims;
  const auto categories = std::max(length_of(node, "cats_int64s"), length_of(node, "cats_strings"));
  if (dims) dims->emplace_back(categories);
  node.out(0, tensor(DType::float32, std::move(dims)));
  return {};
}

/// Features of all inputs beside each other; a vector is one sample.
Result<void> feature_vectorizer(NodeView& node) {
  Extent samples;
  Extent features = 0;
  const auto stated = node.integers("inputdimensions");
  for (std::size_t i = 0; i < node.inputs(); ++i) {
    const auto& dims = node.in(i).dims;
    const bool row = dims && dims->size() < 2;
    samples = either(samples, row ? Extent{1} : extent_at(node.in(i), 0));
    const auto own = dims && !dims->empty() ? dims->back() : Extent{};
    features = features + (i < stated.size() ? Extent{stated[i]} : own);
  }
  node.out(0, tensor(DType::float32, Dims{samples, features}));
  return {};
}

/// A map with integer keys as a row: its values alone, or at the places that the keys say.
Result<void> cast_map(NodeView& node) {
  const auto to = node.text("cast_to", "TO_FLOAT");
  const auto dtype = to == "TO_STRING" ? DType::string : to == "TO_INT64" ? DType::int64 : DType::float32;
  const bool sparse = node.text("map_form", "DENSE") == "SPARSE";
  auto row = tensor(dtype, Dims{1, sparse ? Extent{node.integer("max_map", 1)} : Extent{}});
  row.on_data = !sparse;
  node.out(0, std::move(row));
  return {};
}

/// A map as a row with a place for every word.
Result<void> dict_vectorizer(NodeView& node) {
  const auto words = std::max(length_of(node, "string_vocabulary"), length_of(node, "int64_vocabulary"));
  node.out(0, tensor(node.in(0).dtype, Dims{1, words}));
  return {};
}

/// A map from label to score for each row.
Result<void> zip_map(NodeView& node) {
  Fact map;
  map.kind = Kind::map;
  map.dtype = DType::float32;
  Fact maps;
  maps.kind = Kind::sequence;
  maps.element = std::make_shared<const Fact>(std::move(map));
  node.out(0, std::move(maps));
  return {};
}

/// Behind the rate and the count of updates stand the tensors, their gradients, and `States` of what the
/// optimiser remembers of each; the new tensors and states come out.
template <std::size_t States>
Result<void> optimise(NodeView& node) {
  constexpr std::size_t scalars = 2;
  constexpr std::size_t groups = 2 + States;
  if (node.inputs() < scalars + groups || (node.inputs() - scalars) % groups != 0)
    return node.fail(
        fmt::format("it has {} inputs; there must be 2 and {} for each tensor", node.inputs(), groups));
  const auto count = (node.inputs() - scalars) / groups;
  for (std::size_t i = 0; i < count * (1 + States); ++i) {
    // Gradients are read, not written.
    const auto from = i < count ? i : i + count;
    node.out(i, like(node.in(scalars + from)));
  }
  return {};
}

/// A derivative has the shape of the tensor after which it is taken; these come first.
Result<void> gradient(NodeView& node) {
  for (std::size_t i = 0; i < node.outputs(); ++i) node.out(i, like(node.in(i)));
  return {};
}

constexpr std::string_view ml = "ai.onnx.ml";
constexpr std::string_view training = "ai.onnx.preview.training";

}  // namespace

std::span<const OpRule> learning_rules() {
  static constexpr std::array rules{
      OpRule{ml, "ArrayFeatureExtractor", &array_feature_extractor},
      OpRule{ml, "Binarizer", &same_as_input<>, Work::outputs},
      OpRule{ml, "CastMap", &cast_map},
      OpRule{ml, "CategoryMapper", &category_mapper},
      OpRule{ml, "DictVectorizer", &dict_vectorizer},
      OpRule{ml, "FeatureVectorizer", &feature_vectorizer},
      OpRule{ml, "Imputer", &same_as_input<>, Work::outputs},
      OpRule{ml, "LabelEncoder", &label_encoder},
      OpRule{ml, "LinearClassifier", &linear_classifier, Work::none, &linear_macs},
      OpRule{ml, "LinearRegressor", &linear_regressor, Work::none, &linear_macs},
      OpRule{ml, "Normalizer", &same_shape<DType::float32>, Work::outputs},
      OpRule{ml, "OneHotEncoder", &one_hot_encoder},
      OpRule{ml, "SVMClassifier", &svm_classifier, Work::none, &svm_macs},
      OpRule{ml, "SVMRegressor", &svm_regressor, Work::none, &svm_macs},
      OpRule{ml, "Scaler", &same_shape<DType::float32>, Work::outputs},
      OpRule{ml, "TreeEnsemble", &tree_ensemble},
      OpRule{ml, "TreeEnsembleClassifier", &tree_classifier},
      OpRule{ml, "TreeEnsembleRegressor", &tree_regressor},
      OpRule{ml, "ZipMap", &zip_map},
      OpRule{training, "Adagrad", &optimise<1>, Work::outputs},
      OpRule{training, "Adam", &optimise<2>, Work::outputs},
      OpRule{training, "Momentum", &optimise<1>, Work::outputs},
      OpRule{training, "Gradient", &gradient},
  };
  return rules;
}

}  // namespace ns::onnx
