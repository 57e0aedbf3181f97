#include "net/onnx/parse.hpp"

#include "model_of.hpp"
#include "protobuf_bytes.hpp"

#include <gmock/gmock.h>
#include <limits>

namespace ns::onnx {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> names_of(const std::vector<ValueInfo>& infos) {
  std::vector<std::string> names;
  for (const auto& info : infos) names.push_back(info.name);
  return names;
}

const Attribute& attribute(const Node& node, std::string_view name) {
  for (const auto& candidate : node.attributes)
    if (candidate.name == name) return candidate;
  ADD_FAILURE() << "no attribute " << name;
  return node.attributes.front();
}

TEST(Parse, ReadsWhatAModelSaysOfItself) {
  const auto model = parsed("functions");
  EXPECT_EQ(model.ir_version, 8);
  EXPECT_EQ(model.producer, "make-onnx-cases 1");
  EXPECT_EQ(model.opset(""), 17);
  EXPECT_EQ(model.opset("ai.onnx"), 17);
  EXPECT_EQ(model.opset("local"), 1);
  EXPECT_EQ(model.opset("other"), 0);
  EXPECT_EQ(model.graph.name, "functions");
  EXPECT_THAT(model.warnings, IsEmpty());
}

TEST(Parse, ReadsFunctions) {
  const auto model = parsed("functions");
  ASSERT_EQ(model.functions.size(), 1U);
  const auto& block = model.functions[0];
  EXPECT_EQ(block.domain, "local");
  EXPECT_EQ(block.name, "block");
  EXPECT_THAT(block.inputs, ElementsAre("x", "w", "unused"));
  EXPECT_THAT(block.outputs, ElementsAre("y"));
  EXPECT_THAT(block.attributes, ElementsAre("strides"));
  ASSERT_EQ(block.defaults.size(), 1U);
  EXPECT_THAT(block.defaults[0].integers, ElementsAre(1, 1, 1, 1));
  ASSERT_EQ(block.nodes.size(), 2U);
  EXPECT_EQ(attribute(block.nodes[0], "pads").reference, "pads");
}

TEST(Parse, KnowsWeightsByTheirPlace) {
  const auto model = parsed("functions");
  ASSERT_EQ(model.graph.initializers.size(), 2U);
  const auto& weight = model.graph.initializers[1];
  EXPECT_EQ(weight.name, "w2");
  EXPECT_EQ(weight.dtype, DType::float32);
  EXPECT_THAT(weight.dims, ElementsAre(16, 8, 3, 3));
  EXPECT_EQ(weight.storage.place, Storage::Place::raw);
  EXPECT_EQ(weight.storage.range.size, 16U * 8 * 3 * 3 * 4);
  EXPECT_GE(weight.storage.range.offset, weight.message.offset);
  EXPECT_LE(weight.storage.range.offset + weight.storage.range.size,
            weight.message.offset + weight.message.size);
}

TEST(Parse, ReadsEveryKindOfAttribute) {
  const auto model = parsed("every_attribute");
  const auto& node = model.graph.nodes.at(0);
  EXPECT_EQ(node.domain, "my.domain");
  EXPECT_THAT(node.inputs, ElementsAre("x", "", "x"));
  EXPECT_THAT(node.outputs, ElementsAre("", "y"));
  using Type = Attribute::Type;
  const auto& of = [&](std::string_view name, Type type) -> const Attribute& {
    EXPECT_EQ(attribute(node, name).type, type) << name;
    return attribute(node, name);
  };
  EXPECT_EQ(of("real", Type::real).real, 0.5);
  EXPECT_EQ(of("integer", Type::integer).integer, -3);
  EXPECT_EQ(of("text", Type::text).text, "\xC3\xA9");
  EXPECT_EQ(of("tensor", Type::tensor).tensors.at(0).name, "t");
  EXPECT_EQ(of("graph", Type::graph).graphs.at(0)->nodes.at(0).op, "Identity");
  EXPECT_THAT(of("reals", Type::reals).reals, ElementsAre(0.5, 1.5));
  EXPECT_THAT(of("integers", Type::integers).integers, ElementsAre(1, -(std::int64_t{1} << 62)));
  EXPECT_THAT(of("texts", Type::texts).texts, ElementsAre("a", ""));
  EXPECT_EQ(of("tensors", Type::tensors).tensors.size(), 2U);
  EXPECT_EQ(of("graphs", Type::graphs).graphs.size(), 2U);
  EXPECT_EQ(of("type", Type::type).declared->kind, Kind::sequence);
}

TEST(Parse, ReadsTypes) {
  const auto model = parsed("types");
  const auto& inputs = model.graph.inputs;
  ASSERT_EQ(inputs.size(), 7U);
  const auto& dims = *inputs[0].type.dims;
  ASSERT_EQ(dims.size(), 4U);
  EXPECT_EQ(dims[0].symbol, "batch");
  EXPECT_EQ(dims[1].value, 3);
  EXPECT_FALSE(dims[2].value);
  EXPECT_EQ(dims[2].symbol, "");
  EXPECT_EQ(dims[3].value, 0);
  EXPECT_EQ(inputs[1].type.kind, Kind::sequence);
  EXPECT_EQ(inputs[1].type.dtype, DType::float32);
  EXPECT_EQ(inputs[1].type.element->dims->size(), 4U);
  EXPECT_EQ(inputs[2].type.kind, Kind::optional);
  EXPECT_EQ(inputs[2].type.element->kind, Kind::sequence);
  EXPECT_EQ(inputs[3].type.kind, Kind::map);
  EXPECT_EQ(inputs[4].type.kind, Kind::sparse);
  EXPECT_EQ(inputs[4].type.dtype, DType::float64);
  EXPECT_EQ(inputs[5].type.dtype, DType::bfloat16);
  EXPECT_FALSE(inputs[5].type.dims);
  EXPECT_FALSE(inputs[6].type.dims->at(0).value);
  EXPECT_THAT(model.warnings, ElementsAre(HasSubstr("'minus' has a negative dimension")));
}

TEST(Parse, ReadsSparseTensors) {
  const auto model = parsed("sparse");
  const auto& weight = model.graph.initializers.at(0);
  EXPECT_EQ(weight.name, "w");
  EXPECT_EQ(weight.dtype, DType::float32);
  EXPECT_THAT(weight.dims, ElementsAre(3, 4));
  const auto& constant = attribute(model.graph.nodes.at(0), "sparse_value");
  EXPECT_EQ(constant.type, Attribute::Type::sparse);
  ASSERT_EQ(constant.tensors.size(), 2U);
  EXPECT_THAT(constant.tensors[1].dims, ElementsAre(2));
  EXPECT_THAT(constant.sparse_dims, ElementsAre(3, 4));
}

TEST(Parse, ReadsOldFiles) {
  const auto model = parsed("old");
  EXPECT_EQ(model.ir_version, 3);
  EXPECT_EQ(model.opset(""), 8);
  EXPECT_THAT(names_of(model.graph.inputs), ElementsAre("x"));
  EXPECT_EQ(attribute(model.graph.nodes.at(1), "alpha").type, Attribute::Type::real);
  EXPECT_EQ(attribute(model.graph.nodes.at(2), "split").type, Attribute::Type::integers);
}

TEST(Parse, ReadsExternalData) {
  const auto model = parsed("external");
  const auto& target = model.graph.initializers.at(0).storage;
  EXPECT_EQ(target.place, Storage::Place::external);
  EXPECT_EQ(target.location, "weights.bin");
  EXPECT_TRUE(target.has_size);
  EXPECT_EQ(target.range.size, 16U);
  const auto& rest = model.graph.initializers.at(1).storage;
  EXPECT_FALSE(rest.has_size);
  EXPECT_EQ(rest.range.offset, 16U);
}

TEST(Parse, TakesRepeatedNumbersPackedOrNot) {
  const auto packed = field(1, varint(2) + varint(3));
  const auto loose = field(1, 4) + field(1, 5);
  const auto model = parse_bytes(relu_model(field(5, packed + loose + field(2, 1) + field(8, "w"))));
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_THAT(model->graph.initializers.at(0).dims, ElementsAre(2, 3, 4, 5));
}

TEST(Parse, SkipsFieldsThatItDoesNotKnow) {
  const auto strange = field(999, 1) + field(1000, "text") + tag(1001, 1) + "12345678" + tag(1002, 5) +
                       "1234" + field(20, field(1, "training"));
  const auto wrong_type = field(2, 5) + tag(1, 5) + "1234";  // graph's name as a number, a node as fixed32
  const auto model = parse_bytes(strange + relu_model(strange + wrong_type));
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->graph.nodes.size(), 1U);
}

