#include "../onnx/protobuf_bytes.hpp"
#include "exported.hpp"
#include "net/onnx/export/serving.hpp"

#include <gmock/gmock.h>

namespace ns::onnx {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;

std::string data(const std::string& name) { return std::string{NS_TEST_DATA} + "/" + name; }

std::string dim_of(const DeclaredType& type, std::size_t axis) {
  const auto& dim = type.dims->at(axis);
  return dim.value ? std::to_string(*dim.value) : dim.symbol;
}

const Node* node_making(const Graph& graph, const std::string& tensor) {
  for (const auto& node : graph.nodes)
    if (std::ranges::count(node.outputs, tensor) > 0) return &node;
  return nullptr;
}

/// The conv that this net's first branch ends with, alone in what crosses.
constexpr auto* branch_end = "/b/b.2/Conv_output_0";

TEST(Export, WritesWhatEachHalfReadsAndNothingElse) {
  const Scratch scratch;
  auto file = opened(data("export/two_in_three_out.onnx"));
  const auto report = cut(file, {branch_end}, into(scratch / "out"));
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_THAT(names_of(report->head->inputs), ElementsAre("imu"));
  EXPECT_THAT(names_of(report->head->outputs), ElementsAre(branch_end));
  EXPECT_THAT(names_of(report->tail->inputs), ElementsAre("image", branch_end));
  EXPECT_THAT(names_of(report->tail->outputs), ElementsAre("cls", "motion", "heat"));
  EXPECT_THAT(scratch.files(), ElementsAre("out/head.onnx", "out/tail.onnx"));
  EXPECT_EQ(std::filesystem::file_size(scratch / "out/head.onnx"), report->head->bytes);
}

TEST(Export, IsTheSameBytesEveryTime) {
  const Scratch scratch;
  for (const auto* folder : {"a", "b"}) {
    auto file = opened(data("export/ddpm_unet_small.onnx"));
    const auto report = cut(file, {"/d/Conv_output_0"}, into(scratch / folder));
    ASSERT_TRUE(report) << report.error().message;
  }
  EXPECT_EQ(bytes_of(scratch / "a/head.onnx"), bytes_of(scratch / "b/head.onnx"));
  EXPECT_EQ(bytes_of(scratch / "a/tail.onnx"), bytes_of(scratch / "b/tail.onnx"));
}

TEST(Export, KeepsTheNamesOfFreeDimensions) {
  const Scratch scratch;
  auto file = opened(data("export/shape_arith_dyn.onnx"));
  const auto& x = file.model.graph.inputs[0];
  const auto* const reader = &*std::ranges::find_if(file.model.graph.nodes, [&](const Node& node) {
    return node.op != "Shape" && std::ranges::count(node.inputs, x.name) > 0;
  });
  const auto report = cut(file, {reader->name}, into(scratch / "out"));
  ASSERT_TRUE(report) << report.error().message;
  ASSERT_FALSE(report->crossing.empty());
  const auto tail = opened(report->tail->path);
  const auto input = std::ranges::find(tail.model.graph.inputs, reader->outputs[0], &ValueInfo::name);
  ASSERT_NE(input, tail.model.graph.inputs.end());
  EXPECT_EQ(dim_of(input->type, 0), "batch");
  EXPECT_EQ(dim_of(input->type, 1), "time");
}

TEST(Export, SaysWhatTellsShapesWhereSizesAreFree) {
  const Scratch scratch;
  auto file = opened(data("export/shape_arith_dyn.onnx"));
  auto options = into(scratch / "out");
  options.force = true;
  std::size_t said = 0;
  for (std::size_t i = 0; i < file.model.graph.nodes.size(); ++i) {
    if (file.inferred.costs[i].constant) continue;
    const auto report = cut(file, {file.model.graph.nodes[i].name}, options);
    ASSERT_TRUE(report) << report.error().message;
    const bool sends_integers = std::ranges::any_of(
        report->crossing, [](const Port& port) { return port.type.dtype == DType::int64; });
    const bool says = !report->notes.empty() && report->notes[0].find("sizes of inputs are free") == 0;
    EXPECT_EQ(sends_integers, says);
    said += says ? 1 : 0;
  }
  EXPECT_GT(said, 0U);
}

TEST(Export, AShapeOfTheOtherHalfIsAConstantWhereSizesAreFixed) {
  const Scratch scratch;
  auto file = opened(data("export/ddpm_unet_small.onnx"));
  for (std::size_t i = 0; i < file.model.graph.nodes.size(); ++i) {
    const auto& name = file.model.graph.nodes[i].name;
    if (file.inferred.costs[i].constant) continue;
    const auto report = cut(file, {name}, into(scratch / std::to_string(i)));
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_THAT(report->notes, IsEmpty());
    for (const auto& port : report->crossing)
      EXPECT_FALSE(file.inferred.facts.at(port.name).constant) << port.name;
  }
}

TEST(Export, LargeWeightsStandInAFileThatCanBeMapped) {
  const Scratch scratch;
  auto file = opened(data("export/conv_tasnet_small.onnx"));
  auto options = into(scratch / "out");
  options.weights_above = 1000;
  const auto report = cut(file, {file.model.graph.nodes[100].outputs[0]}, options);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_THAT(scratch.files(),
              ElementsAre("out/head.onnx", "out/head.onnx.data", "out/tail.onnx", "out/tail.onnx.data"));
  auto head = opened(report->head->path);
  EXPECT_THAT(head.inferred.warnings, IsEmpty());
  std::size_t outside = 0;
  for (const auto& tensor : head.model.graph.initializers) {
    if (tensor.storage.place != Storage::Place::external) {
      EXPECT_LT(tensor.message.size, 1024U + 200U) << tensor.name;
      continue;
    }
    ++outside;
    EXPECT_EQ(tensor.storage.location, "head.onnx.data");
    EXPECT_EQ(tensor.storage.range.offset % 4096, 0U) << tensor.name;
    const auto original = std::ranges::find(file.model.graph.initializers, tensor.name, &TensorData::name);
    const auto elements = file.source.read(original->storage.range.offset, original->storage.range.size);
    EXPECT_EQ(bytes_of(scratch / "out/head.onnx.data")
                  .substr(tensor.storage.range.offset, tensor.storage.range.size),
              elements.value());
  }
  EXPECT_GT(outside, 3U);
}

/// y = Relu(x + w), the four elements of w being bytes 8 to 24 of "weights".
std::string external_model() {
  const auto entry = [](const char* key, const char* value) {
    return field(13, field(1, key) + field(2, value));
  };
  const auto weight = field(1, 4) + field(2, 1) + field(8, "w") + entry("location", "weights") +
                      entry("offset", "8") + entry("length", "16") + field(14, 1);
  const auto type = field(1, field(1, 1) + field(2, field(1, field(1, 4))));
  const auto value = [&](const char* name) { return field(1, name) + field(2, type); };
  const auto add = field(1, "x") + field(1, "w") + field(2, "a") + field(3, "add") + field(4, "Add");
  const auto relu = field(1, "a") + field(2, "y") + field(3, "relu") + field(4, "Relu");
  const auto graph =
      field(1, add) + field(1, relu) + field(5, weight) + field(11, value("x")) + field(12, value("y"));
  return field(1, 8) + field(8, field(2, 17)) + field(7, graph);
}

TEST(Export, ExternalWeightsComeIntoTheHalfWhereTheyAreFew) {
  const Scratch scratch;
  std::ofstream{scratch / "in.onnx"} << external_model();
  std::ofstream{scratch / "weights"} << "01234567abcdefghijklmnop";
  auto file = opened(scratch / "in.onnx");
  const auto report = cut(file, {"add"}, into(scratch / "out"));
  ASSERT_TRUE(report) << report.error().message;
  auto head = opened(report->head->path);
  const auto& storage = head.model.graph.initializers.at(0).storage;
  ASSERT_EQ(storage.place, Storage::Place::raw);
  EXPECT_EQ(head.source.read(storage.range.offset, storage.range.size).value(), "abcdefghijklmnop");
  EXPECT_THAT(opened(report->tail->path).model.graph.initializers, IsEmpty());
}

TEST(Export, MissingWeightsEndInASentenceAndLeaveNothing) {
  const Scratch scratch;
  std::ofstream{scratch / "in.onnx"} << external_model();
  auto file = opened(scratch / "in.onnx");
  EXPECT_THAT(cut_error(file, {"add"}, into(scratch / "out/deep")),
              HasSubstr("which is no file; put it there"));
  std::ofstream{scratch / "weights"} << "01234567abcdefghijklmno";
  EXPECT_THAT(cut_error(file, {"add"}, into(scratch / "out/deep")),
              AllOf(HasSubstr("bytes 8 to 24 of "), EndsWith("which has only 23; it is truncated")));
  EXPECT_THAT(scratch.files(), ElementsAre("in.onnx", "weights"));
  EXPECT_FALSE(std::filesystem::exists(scratch / "out"));
}

/// z = p + (n + CastLike(w, p)) + CastLike(w, n), where n = Neg(x), p = Exp(x) and w is two integers.
std::string model_of_casts() {
  const auto node = [](std::initializer_list<const char*> inputs, const char* output, const char* op) {
    std::string message;
    for (const auto* const input : inputs) message += field(1, input);
    return field(1, message + field(2, output) + field(3, output) + field(4, op));
  };
  const auto type = field(1, field(1, 1) + field(2, field(1, field(1, 2))));
  const auto value = [&](const char* name) { return field(1, name) + field(2, type); };
  const auto weight = field(1, 2) + field(2, 7) + field(7, 5) + field(7, 6) + field(8, "w");
  const auto graph = node({"x"}, "n", "Neg") + node({"x"}, "p", "Exp") +
                     node({"w", "p"}, "first", "CastLike") + node({"n", "first"}, "sum", "Add") +
                     node({"w", "n"}, "second", "CastLike") + node({"p", "sum", "second"}, "z", "Sum") +
                     field(5, weight) + field(11, value("x")) + field(12, value("z"));
  return field(1, 8) + field(8, field(2, 19)) + field(7, graph);
}

TEST(Export, AHalfHasItsCastsWithoutTheActivationsThatTheyAreLike) {
  const Scratch scratch;
  auto file = opened_bytes(model_of_casts());
  const auto report = cut(file, {"sum"}, into(scratch / "out"));
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_THAT(names_of(report->tail->inputs), ElementsAre("x", "sum"));
  const auto head = opened(report->head->path);
  const auto tail = opened(report->tail->path);
  EXPECT_EQ(node_making(head.model.graph, "p"), nullptr);
  EXPECT_EQ(node_making(tail.model.graph, "n"), nullptr);
  for (const auto* const made :
       {node_making(head.model.graph, "first"), node_making(tail.model.graph, "second")}) {
    ASSERT_NE(made, nullptr);
    EXPECT_EQ(made->op, "Cast");
    EXPECT_THAT(made->inputs, ElementsAre("w"));
    EXPECT_EQ(made->attributes.at(0).name, "to");
    EXPECT_EQ(made->attributes.at(0).integer, 1);
  }
}

TEST(Export, ACastStaysWhereWhatItIsLikeIs) {
  const Scratch scratch;
  auto file = opened_bytes(model_of_casts());
  const auto report = cut(file, {"p", "n"}, into(scratch / "out"));
  ASSERT_TRUE(report) << report.error().message;
  const auto tail = opened(report->tail->path);
  EXPECT_EQ(node_making(tail.model.graph, "first")->op, "CastLike");
  EXPECT_THAT(names_of(report->tail->inputs), ElementsAre("n", "p"));
}

TEST(Export, ACrossingTensorNeedsAType) {
  const Scratch scratch;
  const auto node = field(1, "x") + field(2, "a") + field(4, "Strange") + field(7, "some.where");
  const auto next = field(1, "a") + field(2, "y") + field(4, "Relu");
  const auto graph = field(1, node) + field(1, next) + field(11, field(1, "x")) + field(12, field(1, "y"));
  auto file = opened_bytes(field(1, 8) + field(8, field(2, 17)) + field(7, graph));
  EXPECT_THAT(cut_error(file, {"a"}, into(scratch / "out")),
              HasSubstr("tensor 'a' crosses, but what type it has is not known"));
}

TEST(Export, ReplacesFilesOnlyWhenForced) {
  const Scratch scratch;
  auto file = opened(data("export/two_in_three_out.onnx"));
  std::ofstream{scratch / "tail.onnx"} << "mine";
  EXPECT_THAT(cut_error(file, {branch_end}, into(scratch.path())),
              EndsWith("tail.onnx: is there already; --force replaces it"));
  EXPECT_EQ(bytes_of(scratch / "tail.onnx"), "mine");
  EXPECT_THAT(scratch.files(), ElementsAre("tail.onnx"));
  auto options = into(scratch.path());
  options.force = true;
  EXPECT_TRUE(cut(file, {branch_end}, options));
  EXPECT_THAT(scratch.files(), ElementsAre("head.onnx", "tail.onnx"));
}

TEST(Export, NeverReplacesWhatItReads) {
  const Scratch scratch;
  std::filesystem::copy(data("export/two_in_three_out.onnx"), scratch / "tail.onnx");
  auto file = opened(scratch / "tail.onnx");
  auto options = into(scratch.path());
  options.force = true;
  EXPECT_THAT(cut_error(file, {branch_end}, options),
              EndsWith("is what is exported; name another folder for --export"));
}

TEST(Export, AFolderThatIsNoneIsSaid) {
  const Scratch scratch;
  auto file = opened(data("export/two_in_three_out.onnx"));
  std::ofstream{scratch / "file"} << "text";
  EXPECT_THAT(cut_error(file, {branch_end}, into(scratch / "file")), HasSubstr("is no folder"));
  EXPECT_THAT(cut_error(file, {branch_end}, into(scratch / "file/below")),
              HasSubstr("cannot make the folder"));
}

TEST(Export, ASideWithoutLayersHasNoFile) {
  const Scratch scratch;
  auto file = opened(data("export/two_in_three_out.onnx"));
  const auto server = cut(file, {"image"}, into(scratch / "server"));
  ASSERT_TRUE(server) << server.error().message;
  EXPECT_FALSE(server->head);
  EXPECT_THAT(names_of(server->tail->inputs), ElementsAre("image", "imu"));
  const auto device = cut(file, {"cls", "motion", "heat"}, into(scratch / "device"));
  ASSERT_TRUE(device) << device.error().message;
  EXPECT_FALSE(device->tail);
  EXPECT_THAT(device->crossing, IsEmpty());
  EXPECT_THAT(scratch.files(), ElementsAre("device/head.onnx", "server/tail.onnx"));
}

TEST(Export, TheDeviceCannotReadWhatTheServerMakes) {
  const Scratch scratch;
  auto file = opened(data("export/einsum_attention.onnx"));
  std::vector<bool> on_device(file.model.graph.nodes.size(), true);
  on_device[0] = false;
  const auto report = export_halves(file, on_device, into(scratch / "out"));
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Errc::bad_input);
  EXPECT_THAT(report.error().message, EndsWith("makes on the server; cuts go one way"));
}

