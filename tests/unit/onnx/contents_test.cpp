#include "net/onnx/contents.hpp"

#include "model_of.hpp"
#include "protobuf_bytes.hpp"

#include <cmath>
#include <fstream>
#include <gmock/gmock.h>
#include <sstream>

namespace ns::onnx {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* folder = NS_TEST_DATA "/onnx/file";

/// "FLOAT_raw 1.5 -2" as words; two blanks hold an empty one.
std::vector<std::string> words(const std::string& line) {
  std::vector<std::string> result;
  std::istringstream text{line};
  for (std::string word; std::getline(text, word, ' ');) result.push_back(word);
  return result;
}

void expect_element(const Value& value, std::size_t i, const std::string& expected) {
  if (const auto* const reals = std::get_if<std::vector<double>>(&value)) {
    const auto number = std::strtod(expected.c_str(), nullptr);
    EXPECT_TRUE((*reals)[i] == number || (std::isnan((*reals)[i]) && std::isnan(number)))
        << (*reals)[i] << " " << number;
    EXPECT_EQ(std::signbit((*reals)[i]), std::signbit(number) && !std::isnan(number)) << i;
  } else if (const auto* const texts = std::get_if<std::vector<std::string>>(&value)) {
    EXPECT_EQ((*texts)[i], expected);
  } else {
    const auto& extent = std::get<std::vector<Extent>>(value)[i];
    // Above 2^63 - 1 numbers are not known.
    const bool is_large = expected.size() > 19 || (expected.size() == 19 && expected > "9223372036854775807");
    EXPECT_EQ(to_string(extent), is_large && expected[0] != '-' ? "?" : expected);
  }
}

TEST(ReadValue, ReadsEveryTypeAsTheOnnxPackageDoes) {
  auto source = Source::open(case_path("values"));
  ASSERT_TRUE(source);
  const auto model = parse(*source);
  ASSERT_TRUE(model) << model.error().message;
  std::ifstream expected{std::string{folder} + "/values.txt"};
  std::string line;
  for (const auto& tensor : model->graph.initializers) {
    SCOPED_TRACE(tensor.name);
    ASSERT_TRUE(std::getline(expected, line));
    const auto row = words(line);
    ASSERT_EQ(row[0], tensor.name);
    const auto value = read_value({&*source, folder}, tensor);
    ASSERT_TRUE(value) << value.error().message;
    ASSERT_EQ(size(*value), row.size() - 1);
    for (std::size_t i = 0; i + 1 < row.size(); ++i) expect_element(*value, i, row[i + 1]);
  }
  EXPECT_FALSE(std::getline(expected, line));
}

class ExternalData : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = Source::open(case_path("external"));
    ASSERT_TRUE(opened);
    source_.emplace(std::move(*opened));
    auto model = parse(*source_);
    ASSERT_TRUE(model) << model.error().message;
    model_ = std::move(*model);
  }

  Result<Value> read(std::string_view name) {
    for (const auto& tensor : model_.graph.initializers)
      if (tensor.name == name) return read_value({&*source_, folder}, tensor);
    return bad_input("no such tensor");
  }
  std::string error(std::string_view name) {
    const auto value = read(name);
    return value ? std::string{} : value.error().message;
  }

  std::optional<Source> source_;
  Model model_;
};

TEST_F(ExternalData, IsReadBesideTheModel) {
  const auto target = read("target");
  ASSERT_TRUE(target) << target.error().message;
  const auto& extents = std::get<std::vector<Extent>>(*target);
  EXPECT_EQ(extents.at(0).value(), 2);
  EXPECT_EQ(extents.at(1).value(), -1);
  const auto rest = read("rest");
  ASSERT_TRUE(rest) << rest.error().message;
  EXPECT_THAT(std::get<std::vector<double>>(*rest), ElementsAre(0, 1, 2, 3));
}

TEST_F(ExternalData, ThatIsNotThereIsNamed) {
  EXPECT_THAT(error("long"), HasSubstr("tensor 'long' needs bytes 16 to 36 of "));
  EXPECT_THAT(error("long"), HasSubstr("weights.bin, which has only 32; the file may be truncated"));
  EXPECT_THAT(error("missing"), HasSubstr("tensor 'missing' needs bytes 0 to 8 of "));
  EXPECT_THAT(error("missing"), HasSubstr("nothing.bin, which is no file"));
  EXPECT_THAT(error("misfit"), HasSubstr("but its dims need 8 bytes"));
  EXPECT_THAT(error("nowhere"), HasSubstr("names no file"));
}

TEST_F(ExternalData, OutsideTheFolderIsRefused) {
  EXPECT_EQ(error("escape"),
            "tensor 'escape' is in '../../../etc/hostname', outside the model's folder, which is refused");
  EXPECT_EQ(error("absolute"),
            "tensor 'absolute' is in '/etc/hostname', outside the model's folder, which is refused");
}

TEST(ExternalPath, StaysInsideTheFolder) {
  const auto path = [](std::string location) {
    TensorData tensor;
    tensor.storage.location = std::move(location);
    return external_path({nullptr, "models"}, tensor);
  };
  EXPECT_EQ(*path("a/b/../w.bin"), "models/a/w.bin");
  EXPECT_EQ(*path("..w"), "models/..w");
  EXPECT_FALSE(path("a/../../w.bin"));
  EXPECT_FALSE(path(".."));
  EXPECT_FALSE(path(std::string{"w\0.bin", 6}));
}

/// The error of reading one TensorProto inside a file.
std::string value_error(const std::string& message) {
  auto source = Source::of(relu_model(field(5, message)));
  const auto model = parse(source);
  if (!model) return model.error().message;
  const auto value = read_value({&source, ""}, model->graph.initializers.at(0));
  return value ? std::string{} : value.error().message;
}

TEST(ReadValue, RefusesBytesThatDoNotFit) {
  const auto head = field(1, 2) + field(2, 7) + field(8, "t");  // int64[2]
  EXPECT_EQ(value_error(head), "tensor 't' is needed for its value, but the file has none");
  EXPECT_EQ(value_error(head + field(9, "")), "tensor 't' is needed for its value, but the file has none");
  EXPECT_EQ(value_error(head + field(9, "short")), "tensor 't' holds 5 bytes, but its dims need 16");
  EXPECT_EQ(value_error(head + field(7, 1)), "tensor 't' holds 1 element, but its dims say 2");
  EXPECT_EQ(value_error(head + field(7, 1) + field(7, 2)), "");
  EXPECT_EQ(value_error(head + field(7, std::string(50'000, '\1'))),
            "tensor 't' holds more elements than its dims say");
  EXPECT_THAT(value_error(head + field(7, "\xFF")), HasSubstr("cut off"));
  EXPECT_EQ(value_error(head + field(5, 1) + field(5, 2)), "tensor 't' holds 0 elements, but its dims say 2");
}

TEST(ReadValue, RefusesWhatItCannotHold) {
  EXPECT_THAT(
      value_error(field(1, 4097) + field(2, 7) + field(8, "t") + field(9, std::string(8 * 4097, '\0'))),
      HasSubstr("more than 4096 elements"));
  EXPECT_THAT(value_error(field(2, 14) + field(9, "12345678")), HasSubstr("complex"));
  EXPECT_THAT(value_error(field(2, 99) + field(9, "1")), HasSubstr("element type that is not known"));
  EXPECT_THAT(value_error(field(2, 8) + field(9, "1")), HasSubstr("strings as raw bytes"));
}

}  // namespace
}  // namespace ns::onnx
