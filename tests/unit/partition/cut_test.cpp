#include "partition/cut.hpp"

#include "partition/alternatives.hpp"
#include "small_net.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ns {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr double rounding = 1e-12;

double milliseconds(const Cut& cut) { return 1e3 * cut.figures.latency().count(); }
double millijoules(const Cut& cut) { return 1e3 * cut.figures.energy->value(); }

std::vector<std::string> crossing(const Net& net, const Scenario& scenario, const Cut& cut) {
  std::vector<std::string> names;
  for (const auto index : cut.uploads)
    names.push_back(net.tensors[scenario.graph.tensors[index].tensor].name);
  return names;
}

/// The second hand example: 100 Mbit/s, no RTT, the result stays where it is made; busy 2 W, idle 0.5 W,
/// uplink 1.5 W above idle.
class Residual : public ::testing::Test {
 protected:
  Residual() {
    device.busy = Watts{2.0};
    device.idle = Watts{0.5};
    link.radio = Radio{};
    link.radio->base = Watts{1.5};
    question.result = Place::server;
  }
  Scenario scenario() { return make_scenario(net, device, server, link, question).value(); }
  Cut prefix(const Scenario& given, std::size_t blocks) {
    std::vector<bool> placed(given.graph.blocks.size(), false);
    std::fill(placed.begin(), placed.begin() + static_cast<std::ptrdiff_t>(blocks), true);
    return evaluate(given, placed);
  }

  Net net = test::residual_net();
  Costs device = test::residual_costs("board", 1.0);
  Costs server = test::residual_costs("rack", 0.1);
  Link link = test::small_link(12.5e6);
  Question question;
};

TEST_F(Residual, IsCutAfterThePoolForLatency) {
  const auto given = scenario();
  const auto best = best_cut(given);
  EXPECT_EQ(label(net, given, best), "g");
  EXPECT_THAT(milliseconds(best), DoubleNear(22.72048, rounding));
  EXPECT_THAT(crossing(net, given, best), ElementsAre("g"));
  EXPECT_THAT(milliseconds(*one_sided(given, Place::device)), DoubleNear(24.5, rounding));
  EXPECT_THAT(milliseconds(*one_sided(given, Place::server)), DoubleNear(66.68, 0.005));
}

TEST_F(Residual, SendsBothTensorsThatCrossInsideTheBranchAndEachOnce) {
  const auto given = scenario();
  const auto after_conv2 = prefix(given, 3);
  EXPECT_THAT(crossing(net, given, after_conv2), ElementsAre("r", "b"));
  EXPECT_EQ(after_conv2.tally.up, Bytes{1605632.0});
  EXPECT_THAT(1e3 * after_conv2.figures.uplink.count(), DoubleNear(128.45056, rounding));
  const auto after_relu = prefix(given, 2);
  EXPECT_THAT(crossing(net, given, after_relu), ElementsAre("r"));
  EXPECT_EQ(after_relu.tally.up, Bytes{802816.0});
}

TEST_F(Residual, PaysForTheResultThatReturns) {
  question.result = Place::device;
  const auto given = scenario();
  EXPECT_THAT(milliseconds(best_cut(given)), DoubleNear(23.04048, rounding));
  EXPECT_THAT(milliseconds(*one_sided(given, Place::device)), DoubleNear(24.5, rounding));
}

TEST_F(Residual, IsCutAfterThePoolForEnergy) {
  question.objective = Objective{0.0, 1.0};
  const auto given = scenario();
  const auto best = best_cut(given);
  EXPECT_EQ(label(net, given, best), "g");
  EXPECT_THAT(millijoules(best), DoubleNear(0.5 * 22.72048 + 1.5 * 22.5 + 1.5 * 0.02048, 1e-9));
  EXPECT_THAT(millijoules(best), DoubleNear(45.141, 5e-4));
  EXPECT_THAT(millijoules(*one_sided(given, Place::device)), DoubleNear(49.0, rounding));
}

