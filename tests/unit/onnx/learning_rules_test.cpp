// Shapes of linear models, support vector machines and feature operators are those that ONNX Runtime 1.32
// makes; the others follow the specification.
#include "rule_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ns::onnx {
namespace {

using testing::HasSubstr;

constexpr auto training = "ai.onnx.preview.training";

RuleRun ml(std::string op) { return RuleRun{std::move(op), "ai.onnx.ml"}; }

TEST(ClassifierRules, GiveAClassAndAScoreForEachClass) {
  const auto ran = ml("LinearClassifier")
                       .in({4, 2})
                       .set("classlabels_ints", {0, 1, 2})
                       .set_reals("coefficients", {1, 2, 3, 4, 5, 6})
                       .set_reals("intercepts", {1, 2, 3})
                       .outputs(2)
                       .run();
  EXPECT_EQ(ran.shape(0), "4");
  EXPECT_EQ(ran.shape(1), "4x3");
  EXPECT_EQ(ran.dtype(0), DType::int64);
  EXPECT_EQ(ran.macs, 24.0);

  const auto named = ml("TreeEnsembleClassifier")
                         .in({symbol("n"), 2})
                         .set_texts("classlabels_strings", {"cat", "dog"})
                         .outputs(2)
                         .run();
  EXPECT_EQ(named.shape(0), "n");
  EXPECT_EQ(named.shape(1), "nx2");
  EXPECT_EQ(named.dtype(0), DType::string);
}

TEST(ClassifierRules, TakeAVectorAsOneSample) {
  const auto ran = ml("LinearClassifier").in({2}).set("classlabels_ints", {0, 1, 2}).outputs(2).run();
  EXPECT_EQ(ran.shape(0), "1");
  EXPECT_EQ(ran.shape(1), "1x3");
}

TEST(ClassifierRules, GiveScoresOfPairsOfClassesFromAnSvmWithoutProbabilities) {
  const auto classified = [](std::vector<std::int64_t> labels, bool probabilities) {
    auto run = ml("SVMClassifier").in({4, 2}).set("classlabels_ints", labels).outputs(2);
    run.set("vectors_per_class", std::vector<std::int64_t>(labels.size(), 1));
    if (probabilities) run.set_reals("prob_a", {1, 1, 1, 1, 1, 1});
    return run.run().shape(1);
  };
  EXPECT_EQ(classified({0, 1, 2, 3}, false), "4x6");
  EXPECT_EQ(classified({0, 1, 2, 3}, true), "4x4");
  EXPECT_EQ(classified({0, 1}, false), "4x2");
}

TEST(RegressorRules, GiveANumberForEachTarget) {
  EXPECT_EQ(ml("LinearRegressor").in({2, 2}).set("targets", 3).shape(), "2x3");
  EXPECT_EQ(ml("SVMRegressor").in({4, 2}).shape(), "4x1");
  EXPECT_EQ(ml("TreeEnsembleRegressor").in({4, 2}).set("n_targets", 5).shape(), "4x5");
  EXPECT_EQ(ml("TreeEnsemble").in({4, 2}, DType::float64).set("n_targets", 5).run().dtype(), DType::float64);
}

TEST(FeatureRules, SelectAndJoinFeatures) {
  EXPECT_EQ(ml("ArrayFeatureExtractor").in({5}).in({1, 2}, DType::int64).shape(), "1x2");
  EXPECT_EQ(ml("ArrayFeatureExtractor").in({3, 4, 5}).in({2}, DType::int64).shape(), "3x4x2");
  EXPECT_EQ(ml("FeatureVectorizer").in({4, 2}).in({4, 3}).set("inputdimensions", {2, 3}).shape(), "4x5");
  EXPECT_EQ(ml("FeatureVectorizer").in({2}).in({3}).shape(), "1x5");
  EXPECT_EQ(ml("OneHotEncoder").in({4, 2}, DType::int64).set("cats_int64s", {1, 2, 3}).shape(), "4x2x3");
  EXPECT_EQ(ml("Scaler").in({4, 2}, DType::int64).run().dtype(), DType::float32);
  EXPECT_EQ(ml("Imputer").in({4, 2}, DType::int64).run().dtype(), DType::int64);
}

TEST(LabelRules, TakeTheTypeOfTheValues) {
  EXPECT_EQ(ml("LabelEncoder").in({4}, DType::string).set("values_int64s", {5, 6}).run().dtype(),
            DType::int64);
  EXPECT_EQ(ml("LabelEncoder").in({4}, DType::int64).set_reals("values_floats", {5, 6}).run().dtype(),
            DType::float32);
  EXPECT_EQ(ml("LabelEncoder").in({4}, DType::int64).set_texts("classes_strings", {"a"}).run().dtype(),
            DType::string);
  EXPECT_EQ(ml("CategoryMapper").in({4}, DType::string).run().dtype(), DType::int64);
}

TEST(MapRules, TurnMapsIntoRowsAndBack) {
  EXPECT_EQ(ml("DictVectorizer").in(Fact{}).set_texts("string_vocabulary", {"a", "c", "b", "z"}).shape(),
            "1x4");
  EXPECT_EQ(ml("CastMap").in(Fact{}).set("map_form", "SPARSE").set("max_map", 7).shape(), "1x7");
  EXPECT_EQ(ml("CastMap").in(Fact{}).shape(), "1x?");
  EXPECT_EQ(ml("ZipMap").in({4, 2}).run().outputs[0].kind, Kind::sequence);
}

TEST(OptimiserRules, ReturnTensorsAndStatesButNoGradients) {
  const auto adam = RuleRun{"Adam", training}
                        .scalar()
                        .scalar(DType::int64)
                        .in({1})
                        .in({2})
                        .in({1})
                        .in({2})
                        .in({1})
                        .in({2})
                        .in({1})
                        .in({2})
                        .outputs(6)
                        .run();
  for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(adam.shape(i), i % 2 == 0 ? "1" : "2") << i;
  EXPECT_THAT((RuleRun{"Momentum", training}.scalar().scalar().in({1}).in({1}).shape()),
              HasSubstr("it has 4 inputs; there must be 2 and 3 for each tensor"));
  EXPECT_EQ((RuleRun{"Gradient", training}.in({2, 3}).in({4}).shape()), "2x3");
}

}  // namespace
}  // namespace ns::onnx
