// The nets that come along, against the paper's layer tables and torchvision's published counts.
#include "core/file.hpp"
#include "core/text.hpp"
#include "net/reader.hpp"
#include "tests/unit/net/net_lookup.hpp"

#include <array>
#include <cmath>
#include <gtest/gtest.h>

namespace ns {
namespace {

Net read(const std::string& file) {
  auto net = read_net(std::string{NS_DATA} + "/nets/" + file);
  if (!net) throw std::runtime_error(net.error().message);
  return std::move(*net);
}

/// One line of tests/data/nets/*.csv, which hold the layer tables of the paper's eight nets.
struct Row {
  std::string layer;
  std::string output;  // of one item of the batch, trailing ones dropped: "96x55x55"
  double bytes;
  double million_macs;  // four significant digits
  std::int64_t parameters;
};

std::string without_trailing_ones(std::string shape) {
  while (shape.size() > 2 && shape.substr(shape.size() - 2) == "x1") shape.resize(shape.size() - 2);
  return shape;
}

std::vector<Row> table(const std::string& name) {
  const auto text = read_file(std::string{NS_TEST_DATA} + "/nets/" + name + ".csv");
  if (!text) throw std::runtime_error(text.error().message);
  std::vector<Row> rows;
  const auto lines = split(*text, '\n');
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto cells = split(lines[i], ',');
    if (cells.size() != 6) continue;
    rows.push_back({std::string{cells[1]}, without_trailing_ones(std::string{cells[2]}),
                    parse_number(cells[3]).value(), parse_number(cells[4]).value(),
                    parse_integer(cells[5]).value()});
  }
  return rows;
}

struct PaperNet {
  const char* name;
  std::size_t layers;
  std::int64_t batch;
};

class PaperNets : public testing::TestWithParam<PaperNet> {};

TEST_P(PaperNets, HaveTheLayersOfThePapersTables) {
  const auto& [name, layers, batch] = GetParam();
  const auto net = read(std::string{name} + ".prototxt");
  const auto rows = table(name);
  EXPECT_EQ(net.name, name);
  EXPECT_EQ(net.layers.size(), layers);
  EXPECT_TRUE(net.warnings.empty());
  ASSERT_EQ(rows.size(), layers + 1);
  EXPECT_EQ(net.tensors[net.inputs.at(0)].type.bytes().value(), rows[0].bytes);
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const auto& row = rows[i];
    SCOPED_TRACE(row.layer);
    const auto id = static_cast<LayerId>(i - 1);
    const auto& layer = net.layers[id];
    const auto& output = net.tensors[layer.outputs.at(0)].type;
    EXPECT_EQ(layer.name, row.layer);
    EXPECT_EQ(output.shape[0], batch);
    std::vector<std::int64_t> item(output.shape.extents().begin() + 1, output.shape.extents().end());
    EXPECT_EQ(without_trailing_ones(to_string(Shape{item})), row.output);
    EXPECT_EQ(output.bytes().value(), row.bytes);
    const auto counted = macs(layer.params, net.signature(id)).value() / 1e6;
    EXPECT_NEAR(counted, row.million_macs, 5e-4 * row.million_macs);
    EXPECT_EQ(parameters(layer.params, net.input_types(id)), row.parameters);
  }
}

INSTANTIATE_TEST_SUITE_P(Paper, PaperNets,
                         testing::Values(PaperNet{"alexnet", 24, 1}, PaperNet{"vgg19", 46, 1},
                                         PaperNet{"deepface", 10, 1}, PaperNet{"mnist", 9, 1},
                                         PaperNet{"kaldi", 13, 548}, PaperNet{"pos", 3, 28},
                                         PaperNet{"ner", 3, 28}, PaperNet{"chk", 3, 28}),
                         [](const auto& each) { return each.param.name; });

struct TorchNet {
  const char* name;
  double macs;              // resnet50 and squeezenet1_1: exports of ONNX's zoo give the same
  std::int64_t parameters;  // trainable, as torchvision's documentation lists them
};

class TorchNets : public testing::TestWithParam<TorchNet> {};

TEST_P(TorchNets, HaveTheCountsThatTorchvisionPublishes) {
  const auto& expected = GetParam();
  const auto net = read(std::string{expected.name} + ".txt");
  const auto sum = totals(net);
  EXPECT_EQ(sum.macs.value(), expected.macs);
  std::int64_t statistics = 0;  // running mean and variance, which are not trained
  for (LayerId id = 0; id < net.layers.size(); ++id)
    if (const auto* norm = std::get_if<Norm>(&net.layers[id].params); norm && norm->kind == Norm::Kind::batch)
      statistics += 2 * net.input_types(id)[0].shape[1];
  EXPECT_EQ(sum.parameters - statistics, expected.parameters);
  ASSERT_EQ(net.outputs.size(), 1U);
  EXPECT_EQ(print(net.tensors[net.outputs[0]].type), "1x1000");
}

INSTANTIATE_TEST_SUITE_P(Torchvision, TorchNets,
                         testing::Values(TorchNet{"resnet50", 4089184256, 25557032},
                                         TorchNet{"mobilenet_v2", 300774272, 3504872},
                                         TorchNet{"squeezenet1_1", 349151936, 1235496},
                                         TorchNet{"googlenet", 1498376192, 6624904}),
                         [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace ns