TEST(Parse, WarnsOfWhatIsNewer) {
  const auto opset = parse_bytes(relu_model({}, field(8, field(1, "") + field(2, 99))));
  ASSERT_TRUE(opset);
  const auto graph = field(7, field(1, field(2, "y") + field(4, "Relu")));
  const auto newer = parse_bytes(field(1, 99) + field(8, field(2, 99)) + graph);
  ASSERT_TRUE(newer);
  EXPECT_THAT(newer->warnings,
              ElementsAre(HasSubstr("IR version 99 is newer"), HasSubstr("opset 99 is newer")));
}

TEST(Parse, NamesFilesThatAreSomethingElse) {
  EXPECT_THAT(parse_error("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 102442450\n"),
              HasSubstr("Git LFS pointer"));
  EXPECT_THAT(parse_error(""), HasSubstr("is empty"));
  EXPECT_THAT(parse_error("<!DOCTYPE html>\n<html>"), HasSubstr("HTML"));
  EXPECT_THAT(parse_error("\x1f\x8b\x08 rest"), HasSubstr("gzip"));
  EXPECT_THAT(parse_error("PK\x03\x04 rest"), HasSubstr("zip archive"));
  EXPECT_THAT(parse_error("name: \"net\"\nlayer {\n}\n"), HasSubstr("prototxt"));
  EXPECT_THAT(parse_error("{\"nodes\": []}"), HasSubstr("JSON"));
  EXPECT_THAT(parse_error("ir_version: 8\ngraph {\n}\n"), HasSubstr("text form"));
  EXPECT_THAT(parse_error("x = 5"), HasSubstr("text, no ONNX model"));
  EXPECT_THAT(parse_error(std::string{"\x1c\0\0\0TFL3 rest", 13}), HasSubstr("TensorFlow Lite"));
  EXPECT_THAT(parse_error(std::string{"\x90\0\0\0\0\0\0\0{\"a\"", 12}), HasSubstr("safetensors"));
  EXPECT_THAT(parse_error("\x08\x08\x12\x04name"), HasSubstr("graph is empty"));
  EXPECT_THAT(parse_error(field(1, 8) + field(7, "")), HasSubstr("graph is empty"));
}