TEST_F(Residual, HasThePapersEnergyWithoutIdlePower) {
  device.idle.reset();
  question.energy = EnergyModel::paper;
  question.objective = Objective{0.0, 1.0};
  const auto given = scenario();
  const auto best = best_cut(given);
  EXPECT_EQ(label(net, given, best), "g");
  EXPECT_THAT(millijoules(best), DoubleNear(22.5 * 2.0 + 0.02048 * 1.5, 1e-9));
}

TEST_F(Residual, RefusesAnEnergyThatNobodyKnows) {
  device.idle.reset();
  question.objective = Objective{0.0, 1.0};
  const auto failed = make_scenario(net, device, server, link, question);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Errc::no_model);
  EXPECT_THAT(failed.error().message, HasSubstr("the idle power of 'board' is not known"));

  question.objective = Objective{};
  const auto given = scenario();
  EXPECT_FALSE(best_cut(given).figures.energy);
  EXPECT_THAT(given.unknown_energy, HasSubstr("idle power"));
}

TEST_F(Residual, MinimisesASumOfSharesOfTheDevicesOwnValues) {
  question.objective = Objective{0.7, 0.3};
  const auto given = scenario();
  EXPECT_THAT(one_sided(given, Place::device)->value, DoubleNear(1.0, rounding));
  const auto best = best_cut(given);
  EXPECT_THAT(best.value, DoubleNear(0.7 * 22.72048 / 24.5 + 0.3 * 45.14096 / 49.0, 1e-9));
}

TEST_F(Residual, ChargesRadioStatesOnlyWhenCold) {
  link.radio->promotion = Seconds{0.26};
  link.radio->promotion_power = Watts{1.0};
  link.radio->tail = Seconds{10.0};
  link.radio->tail_power = Watts{1.0};
  const auto steady = scenario();
  EXPECT_THAT(milliseconds(best_cut(steady)), DoubleNear(22.72048, rounding));
  question.cold_radio = true;
  const auto cold = scenario();
  const auto server_only = *one_sided(cold, Place::server);
  EXPECT_THAT(server_only.figures.wait.count(), DoubleNear(0.26, rounding));
  const auto warm = *one_sided(steady, Place::server);
  // 0.26 s of promotion at 1 W and of idling at 0.5 W, and the tail.
  EXPECT_THAT(server_only.figures.energy->value() - warm.figures.energy->value(),
              DoubleNear(0.26 * 1.5 + 10.0, 1e-9));
  EXPECT_TRUE(best_cut(cold).all_on_device());
}

TEST(Chain, StaysOnTheDeviceWhenTheReturnWouldBeAGift) {
  const auto net =
      test::small_net({{"x", 250000}}, {{"a", {"x"}, 1250}, {"b", {"a"}, 1250}, {"c", {"b"}, 1}});
  const auto device = test::small_costs("board", {{"a", 1}, {"b", 100}, {"c", 1}});
  const auto server = test::small_costs("rack", {{"a", 100}, {"b", 1}, {"c", 100}});
  // 1 MB/s: the input takes 1000 ms, each tensor between layers 5 ms.
  const auto given = make_scenario(net, device, server, test::small_link(1e6), Question{}).value();
  const auto best = best_cut(given);
  EXPECT_TRUE(best.all_on_device());
  EXPECT_THAT(milliseconds(best), DoubleNear(102.0, rounding));
  EXPECT_EQ(label(net, given, best), "device");
}

TEST(Cut, CountsATensorOnceHoweverManyBranchesReadIt) {
  const auto net = test::small_net(
      {{"x", 1000}}, {{"t", {"x"}, 1000000}, {"p", {"t"}, 1}, {"q", {"t"}, 1}, {"w", {"t"}, 1}});
  const auto device = test::small_costs("board", {{"t", 1}, {"p", 9000}, {"q", 9000}, {"w", 9000}});
  const auto server = test::small_costs("rack", {{"t", 9000}, {"p", 1}, {"q", 1}, {"w", 1}});
  Question question;
  question.result = Place::server;
  const auto given = make_scenario(net, device, server, test::small_link(1e6), question).value();
  const auto best = best_cut(given);
  EXPECT_EQ(best.tally.up, Bytes{4e6});
  EXPECT_THAT(milliseconds(best), DoubleNear(1.0 + 4000.0 + 3.0, 1e-9));
}

