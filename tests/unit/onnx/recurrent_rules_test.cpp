#include "rule_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ns::onnx {
namespace {

using testing::HasSubstr;

TEST(RecurrentRules, GiveStepsAndStates) {
  const auto ran = RuleRun{"LSTM"}
                       .in({10, 2, 16})
                       .in({2, 128, 16})
                       .in({2, 128, 32})
                       .set("hidden_size", 32)
                       .set("direction", "bidirectional")
                       .outputs(3)
                       .run();
  EXPECT_EQ(ran.shape(0), "10x2x2x32");
  EXPECT_EQ(ran.shape(1), "2x2x32");
  EXPECT_EQ(ran.shape(2), "2x2x32");
  EXPECT_EQ(ran.macs, 2.0 * 10 * 2 * 4 * 32 * (16 + 32));
}

TEST(RecurrentRules, CountTheirGates) {
  const auto macs = [](const char* op, std::int64_t gates) {
    return RuleRun{op}
        .in({10, 1, 16})
        .in({1, gates * 8, 16})
        .in({1, gates * 8, 8})
        .set("hidden_size", 8)
        .run()
        .macs;
  };
  EXPECT_EQ(macs("RNN", 1), 10.0 * 8 * 24);
  EXPECT_EQ(macs("GRU", 3), 10.0 * 3 * 8 * 24);
}

TEST(RecurrentRules, MayHaveTheBatchFirst) {
  const auto ran = RuleRun{"GRU"}
                       .in({symbol("batch"), 10, 16})
                       .in({1, 24, 16})
                       .in({1, 24, 8})
                       .set("layout", 1)
                       .outputs(2)
                       .run();
  EXPECT_EQ(ran.shape(0), "batchx10x1x8");
  EXPECT_EQ(ran.shape(1), "batchx1x8");
}

TEST(RecurrentRules, RejectWeightsThatDoNotFit) {
  EXPECT_THAT(RuleRun{"GRU"}.in({10, 1, 16}).in({1, 24, 12}).in({1, 24, 8}).shape(),
              HasSubstr("input 1 is 10x1x16, the weights are 1x24x12"));
  EXPECT_THAT(
      RuleRun{"GRU"}.in({10, 1, 16}).in({1, 24, 16}).in({1, 24, 8}).set("direction", "bidirectional").shape(),
      HasSubstr("are for 1 directions"));
  EXPECT_THAT(RuleRun{"RNN"}.in({10, 16}).in({1, 8, 16}).in({1, 8, 8}).shape(),
              HasSubstr("must have 3 axes"));
}

TEST(RecurrentRules, KnowTheDynamicallyQuantisedForm) {
  const auto ran = RuleRun("DynamicQuantizeLSTM", "com.microsoft")
                       .in({10, 2, 16})
                       .in({1, 16, 128}, DType::int8)
                       .in({1, 32, 128}, DType::int8)
                       .set("hidden_size", 32)
                       .run();
  EXPECT_EQ(ran.shape(), "10x1x2x32");
  EXPECT_EQ(ran.macs, 10.0 * 2 * 4 * 32 * (16 + 32));
}

}  // namespace
}  // namespace ns::onnx
