// Reference and oneDNN against what ONNX Runtime computed (tests/data/kernels/make_truth.py).
#include "core/file.hpp"
#include "core/text.hpp"
#include "one_layer.hpp"

#include <gmock/gmock.h>

namespace ns {
namespace {

struct Case {
  std::string layer;
  Values inputs;
  Values weights;
  Values outputs;
};

std::vector<float> numbers(std::string_view line) {
  std::vector<float> values;
  for (const auto word : split(line, ' ')) values.push_back(static_cast<float>(parse_number(word).value()));
  return values;
}

std::vector<Case> read_cases() {
  const auto text = read_file(NS_TEST_DATA "/kernels/truth.txt");
  std::vector<Case> cases;
  for (const auto line : split(text.value(), '\n')) {
    const auto blank = line.find(' ');
    if (blank == std::string_view::npos) continue;
    const auto kind = line.substr(0, blank);
    const auto rest = line.substr(blank + 1);
    if (kind == "layer") cases.push_back({std::string{rest}, {}, {}, {}});
    if (kind == "input") cases.back().inputs.push_back(numbers(rest));
    if (kind == "weight") cases.back().weights.push_back(numbers(rest));
    if (kind == "output") cases.back().outputs.push_back(numbers(rest));
  }
  return cases;
}

class Truth : public testing::TestWithParam<const char*> {};

TEST_P(Truth, EveryLayerComputesWhatOnnxRuntimeDoes) {
  const auto backend = open_backend(GetParam());
  ASSERT_TRUE(backend) << backend.error().message;
  const auto cases = read_cases();
  ASSERT_GE(cases.size(), 263U);
  for (const Case& each : cases) {
    const auto outputs = run_layer(**backend, each.layer, each.inputs, each.weights);
    ASSERT_TRUE(outputs) << each.layer << ": " << outputs.error().message;
    ASSERT_EQ(outputs->size(), each.outputs.size()) << each.layer;
    for (std::size_t i = 0; i < outputs->size(); ++i)
      EXPECT_THAT((*outputs)[i], testing::Pointwise(testing::FloatNear(2e-5F), each.outputs[i]))
          << each.layer;
  }
}

INSTANTIATE_TEST_SUITE_P(Backends, Truth, testing::Values("reference", "onednn:threads=1", "fake"),
                         [](const testing::TestParamInfo<const char*>& test) {
                           const std::string name = test.param;
                           return name.substr(0, name.find(':'));
                         });

}  // namespace
}  // namespace ns