TEST(Cut, KeepsEqualTensorsApart) {
  const auto net = test::small_net(
      {{"x", 10}}, {{"z1", {"x"}, 1000}, {"z2", {"x"}, 1000}, {"p", {"z1"}, 1}, {"q", {"z2"}, 1}});
  const auto device = test::small_costs("board", {{"z1", 1}, {"z2", 1}, {"p", 9000}, {"q", 9000}});
  const auto server = test::small_costs("rack", {{"z1", 9000}, {"z2", 9000}, {"p", 1}, {"q", 1}});
  Question question;
  question.result = Place::server;
  const auto given = make_scenario(net, device, server, test::small_link(1e6), question).value();
  EXPECT_EQ(best_cut(given).tally.up, Bytes{8000.0});
}

/// A super-resolution net: the output is 64 times the input.
class SuperResolution : public ::testing::Test {
 protected:
  Scenario scenario(double load, Seconds rtt = Seconds{0.1}) const {
    Question question;
    question.load = load;
    question.input_sizes = input_sizes;
    return make_scenario(net, test::small_costs("board", {{"a", 10}, {"b", 10}, {"c", 10}}),
                         test::small_costs("rack", {{"a", 1}, {"b", 1}, {"c", 1}}),
                         test::small_link(200e3, rtt), question)
        .value();
  }
  std::vector<std::pair<std::string, Bytes>> input_sizes;
  Net net = test::small_net({{"x", 3 * 64 * 64}},
                            {{"a", {"x"}, 64 * 64}, {"b", {"a"}, 64 * 64}, {"c", {"b"}, 3 * 512 * 512}});
};

TEST_F(SuperResolution, PaysNothingForALinkThatItDoesNotUse) {
  const auto alone = *one_sided(scenario(1.0), Place::device);
  EXPECT_EQ(alone.figures.uplink, Seconds{});
  EXPECT_EQ(alone.figures.wait, Seconds{});
  EXPECT_EQ(alone.figures.downlink, Seconds{});
}

TEST_F(SuperResolution, PaysForUploadReturnAndOneRoundTrip) {
  const auto given = scenario(1.0);
  const auto all = *one_sided(given, Place::server);
  EXPECT_EQ(all.tally.up, Bytes{49152.0});
  EXPECT_EQ(all.tally.down, Bytes{3145728.0});
  EXPECT_THAT(all.figures.uplink.count(), DoubleNear(0.24576, rounding));
  EXPECT_THAT(all.figures.downlink.count(), DoubleNear(15.72864, rounding));
  EXPECT_EQ(all.figures.wait, Seconds{0.1});
  EXPECT_TRUE(best_cut(given).all_on_device());
}

TEST_F(SuperResolution, SendsAnInputOfAnotherSizeThanItsTensor) {
  input_sizes = {{"x", Bytes{12288.0}}};
  EXPECT_EQ(one_sided(scenario(1.0), Place::server)->tally.up, Bytes{12288.0});
  input_sizes = {{"y", Bytes{1.0}}};
  Question question;
  question.input_sizes = input_sizes;
  const auto failed = make_scenario(net, test::small_costs("board", {{"a", 1}, {"b", 1}, {"c", 1}}),
                                    test::small_costs("rack", {{"a", 1}, {"b", 1}, {"c", 1}}),
                                    test::small_link(1e6), question);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Errc::usage);
  EXPECT_EQ(failed.error().message, "the net has no input 'y'; did you mean 'x'?; it has x");
}

