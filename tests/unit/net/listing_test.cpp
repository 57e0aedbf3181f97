// What ns-inspect shows, from a net whose every shape is known and from a model where some are not.
#include "net/listing.hpp"

#include "net/onnx/captures.hpp"
#include "net/onnx/layer_types.hpp"
#include "net/onnx/onnx.hpp"
#include "net/reader.hpp"
#include "net/text/text.hpp"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>

namespace ns {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Listing small_net() {
  return listing_of(
      parse_net_text("net small\ninput x 1x3x8x8\na = conv:filters=4,kernel=3 x\nr = act:relu a\n"
                     "y = softmax r\n",
                     "small.txt")
          .value());
}

TEST(ListingOfNet, HoldsTheNetsNumbers) {
  const auto listing = small_net();
  EXPECT_EQ(listing.name, "small");
  EXPECT_EQ(listing.format, "text");
  ASSERT_EQ(listing.layers.size(), 3U);
  EXPECT_EQ(listing.layers[0].macs, Macs{4.0 * 36 * 27});
  EXPECT_EQ(listing.layers[0].parameters, 4 * 28);
  EXPECT_EQ(listing.layers[0].parameter_bytes, 4 * 4 * 28);
  EXPECT_EQ(listing.totals.parameters, 4 * 28);
  EXPECT_FALSE(listing.lower_bound);
  EXPECT_THAT(listing.inputs, ElementsAre(0));
  EXPECT_THAT(listing.layers[1].inputs(), ElementsAre(1));
}

TEST(ListingOfNet, NamesTheVariantOfALayer) {
  const auto listing = small_net();
  EXPECT_EQ(listing.layers[0].kind, "conv");
  EXPECT_EQ(listing.layers[1].kind, "act:relu");
  EXPECT_EQ(listing.layers[1].type, "act");
}

TEST(ListedTensor, PrintsWhatIsKnown) {
  ListedTensor tensor;
  EXPECT_EQ(print(tensor), "?");
  tensor.dtype = DType::float32;
  tensor.extents.emplace();
  EXPECT_EQ(print(tensor), "scalar");
  tensor.extents = {std::int64_t{2}, std::string_view{"seq"}, std::monostate{}};
  EXPECT_EQ(print(tensor), "2xseqx?");
  tensor.dtype = DType::int64;
  EXPECT_EQ(print(tensor), "2xseqx?:int64");
  tensor.kind = "sequence";
  EXPECT_EQ(print(tensor), "sequence");
}

TEST(ListedTensor, HasASizeWhereAllIsKnown) {
  ListedTensor tensor;
  tensor.extents = {std::int64_t{3}, std::int64_t{5}};
  EXPECT_EQ(tensor.bytes(), std::nullopt);
  tensor.dtype = DType::int4;
  EXPECT_EQ(tensor.bytes(), Bytes{8});  // 60 bits
  tensor.dtype = DType::string;
  EXPECT_EQ(tensor.bytes(), std::nullopt);
  tensor.dtype = DType::int64;
  tensor.extents = {std::monostate{}, std::int64_t{3}};
  tensor.most = {2, 3};
  EXPECT_EQ(tensor.bytes(), std::nullopt);
  EXPECT_EQ(tensor.most_bytes(), Bytes{48});
  tensor.extents = {std::int64_t{0}, std::int64_t{3}};
  EXPECT_EQ(tensor.bytes(), Bytes{0});
}

onnx::ValueInfo value(std::string name) { return {std::move(name), {}, {}}; }

onnx::Node node(std::string op, std::vector<std::string> inputs, std::string output) {
  onnx::Node made;
  made.name = "n_" + output;
  made.op = std::move(op);
  made.inputs = std::move(inputs);
  made.outputs = {std::move(output)};
  return made;
}

onnx::Fact fact(std::optional<onnx::Dims> dims, DType dtype = DType::float32, bool constant = false) {
  onnx::Fact made;
  made.dtype = dtype;
  made.dims = std::move(dims);
  made.constant = constant;
  return made;
}

/// x -> Conv with weight w -> Reshape to a constant c, made by a node -> NonZero; and a sequence.
struct SmallModel {
  onnx::Model model;
  onnx::Inferred inferred;