TEST(Export, AFunctionThatIsCutStandsAsItsBodyAndOthersStayCalls) {
  const Scratch scratch;
  auto file = opened(data("onnx/file/functions.onnx"));
  const auto inside = std::ranges::find_if(
      file.model.graph.nodes, [](const Node& node) { return node.name.find('/') != std::string::npos; });
  ASSERT_NE(inside, file.model.graph.nodes.end());
  const auto report = cut(file, {inside->name}, into(scratch / "out"));
  ASSERT_TRUE(report) << report.error().message;
  const auto head = opened(report->head->path);
  const auto* const made = node_making(head.model.graph, inside->outputs[0]);
  ASSERT_NE(made, nullptr);
  EXPECT_EQ(made->name, inside->name);
  EXPECT_EQ(made->op, inside->op);
}

TEST(DeviceSide, SuggestsWhatWasMeant) {
  auto file = opened(data("export/two_in_three_out.onnx"));
  const auto side = device_side(file, std::vector<std::string>{"/b/b.2/Conv_output_O"});
  ASSERT_FALSE(side);
  EXPECT_EQ(side.error().code, Errc::usage);
  EXPECT_THAT(side.error().message, EndsWith("did you mean '/b/b.2/Conv_output_0'?"));
}

TEST(DeviceSide, AConstantIsNoPlaceToCut) {
  auto file = opened(data("export/shape_arith_dyn.onnx"));
  std::size_t i = 0;
  while (!file.inferred.costs[i].constant) ++i;
  const auto side = device_side(file, std::vector<std::string>{file.model.graph.nodes[i].outputs[0]});
  ASSERT_FALSE(side);
  EXPECT_THAT(side.error().message, HasSubstr("is a constant"));
}

