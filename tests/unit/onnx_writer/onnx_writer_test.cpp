#include "net/onnx_writer/onnx_writer.hpp"

#include "net/onnx/contents.hpp"
#include "net/onnx/onnx.hpp"
#include "net/text/text.hpp"

#include <filesystem>
#include <gmock/gmock.h>
#include <numeric>
#include <stdexcept>
#include <unistd.h>

namespace ns::onnx_writer {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A folder of the test's own.
class OnnxWriter : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder_); }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::filesystem::path path(const std::string& name) const { return folder_ / name; }

  static Net net_of(const std::string& text) {
    auto net = parse_net_text(text, "net.txt");
    if (!net) throw std::runtime_error{net.error().message};
    return std::move(*net);
  }

  static std::vector<LayerId> all_of(const Net& net) {
    std::vector<LayerId> layers(net.layers.size());
    std::iota(layers.begin(), layers.end(), 0);
    return layers;
  }

  Written write(const Net& net, const std::vector<LayerId>& part, const std::string& name,
                const WriteOptions& options = {}) const {
    auto written = write_onnx(net, part, RandomWeights{7}, path(name), options);
    if (!written) throw std::runtime_error{written.error().message};
    return std::move(*written);
  }

  [[nodiscard]] onnx::ModelFile read(const std::string& name) const {
    auto file = onnx::read_model(path(name).string(), {});
    if (!file) throw std::runtime_error{file.error().message};
    return std::move(*file);
  }

  [[nodiscard]] Listing list(const std::string& name) const {
    auto listing = onnx::list_onnx(path(name).string(), {});
    if (!listing) throw std::runtime_error{listing.error().message};
    return std::move(*listing);
  }

  std::string error_of(const Net& net, const std::vector<LayerId>& part) const {
    const auto written = write_onnx(net, part, RandomWeights{7}, path("none.onnx"));
    EXPECT_THAT(std::filesystem::is_empty(folder_), true) << "something is left of what failed";
    return written ? std::string{"no error"} : written.error().message;
  }

  std::filesystem::path folder_ =
      std::filesystem::path{testing::TempDir()} / ("onnx_writer_test." + std::to_string(::getpid()));
};

/// The elements of an initializer as the model's file (or the one beside it) has them.
std::vector<double> values(onnx::ModelFile& file, std::string_view name) {
  for (const auto& tensor : file.model.graph.initializers) {
    if (tensor.name != name) continue;
    const auto value = onnx::read_value(file.contents(), tensor);
    EXPECT_TRUE(value) << value.error().message;
    return std::get<std::vector<double>>(*value);
  }
  ADD_FAILURE() << "no initializer " << name;
  return {};
}

/// A tensor's shape and type as ns-inspect shows it.
std::string listed(const Listing& listing, std::string_view name) {
  for (const auto& tensor : listing.tensors)
    if (tensor.name == name) return print(tensor);
  return "not there";
}

const char* const small = R"(net small
input x 1x4x9x9
c1 = conv:filters=6,kernel=3,pad=1,groups=2 x
r1 = act:relu c1
p1 = pool:max,kernel=2,stride=2,rounding=caffe r1
c2 = conv:filters=6,kernel=1 p1
sum = eltwise:add c2 p1
fc = fc:features=3 sum
prob = softmax fc
)";

TEST_F(OnnxWriter, WritesWhatTheReaderReadsBack) {
  const auto net = net_of(small);
  const auto written = write(net, all_of(net), "a.onnx");
  EXPECT_THAT(written.inputs, ElementsAre("x"));
  EXPECT_THAT(written.outputs, ElementsAre("prob"));
  EXPECT_THAT(written.files, ElementsAre(path("a.onnx")));
  const auto listing = list("a.onnx");
  // c1 6x2x3x3 + 6, c2 6x6 + 6, fc 3x150 + 3; MACs 6x81x18, 6x25x6, 3x150.
  EXPECT_EQ(listing.totals.parameters, 108 + 6 + 36 + 6 + 450 + 3);
  EXPECT_EQ(written.parameters, listing.totals.parameters);
  EXPECT_EQ(written.constants, 0);
  EXPECT_EQ(listing.totals.macs, Macs{8748 + 900 + 450});
  EXPECT_THAT(listing.warnings, IsEmpty());
}

TEST_F(OnnxWriter, WritesAPartWithTheTensorsAroundIt) {
  const auto net = net_of(small);
  const auto head = write(net, {0, 1, 2, 3}, "head.onnx");
  const auto tail = write(net, {6, 5, 4}, "tail.onnx");
  EXPECT_THAT(head.inputs, ElementsAre("x"));
  EXPECT_THAT(head.outputs, ElementsAre("p1", "c2"));
  EXPECT_THAT(tail.inputs, ElementsAre("p1", "c2"));
  EXPECT_THAT(tail.outputs, ElementsAre("prob"));
}