  SmallModel() {
    model.graph.name = "main_graph";
    model.graph.inputs = {value("x")};
    model.graph.nodes = {node("Conv", {"x", "w", ""}, "a"), node("Constant", {}, "c"),
                         node("Reshape", {"a", "c"}, "r"), node("NonZero", {"r"}, "z"),
                         node("SequenceConstruct", {"z"}, "s")};
    model.graph.outputs = {value("z"), value("s")};
    inferred.facts = {{"x", fact(onnx::Dims{1, onnx::Extent::symbol("width")})},
                      {"w", fact(onnx::Dims{4, 4}, DType::float32, true)},
                      {"a", fact(onnx::Dims{1, 16})},
                      {"c", fact(onnx::Dims{2}, DType::int64, true)},
                      {"r", fact(onnx::Dims{4, 4})},
                      {"z", fact(onnx::Dims{2, onnx::Extent{}}, DType::int64)},
                      {"s", fact(std::nullopt)}};
    inferred.facts["z"].most = onnx::Dims{2, 16};
    inferred.facts["s"].kind = onnx::Kind::sequence;
    inferred.costs.resize(5);
    inferred.costs[0].macs = 100.0;
    inferred.costs[0].flops = 200.0;
    inferred.costs[0].parameters = 16;
    inferred.costs[0].parameter_bytes = 64;
    inferred.costs[1].constant = true;
    inferred.parameters = 16;
    inferred.parameter_bytes = 64;
    inferred.warnings = {"batch is 1"};
  }
  [[nodiscard]] Listing listing() const { return onnx::listing_of(model, inferred, "nets/tiny.onnx"); }
};

TEST(ListingOfModel, HoldsInputsAndWhatNodesMakeButNoWeights) {
  const auto listing = SmallModel{}.listing();
  std::vector<std::string> names;
  for (const auto& tensor : listing.tensors) names.push_back(tensor.name);
  EXPECT_THAT(names, ElementsAre("x", "a", "c", "r", "z", "s"));
  EXPECT_THAT(listing.layers[0].inputs(), ElementsAre(0));
  EXPECT_THAT(listing.layers[2].inputs(), ElementsAre(1, 2));
  EXPECT_THAT(listing.outputs, ElementsAre(4, 5));
}

TEST(ListingOfModel, KeepsSymbolsBoundsAndSequences) {
  const auto listing = SmallModel{}.listing();
  EXPECT_EQ(print(listing.tensors[0]), "1xwidth");
  EXPECT_EQ(print(listing.tensors[4]), "2x?:int64");
  EXPECT_EQ(listing.tensors[4].most_bytes(), Bytes{256});
  EXPECT_EQ(listing.tensors[1].most, std::nullopt);
  EXPECT_EQ(listing.tensors[5].kind, "sequence");
  EXPECT_EQ(listing.tensors[5].bytes(), std::nullopt);
}

TEST(ListingOfModel, SumsCosts) {
  auto model = SmallModel{};
  model.inferred.costs[3].lower_bound = true;
  const auto listing = model.listing();
  EXPECT_EQ(listing.totals.macs, Macs{100});
  EXPECT_EQ(listing.totals.parameter_bytes, Bytes{64});
  EXPECT_TRUE(listing.lower_bound);
  EXPECT_EQ(listing.totals.opaque_layers, 2);  // NonZero and the sequence have no layer type
  EXPECT_TRUE(listing.layers[1].constant);
  EXPECT_TRUE(listing.tensors[2].constant);
  EXPECT_THAT(listing.warnings, ElementsAre("batch is 1"));
}

TEST(ListingOfModel, IsCalledAsItsGraphUnlessExportersCallAllGraphsSo) {
  auto model = SmallModel{};
  EXPECT_EQ(model.listing().name, "tiny");
  model.model.graph.name = "lenet";
  EXPECT_EQ(model.listing().name, "lenet");
}

TEST(ListingOfModel, CountsWhatABranchReadsAmongTheInputs) {
  auto branch = std::make_shared<onnx::Graph>();
  branch->nodes = {node("Add", {"a", "inner"}, "sum"), node("Add", {"sum", "w"}, "end")};
  branch->initializers.resize(1);
  branch->initializers[0].name = "inner";
  branch->outputs = {value("end")};
  auto loop = node("If", {"x"}, "chosen");
  loop.attributes.resize(1);
  loop.attributes[0].graphs = {branch};
  EXPECT_THAT(onnx::captured_names(loop), ElementsAre("a", "w"));
  auto model = SmallModel{};
  model.model.graph.nodes.push_back(loop);
  model.inferred.costs.emplace_back();
  EXPECT_THAT(model.listing().layers.back().inputs(), ElementsAre(0, 1));
}

TEST(ListingOfModel, LeavesOutOfTheTotalsWhatComesAfterACostThatDependsOnData) {
  auto model = SmallModel{};
  model.inferred.costs[2].macs = 7.0;
  model.inferred.costs[2].after_data = true;
  EXPECT_EQ(model.listing().totals.macs, Macs{107});
  model.inferred.costs[3].after_data = true;
  model.inferred.costs[3].lower_bound = true;
  const auto listing = model.listing();
  EXPECT_EQ(listing.totals.macs, Macs{100});
  EXPECT_EQ(listing.layers[2].macs, Macs{7});
  EXPECT_THAT(listing.warnings, ElementsAre("batch is 1", HasSubstr("7 MACs of layers")));
}

TEST(ListingOfModel, ListsAnOutputThatIsAWeight) {
  auto model = SmallModel{};
  model.model.graph.outputs.push_back(value("w"));
  const auto listing = model.listing();
  EXPECT_EQ(listing.tensors[listing.outputs[2]].name, "w");
  EXPECT_THAT(listing.layers[0].inputs(), ElementsAre(0));
}

TEST(LayerType, TellsAProductWithAWeightFromOneOfActivations) {
  const auto type = [&](const std::string& op, std::vector<std::string> inputs) {
    return onnx::layer_type(node(op, std::move(inputs), "y"),
                            [](const std::string& name) { return name == "w"; });
  };
  EXPECT_EQ(type("MatMul", {"x", "w"}), "fc");
  EXPECT_EQ(type("MatMul", {"w", "x"}), "fc");
  EXPECT_EQ(type("MatMul", {"x", "a"}), "matmul");
  EXPECT_EQ(type("Gemm", {"x", "a", "w"}), "matmul");
  EXPECT_EQ(type("QLinearMatMul", {"x", "w", "w", "w"}), "fc");
  EXPECT_EQ(type("QLinearMatMul", {"x", "w", "w", "a"}), "matmul");
  EXPECT_EQ(type("Conv", {"x", "a"}), "conv");
}

TEST(LayerType, IsOpaqueForOtherDomainsAndUnknownOperators) {
  const auto type = [](const onnx::Node& of) {
    return onnx::layer_type(of, [](const std::string&) { return false; });
  };
  auto strange = node("Conv", {"x", "w"}, "y");
  strange.domain = "my.domain";
  EXPECT_EQ(type(strange), "opaque");
  strange.domain = "com.microsoft";
  EXPECT_EQ(type(strange), "conv");
  EXPECT_EQ(type(node("Zzz", {}, "y")), "opaque");
  EXPECT_EQ(type(node("Aaa", {}, "y")), "opaque");
}

class ReadListing : public testing::Test {
 protected:
  void SetUp() override {
    const auto* const test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::temp_directory_path() / ("ns_listing_" + std::string{test->name()});
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  Result<Listing> read(const std::string& name, std::string_view content,
                       const onnx::Bindings& bindings = {}) {
    const auto path = (folder_ / name).string();
    std::ofstream{path, std::ios::binary} << content;
    return read_listing(path, bindings);
  }

  std::filesystem::path folder_;
};

constexpr std::string_view as_text = "input x 1x8\nr = act:relu x\n";
/// A model of one Relu from x to y.
constexpr std::string_view as_onnx{
    "\x08\x08"                                           // IR version 8
    "\x3a\x23"                                           // a graph of 35 bytes
    "\x0a\x0c\x0a\x01x\x12\x01y\x22\x04Relu"             // its node
    "\x12\x01g"                                          // its name
    "\x5a\x0b\x0a\x01x\x12\x06\x0a\x04\x08\x01\x12\x00"  // its input, a float scalar
    "\x62\x03\x0a\x01y"                                  // its output
    "\x42\x02\x10\x0d",                                  // opset 13
    43};

TEST_F(ReadListing, TellsAnOnnxModelFromTextByItsContent) {
  EXPECT_EQ(read("a.txt", as_text).value().format, "text");
  for (const auto* name : {"a.onnx", "a", "a.prototxt"}) {
    const auto listing = read(name, as_onnx);
    ASSERT_TRUE(listing) << listing.error().message;
    EXPECT_EQ(listing->format, "onnx");
    EXPECT_EQ(listing->layers[0].op, "Relu");
  }
}

TEST_F(ReadListing, RefusesTextThatClaimsToBeOnnx) {
  EXPECT_THAT(read("a.onnx", as_text).error().message, HasSubstr("is no ONNX model but native text"));
  EXPECT_THAT(read("a.onnx", "version https://git-lfs.github.com/spec/v1\n").error().message,
              HasSubstr("is a Git LFS pointer"));
  EXPECT_THAT(read("a.onnx", "").error().message, HasSubstr("is empty"));
}

TEST_F(ReadListing, RefusesBindingsOfFixedShapes) {
  onnx::Bindings bindings;
  bindings.dims = {{"batch", 4}};
  const auto listing = read("a.txt", as_text, bindings);
  ASSERT_FALSE(listing);
  EXPECT_EQ(listing.error().code, Errc::usage);
}

}  // namespace
}  // namespace ns