TEST(DeviceSide, ACallIsAllOfItsBody) {
  auto file = opened(data("onnx/file/functions.onnx"));
  const auto inner = std::ranges::find_if(
      file.model.graph.nodes, [](const Node& node) { return node.name.find('/') != std::string::npos; });
  const auto call = inner->name.substr(0, inner->name.find('/'));
  const auto side = device_side(file, std::vector{call});
  ASSERT_TRUE(side) << side.error().message;
  for (std::size_t i = 0; i < side->size(); ++i)
    EXPECT_TRUE((*side)[i] || file.model.graph.nodes[i].name.rfind(call + "/", 0) != 0);
}

TEST(Serving, TritonCallsScalarsOneElement) {
  ExportedHalf half;
  DeclaredType type;
  type.dtype = DType::int64;
  type.dims.emplace();
  half.inputs.push_back({"a\"b", type});
  type.dims->push_back({std::nullopt, "batch"});
  type.dims->push_back({7, {}});
  half.outputs.push_back({"y", type});
  // Read by google.protobuf.text_format as a ModelConfig of tritonclient 2.
  EXPECT_EQ(triton_config("net_tail", half).value(),
            "name: \"net_tail\"\nbackend: \"onnxruntime\"\nmax_batch_size: 0\n"
            "input [\n  {\n    name: \"a\\\"b\"\n    data_type: TYPE_INT64\n    dims: [ 1 ]\n"
            "    reshape { shape: [ ] }\n  }\n]\n"
            "output [\n  {\n    name: \"y\"\n    data_type: TYPE_INT64\n    dims: [ -1, 7 ]\n  }\n]\n");
}

TEST(Serving, TritonHasNoSequences) {
  ExportedHalf half;
  half.inputs.push_back({"parts", {Kind::sequence, DType::float32, std::nullopt, nullptr}});
  const auto config = triton_config("net_tail", half);
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().code, Errc::unsupported);
}

TEST(Serving, NamesAreWhatServersAllow) {
  EXPECT_EQ(served_name("nets/My Net (2).v1.onnx"), "My_Net__2__v1_tail");
  EXPECT_EQ(served_name("standard input"), "model_tail");
  EXPECT_THAT(kserve_manifest("2D_Net_tail", "s3://models/net"), HasSubstr("  name: d-net-tail\n"));
  EXPECT_THAT(kserve_manifest("net_tail", "s3://models/net"), HasSubstr("storageUri: s3://models/net\n"));
}

}  // namespace
}  // namespace ns::onnx