TEST(Load, MultipliesWhatTheServerDoesAndNothingElse) {
  const auto net = test::small_net({{"x", 250}}, {{"a", {"x"}, 250}});
  auto server = test::small_costs("rack", {{"a", 2}});
  server.overhead = Seconds{1e-3};
  server.import_border.base = Seconds{3e-3};
  Question question;
  question.load = 10.0;
  const auto given = make_scenario(net, test::small_costs("board", {{"a", 1}}), server,
                                   test::small_link(1e6, Seconds{0.1}), question)
                         .value();
  const auto all = *one_sided(given, Place::server);
  EXPECT_THAT(all.figures.server.count(), DoubleNear(0.060, rounding));
  EXPECT_THAT(all.figures.uplink.count(), DoubleNear(0.001, rounding));
  EXPECT_THAT(all.figures.wait.count(), DoubleNear(0.1, rounding));
}

TEST(Cut, RefusesCostsThatAddUpToNonsense) {
  const auto net = test::small_net({{"x", 1}}, {{"a", {"x"}, 1}, {"b", {"a"}, 1}});
  const auto costs = test::small_costs("board", {{"a", 1.7e308}, {"b", 1.7e308}});
  const auto failed = make_scenario(net, costs, costs, test::small_link(1e6), Question{});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Errc::bad_input);
  const auto slow =
      make_scenario(net, test::small_costs("board", {{"a", 1}, {"b", 1}}),
                    test::small_costs("rack", {{"a", 1}, {"b", 1}}), test::small_link(1e-300), Question{});
  ASSERT_FALSE(slow);
  EXPECT_THAT(slow.error().message, HasSubstr("check the units"));
}

TEST(Cut, PrefersTheDeviceAmongEquals) {
  const auto net = test::small_net({{"x", 1}}, {{"a", {"x"}, 1}, {"b", {"a"}, 1}, {"c", {"b"}, 1}});
  const auto costs = test::small_costs("same", {{"a", 1}, {"b", 1}, {"c", 1}});
  auto link = test::small_link(1e6);
  Question question;
  question.result = Place::server;
  question.input_sizes = {{"x", Bytes{0.0}}};
  const auto given = make_scenario(net, costs, costs, link, question).value();
  EXPECT_TRUE(best_cut(given).all_on_device());
}

class Pins : public ::testing::Test {
 protected:
  Result<Scenario> scenario() const {
    return make_scenario(net, test::small_costs("board", {{"a", 100}, {"b", 100}, {"c", 100}}),
                         test::small_costs("rack", {{"a", 1}, {"b", 1}, {"c", 1}}), test::small_link(1e9),
                         question);
  }
  std::vector<std::string> on_device() const {
    const auto given = scenario().value();
    return test::device_layers(net, given, best_cut(given).on_device);
  }
  Net net = test::small_net({{"x", 1}}, {{"a", {"x"}, 1}, {"b", {"a"}, 1}, {"c", {"b"}, 1}});
  Question question;
};

TEST_F(Pins, HoldTheirLayersAndWhatStandsBefore) {
  EXPECT_THAT(on_device(), IsEmpty());
  question.pins = {{"b", Place::device}};
  EXPECT_THAT(on_device(), ElementsAre("a", "b"));
  const auto given = scenario().value();
  EXPECT_FALSE(one_sided(given, Place::server));
  EXPECT_TRUE(one_sided(given, Place::device));
}

TEST_F(Pins, HoldAllOfACriticalNet) {
  question.critical = true;
  EXPECT_THAT(on_device(), ElementsAre("a", "b", "c"));
}

TEST_F(Pins, KeepInputsOnTheDevice) {
  question.keep_input = true;
  EXPECT_THAT(on_device(), ElementsAre("a"));
}

TEST_F(Pins, ThatContradictEachOtherAreRefused) {
  question.pins = {{"a", Place::server}, {"b", Place::device}};
  const auto failed = scenario();
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Errc::infeasible);
  EXPECT_THAT(failed.error().message, HasSubstr("tensor 'a' would go from the server back to the device"));
}

TEST_F(Pins, NameLayersOfTheNet) {
  question.pins = {{"d", Place::server}};
  const auto failed = scenario();
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Errc::usage);
  EXPECT_THAT(failed.error().message, HasSubstr("the net has no layer 'd' to pin"));
}

}  // namespace
}  // namespace ns