TEST_F(OnnxWriter, GivesALayerItsWeightsInWhateverPartItIs) {
  const auto net = net_of(small);
  write(net, all_of(net), "whole.onnx");
  write(net, {3}, "part.onnx");
  auto whole = read("whole.onnx");
  auto part = read("part.onnx");
  EXPECT_EQ(values(whole, "c2.weight"), values(part, "c2.weight"));
  std::vector<float> expected(36);
  ASSERT_TRUE(RandomWeights{7}.read(net, 3, 0, 0, expected));
  EXPECT_EQ(values(part, "c2.weight"), std::vector<double>(expected.begin(), expected.end()));
}

TEST_F(OnnxWriter, PutsLargeWeightsBesideTheModel) {
  const auto net = net_of(small);
  write(net, all_of(net), "inside.onnx");
  const auto written = write(net, all_of(net), "apart.onnx", {.max_inline_bytes = 1'000});
  EXPECT_THAT(written.files, ElementsAre(path("apart.onnx"), path("apart.onnx.data")));
  auto inside = read("inside.onnx");
  auto apart = read("apart.onnx");
  EXPECT_THAT(apart.inferred.warnings, IsEmpty());
  for (const auto* const name : {"fc.weight", "c1.weight", "fc.bias"})
    EXPECT_EQ(values(inside, name), values(apart, name));
  // 450 floats alone are large enough to be put there.
  EXPECT_EQ(std::filesystem::file_size(path("apart.onnx.data")), 1'800U);
}

/// One small net a row, and its floating-point constants that are no weights.
struct Room {
  const char* text;
  std::int64_t constants;
};

const Room rooms[] = {
    {"input x 1x2x9\ny = conv:filters=4,kernel=3,dilation=2 x\n", 0},
    {"input x 1x2x9\ninput z 4x2x3\ny = conv:filters=4,kernel=3,stored=0 x z\n", 0},
    {"input x 1x2x5x5x5\ny = conv:filters=4,kernel=3,stride=2,pad=1,bias=0 x\n", 0},
    {"input x 2x3x4\ny = fc:features=5 x\n", 0},
    {"input x 7\ny = fc:features=5,bias=0 x\n", 0},
    {"input x 2x3x7x6\ny = local:filters=4,kernel=3x2,stride=2x1,pad=1 x\n", 0},
    {"input x 1x3x7x7\ny = pool:average,kernel=2,stride=2,pad=1,rounding=caffe,count_pad=1 x\n", 0},
    {"input x 1x3x8x8\ny = pool:max,kernel=2,stride=5,rounding=caffe x\n", 1},      // the lowest number
    {"input x 1x3x8x8\ny = pool:average,kernel=2,stride=5,rounding=caffe x\n", 6},  // 3 corrections an axis
    {"input x 1x3x8x8\ny = pool:average,global=1 x\n", 0},
    {"input x 1x3x8x8\ny = act:relu6 x\n", 2},
    {"input x 1x3x8\ny = act:prelu x\n", 0},
    {"input x 1x3x8\ny = act:prelu,shared=1 x\n", 0},
    {"input x 1x3\ny = act:gelu x\n", 3},
    {"input x 1x3x8\ny = concat:with=1x2x8,at=1 x x\n", 0},
    {"input x 1x3\ny = act:power,alpha=2,beta=0.5,gamma=1 x\n", 3},
    {"input x 1x3\ny = act:power,alpha=1,beta=1 x\n", 0},
    {"input x 1x6x5x5\ny = norm:lrn,size=3 x\n", 0},
    {"input x 1x6x5\ny = norm:lrn,size=3 x\n", 0},
    {"input x 1x6x5x5\ny = norm:lrn_within,size=3 x\n", 3},
    {"input x 1x6x5x5\ny = norm:batch x\n", 0},
    {"input x 1x6x5x5\ny = norm:batch,affine=0 x\n", 12},  // scales of 1, shifts of 0
    {"input x 1x6x5x5\ny = norm:scale x\n", 0},
    {"input x 1x6x5x5\ny = softmax x\n", 0},
    {"input x 1x6x5x5\ny = argmax:axis=2 x\n", 0},
    {"input x 1x6x5x5\ny = argmax:top=3 x\n", 0},
    {"input x 1x6\ninput z 5x6\ny = eltwise:mul x z x\n", 0},
    {"input x 1x6\ninput z 5x6\ny = eltwise:add,coefficients=1/-2/0.5 x z x\n", 2},
    {"input x 1x6\ny = concat x x\n", 0},
    {"input x 1x6x2\ny z = slice:sizes=2x4 x\n", 0},
    {"input x 1x6x2\ny = reshape:extents=0x-1 x\n", 0},
    {"input x 1x6x2\ny z = identity:copies=2 x\n", 0},
    {"input x 1x6x2\ny = identity:dropout=1 x\n", 0},
};

TEST_F(OnnxWriter, KeepsShapesAndCountsOfEveryRoom) {
  for (const auto& room : rooms) {
    SCOPED_TRACE(room.text);
    const auto net = net_of(room.text);
    const auto written = write(net, all_of(net), "room.onnx");
    const auto listing = list("room.onnx");
    EXPECT_THAT(listing.warnings, IsEmpty());
    EXPECT_EQ(listing.totals.macs, totals(net).macs);
    EXPECT_EQ(written.parameters, totals(net).parameters);
    EXPECT_EQ(written.constants, room.constants);
    EXPECT_EQ(listing.totals.parameters, totals(net).parameters + room.constants);
    for (const auto& tensor : net.tensors)
      EXPECT_EQ(listed(listing, tensor.name), print(tensor.type)) << tensor.name;
  }
}

TEST_F(OnnxWriter, DividesStatisticsByCaffesFactor) {
  const auto net = net_of("input x 1x2x2x2\ny = norm:batch,affine=0,factor=1 x\n");
  class Given final : public Weights {
   public:
    explicit Given(float factor) : factor_{factor} {}
    Result<void> read(const Net&, LayerId, std::size_t slot, std::int64_t,
                      std::span<float> into) const override {
      for (float& value : into) value = slot == 2 ? factor_ : static_cast<float>(slot + 1);
      return {};
    }

   private:
    float factor_;
  };
  ASSERT_TRUE(write_onnx(net, all_of(net), Given{4.0F}, path("four.onnx")));
  auto four = read("four.onnx");
  EXPECT_THAT(values(four, "y.mean"), ElementsAre(0.25, 0.25));
  EXPECT_THAT(values(four, "y.variance"), ElementsAre(0.5, 0.5));
  ASSERT_TRUE(write_onnx(net, all_of(net), Given{0.0F}, path("zero.onnx")));
  auto zero = read("zero.onnx");
  EXPECT_THAT(values(zero, "y.mean"), ElementsAre(0, 0));
}

TEST_F(OnnxWriter, SaysWhatCannotBeWritten) {
  const auto opaque = net_of("input x 1x3x4x4\na = act:relu x\nb = opaque:op=Warp,outputs=1x3x4x4 a\n");
  EXPECT_THAT(error_of(opaque, {0, 1}),
              HasSubstr("none.onnx: layer b: no layer type describes operator Warp"));
  EXPECT_THAT(error_of(opaque, {}), HasSubstr("no layer is to be written"));
  const auto half = net_of("input x 1x3:float16\ny = act:relu x\n");
  EXPECT_THAT(error_of(half, {0}), HasSubstr("tensor x is float16; only nets of float32"));
  const auto wide = net_of("input x 1x1x1x100000000\ny = local:filters=1,kernel=1 x\n");
  EXPECT_THAT(error_of(wide, {0}), HasSubstr("layer y: 100000000 positions"));
  const auto huge = net_of("input x 1x1000000\ny = fc:features=100000000 x\n");
  EXPECT_THAT(error_of(huge, {0}), HasSubstr("but the disk has only"));
  const auto net = net_of(small);
  const auto nowhere = write_onnx(net, all_of(net), RandomWeights{7}, path("no/such/folder/a.onnx"));
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().code, Errc::io);
}

TEST_F(OnnxWriter, LeavesTheOldFileWhereWeightsFail) {
  class Broken final : public Weights {
   public:
    Result<void> read(const Net&, LayerId, std::size_t, std::int64_t, std::span<float>) const override {
      return bad_input("the weights are gone");
    }
  };
  const auto net = net_of(small);
  write(net, all_of(net), "a.onnx");
  const auto size = std::filesystem::file_size(path("a.onnx"));
  const auto written = write_onnx(net, {{0}}, Broken{}, path("a.onnx"));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().message, "layer c1: the weights are gone");
  EXPECT_EQ(std::filesystem::file_size(path("a.onnx")), size);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator{folder_}, {}), 1);
}

TEST_F(OnnxWriter, KeepsNamesApart) {
  // A tensor has the name that a step inside a layer would get.
  const auto net = net_of("input x 1x3\nb/gate = act:relu x\nb = act:silu b/gate\n");
  write(net, all_of(net), "a.onnx");
  const auto file = read("a.onnx");
  EXPECT_EQ(file.model.graph.nodes.size(), 3U);
  EXPECT_EQ(file.model.graph.nodes[1].name, "b/gate'");
}

}  // namespace
}  // namespace ns::onnx_writer
