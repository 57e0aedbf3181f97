// Which file is what, and that no input ends in anything but a net or a sentence.
#include "net/reader.hpp"

#include "core/file.hpp"
#include "net/prototxt/prototxt.hpp"
#include "net/text/text.hpp"
#include "tests/unit/net/net_lookup.hpp"

#include <array>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>

namespace ns {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr std::array net_files{"alexnet.prototxt", "chk.prototxt",   "deepface.prototxt",
                               "kaldi.prototxt",   "mnist.prototxt", "ner.prototxt",
                               "pos.prototxt",     "vgg19.prototxt", "googlenet.txt",
                               "mobilenet_v2.txt", "resnet50.txt",   "squeezenet1_1.txt"};

std::string content_of(const std::string& file) {
  auto text = read_file(std::string{NS_DATA} + "/nets/" + file);
  if (!text) throw std::runtime_error(text.error().message);
  return std::move(*text);
}

class Reader : public testing::Test {
 protected:
  void SetUp() override {
    const auto* const test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::temp_directory_path() / ("ns_reader_" + std::string{test->name()});
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  Result<Net> read(const std::string& name, std::string_view content) {
    const auto path = (folder_ / name).string();
    std::ofstream{path, std::ios::binary} << content;
    return read_net(path);
  }
  /// What stands behind the file's name in the error.
  std::string error_of(const std::string& name, std::string_view content) {
    const auto net = read(name, content);
    if (net) return "no error";
    const auto path = (folder_ / name).string();
    return net.error().message.substr(0, path.size()) == path ? net.error().message.substr(path.size())
                                                              : net.error().message;
  }

  std::filesystem::path folder_;
};

constexpr std::string_view as_prototxt =
    "# a comment\n\ninput: 'x' input_shape { dim: 1 dim: 8 }\nlayer { name: 'r' type: 'ReLU' bottom: 'x' "
    "top: 'r' }";
constexpr std::string_view as_text = "# a comment\n\ninput x 1x8\nr = act:relu x\n";

TEST_F(Reader, TellsTheFormatFromTheContent) {
  for (const auto* name : {"a.prototxt", "a.txt", "a", "a.net"}) {
    SCOPED_TRACE(name);
    EXPECT_EQ(read(name, as_prototxt).value().format, "prototxt");
    EXPECT_EQ(read(name, as_text).value().format, "text");
  }
  EXPECT_EQ(read("a", "\xEF\xBB\xBF" + std::string{as_text}).value().format, "text");
  EXPECT_EQ(read("a",
                 "layer {name:'d' type:'Input' top:'x' input_param{shape{dim:1}}} layer{type:'ReLU' "
                 "bottom:'x' top:'r'}")
                .value()
                .format,
            "prototxt");
  EXPECT_EQ(read("sub.net", as_text).value().name, "sub");
  // The mark of TensorFlow Lite, where such a file has it; but this is text.
  EXPECT_EQ(read("a", "net TFL3\n" + std::string{as_text}).value().name, "TFL3");
}

TEST_F(Reader, SaysWhatAFileIsThatIsNoNet) {
  EXPECT_EQ(error_of("a.prototxt", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 7\n"),
            ": is a Git LFS pointer, not the file itself; fetch it with git lfs pull");
  EXPECT_THAT(error_of("a.prototxt", "\n<!DOCTYPE html>\n<html>"), StartsWith(": is an HTML or XML page"));
  EXPECT_THAT(error_of("a.txt", "\x1f\x8b\x08 rest"), StartsWith(": is compressed with gzip"));
  EXPECT_THAT(error_of("a.txt", std::string_view{"\xFF\xFEn\0e\0t\0", 8}),
              StartsWith(": is encoded in UTF-16"));
  EXPECT_THAT(error_of("a.txt", "{\"schema\": \"ns.net/1\"}"), StartsWith(": is JSON"));
  EXPECT_THAT(error_of("a.prototxt", "net: \"train_val.prototxt\"\nbase_lr: 0.1\n"),
              StartsWith(": holds a solver's settings"));
  EXPECT_THAT(error_of("a.prototxt", " \n# nothing\n"), StartsWith(": is empty"));
  EXPECT_THAT(error_of("a.bin", std::string_view{"\0\0\0\0", 4}), StartsWith(": is binary"));
  EXPECT_THAT(error_of("a.caffemodel", std::string_view{"\x0a\x07\x00lenet", 8}),
              StartsWith(": holds weights"));
  EXPECT_THAT(error_of("a", "hello"), StartsWith(": is no ONNX model, no Caffe prototxt and no native text"));
}

TEST_F(Reader, KnowsAnOnnxModelByItsContent) {
  const auto model = read_file(NS_TEST_DATA "/onnx/inspect/chain.onnx");
  ASSERT_TRUE(model);
  for (const auto* name : {"a.onnx", "a.bin", "a.prototxt"}) {
    const auto net = read(name, *model);
    ASSERT_TRUE(net) << net.error().message;
    EXPECT_EQ(net->format, "onnx");
  }
}

TEST_F(Reader, RefusesWhatIsNoRegularFileOrTooLarge) {
  EXPECT_EQ(read_net((folder_ / "none.txt").string()).error().code, Errc::io);
  EXPECT_THAT(read_net(folder_.string()).error().message, HasSubstr("is a directory"));
  EXPECT_THAT(read_net("/dev/zero").error().message, HasSubstr("is no regular file"));
  const auto sparse = folder_ / "sparse.prototxt";
  std::ofstream{sparse};
  std::filesystem::resize_file(sparse, std::uintmax_t{1} << 30);
  EXPECT_THAT(read_net(sparse.string()).error().message, HasSubstr("larger than 64 MB"));
}

/// Both parsers get everything: whatever a file is, its reader may meet it.
void expect_net_or_sentence(std::string_view text) {
  for (auto* const parse : {&parse_prototxt, &parse_net_text}) {
    const auto net = parse(text, "f");
    if (net) {
      EXPECT_GE(totals(*net).macs.value(), 0.0);
      continue;
    }
    EXPECT_THAT(net.error().message, StartsWith("f:"));
  }
}

TEST(BadNets, TruncatedAnywhereEndInANetOrASentence) {
  for (const auto* file : net_files) {
    const auto text = content_of(file);
    for (std::size_t size = 0; size < text.size(); size += 37)
      expect_net_or_sentence(std::string_view{text}.substr(0, size));
  }
}

TEST(BadNets, WithChangedBytesEndInANetOrASentence) {
  std::mt19937 random{1};
  const auto below = [&](std::size_t end) {
    return std::uniform_int_distribution<std::size_t>{0, end - 1}(random);
  };
  for (const auto* file : {"mnist.prototxt", "pos.prototxt", "squeezenet1_1.txt"}) {
    const auto text = content_of(file);
    for (int i = 0; i < 200; ++i) {
      auto changed = text;
      for (std::size_t k = 0; k <= below(4); ++k)
        changed[below(changed.size())] = static_cast<char>(below(256));
      expect_net_or_sentence(changed);
    }
  }
}

TEST(BadNets, WithAnyNumberInAnyPlaceEndInANetOrASentence) {
  const auto is_digit = [](char letter) { return letter >= '0' && letter <= '9'; };
  for (const auto* file : {"alexnet.prototxt", "deepface.prototxt", "pos.prototxt", "squeezenet1_1.txt"}) {
    const auto text = content_of(file);
    for (const std::string number : {"0", "-1", "99999999999999999999999", "9223372036854775807",
                                     "-9223372036854775808", "2147483648", "1e308", "nan", ""}) {
      for (std::size_t at = 1; at < text.size(); ++at) {
        if (!is_digit(text[at]) || is_digit(text[at - 1])) continue;
        auto end = at;
        while (end < text.size() && is_digit(text[end])) ++end;
        if (text[at - 1] != ' ' && text[at - 1] != '=' && text[at - 1] != 'x') continue;
        expect_net_or_sentence(text.substr(0, at) + number + text.substr(end));
        at = end + 40;  // not every number of a long file
      }
    }
  }
}

TEST(BadNets, WithAnyNumberInAnyLayerTypeEndInANetOrASentence) {
  for (const std::string layer :
       {"type: 'Convolution' convolution_param { num_output: N kernel_size: 3 }",
        "type: 'Convolution' convolution_param { num_output: 4 kernel_size: N pad: N stride: N dilation: N "
        "group: N }",
        "type: 'Deconvolution' convolution_param { num_output: 4 kernel_size: N stride: 2 }",
        "type: 'Deconvolution' convolution_param { num_output: N kernel_size: 3 pad: N stride: N dilation: N "
        "}",
        "type: 'Local' local_param { num_output: N kernel_size: 2 stride: N }",
        "type: 'Pooling' pooling_param { kernel_size: N stride: N pad: N }",
        "type: 'LRN' lrn_param { local_size: N alpha: N }",
        "type: 'Softmax' softmax_param { axis: N }",
        "type: 'InnerProduct' inner_product_param { num_output: N axis: 2 }",
        "type: 'InnerProduct' inner_product_param { num_output: 2 axis: N }",
        "type: 'Slice' slice_param { axis: N slice_point: N }",
        "type: 'Concat' concat_param { axis: N }",
        "type: 'Flatten' flatten_param { axis: N end_axis: N }",
        "type: 'Reshape' reshape_param { shape { dim: N dim: 2 } axis: 1 }",
        "type: 'Reshape' reshape_param { shape { dim: -1 } axis: N num_axes: N }",
        "type: 'Reshape' reshape_param { shape { dim: -1 } axis: 1 num_axes: N }",
        "type: 'ArgMax' argmax_param { top_k: N }",
        "type: 'ArgMax' argmax_param { top_k: N axis: N }",
        "type: 'ArgMax' argmax_param { top_k: N out_max_val: true }",
        "type: 'Permute' permute_param { order: N }",
        "type: 'Crop' crop_param { axis: N } bottom: 'x'",
        "type: 'Tile' tile_param { axis: 1 tiles: N }",
        "type: 'Tile' tile_param { axis: N tiles: 2 }",
        "type: 'Reduction' reduction_param { axis: N }",
        "type: 'LSTM' recurrent_param { num_output: N }",
        "type: 'Scale' scale_param { axis: N } bottom: 'x'",
        "type: 'Eltwise' eltwise_param { coeff: N } bottom: 'x'",
        "type: 'BatchNorm' batch_norm_param { eps: N }"}) {
    for (const std::string number : {"0", "-1", "-5", "3", "9223372036854775807", "-9223372036854775808",
                                     "1073741824", "1048576", "nan", "\"text\"", "{ }"}) {
      for (const std::string shape :
           {"dim: 2 dim: 4 dim: 8 dim: 8", "dim: 2", "", "dim: 16777216 dim: 16777216"}) {
        auto text =
            "input: 'x' input_shape { " + shape + " } layer { name: 'l' bottom: 'x' top: 'l' " + layer + " }";
        for (auto at = text.find(" N "); at != std::string::npos; at = text.find(" N "))
          text.replace(at + 1, 1, number);
        SCOPED_TRACE(text);
        expect_net_or_sentence(text);
      }
    }
  }
}

TEST(BadNets, DeepOrEndlessEndInASentence) {
  std::string deep;
  std::string dims = "input: 'x' input_shape { ";
  std::string inputs;
  for (int i = 0; i < 200'000; ++i) {
    deep += i % 2 == 0 ? "layer{" : "x<";
    dims += "dim:1 ";
    inputs += "input:'a'";
  }
  expect_net_or_sentence(deep);
  expect_net_or_sentence(dims + "} layer { type: 'ReLU' bottom: 'x' top: 'y' }");
  expect_net_or_sentence(inputs);
  expect_net_or_sentence("layer { " + std::string(3'000'000, '[') + " }");
  expect_net_or_sentence(std::string(3'000'000, '"'));
  expect_net_or_sentence("input x " + std::string(1'000'000, '1') + "\ny = act:relu x");
  expect_net_or_sentence("input: '" + std::string(1'000'000, 'x') +
                         "' layer { type: 'ReLU' bottom: 'y' top: 'z' }");
}

}  // namespace
}  // namespace ns