TEST(Parse, SaysWhereAFileIsDamaged) {
  EXPECT_EQ(parse_error(field(1, 8) + tag(7, 2) + varint(100) + "short"),
            "byte 2: field 7 has 100 bytes, but the file ends after 5; it is truncated or no ONNX model");
  EXPECT_EQ(parse_error(field(1, 8) + field(7, tag(1, 2) + varint(9) + "x") + field(2, "made by")),
            "byte 4: field 1 has 9 bytes, but its message ends after 1; the file is damaged");
  EXPECT_THAT(parse_error(field(1, 8) + tag(7, 3) + tag(7, 4)), HasSubstr("byte 2: a field of wire type 3"));
  EXPECT_THAT(parse_error(field(1, 8) + tag(0, 0) + varint(1)), HasSubstr("number is out of range"));
  EXPECT_THAT(parse_error(field(1, 8) + tag(7, 0) + std::string(11, '\xFF')),
              HasSubstr("longer than 64 bits"));
  EXPECT_THAT(parse_error(field(1, 8) + tag(7, 1) + "1234"), HasSubstr("cut off"));
}

TEST(Parse, LimitsNestingAndNames) {
  auto graph = field(1, field(2, "y") + field(4, "Relu"));
  for (int i = 0; i < 30; ++i)
    graph = field(1, field(4, "If") + field(5, field(1, "then_branch") + field(6, graph)));
  EXPECT_THAT(parse_error(field(1, 8) + field(7, graph)), HasSubstr("nested deeper than 64"));
  EXPECT_THAT(parse_error(relu_model(field(2, std::string(70'000, 'n')))),
              HasSubstr("names have at most 65536"));
}

TEST(Parse, RefusesImpossibleTensors) {
  const auto tensor = [](std::initializer_list<std::uint64_t> dims) {
    std::string message;
    for (const auto dim : dims) message += field(1, dim);
    return field(5, message + field(2, 1) + field(8, "w"));
  };
  EXPECT_THAT(parse_error(relu_model(tensor({~std::uint64_t{0}}))),
              HasSubstr("tensor 'w' has a dimension of -1"));
  const std::uint64_t huge = std::numeric_limits<std::int64_t>::max();
  EXPECT_THAT(parse_error(relu_model(tensor({huge, huge}))), HasSubstr("more than 2^50 elements"));
  EXPECT_EQ(parse_error(relu_model(tensor({20'000, 3'000'000}))), "");
  EXPECT_EQ(parse_error(relu_model(tensor({huge, 0}))), "");
}

TEST(Parse, RefusesAttributesWithoutTheirValue) {
  const auto node = [](const std::string& attribute) {
    return field(1, 8) + field(7, field(1, field(2, "y") + field(4, "Constant") + field(5, attribute)));
  };
  EXPECT_THAT(parse_error(node(field(1, "value") + field(20, 4))),
              HasSubstr("attribute 'value' does not hold"));
  EXPECT_THAT(parse_error(node(field(1, "body") + field(20, 5))),
              HasSubstr("attribute 'body' does not hold"));
  EXPECT_EQ(parse_error(node(field(1, "axes") + field(20, 7))), "");
}

}  // namespace
}  // namespace ns::onnx
