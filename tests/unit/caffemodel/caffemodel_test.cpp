#include "net/caffemodel/caffemodel.hpp"

#include "caffe_bytes.hpp"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <unistd.h>

namespace ns::caffemodel {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Result<Caffemodel> read(std::string content) {
  return read_caffemodel(wire::Source::of(std::move(content)), "a.caffemodel");
}

std::string error_of(std::string content) {
  const auto model = read(std::move(content));
  return model ? std::string{"no error"} : model.error().message;
}

std::vector<float> values(Caffemodel& model, const Blob& blob, std::uint64_t first, std::size_t count) {
  std::vector<float> into(count, -1.0F);
  EXPECT_TRUE(read_values(model.source, blob, first, into));
  return into;
}

TEST(Caffemodel, ReadsLayersOfThePresentSyntax) {
  auto model = read(field(1, "lenet") + layer("data", {}) +
                    layer("ip", {blob({2, 3}, {1, 2, 3, 4, 5, 6}), blob({2}, {7, 8})},
                          field(6, field(1, "w")) + field(6, field(4, 1)) + field(117, field(6, 1))));
  ASSERT_TRUE(model) << model.error().message;
  ASSERT_EQ(model->layers.size(), 2U);
  EXPECT_EQ(model->layers[0].name, "data");
  EXPECT_THAT(model->layers[0].blobs, IsEmpty());
  const auto& ip = model->layers[1];
  EXPECT_EQ(ip.name, "ip");
  EXPECT_THAT(ip.shared, ElementsAre("w", ""));
  EXPECT_TRUE(ip.transposed);
  ASSERT_EQ(ip.blobs.size(), 2U);
  EXPECT_THAT(ip.blobs[0].dims, ElementsAre(2, 3));
  EXPECT_EQ(ip.blobs[0].count, 6U);
  EXPECT_THAT(values(*model, ip.blobs[0], 2, 3), ElementsAre(3, 4, 5));
  EXPECT_THAT(values(*model, ip.blobs[1], 0, 2), ElementsAre(7, 8));
}

TEST(Caffemodel, ReadsLayersOfVersions1And0) {
  auto model = read(layer_v1("conv1", {legacy(2, 1, 1, 2) + unpacked({1, 2, 3, 4})}, field(1001, "shared")) +
                    field(2, field(1, field(1, "old") + field(50, legacy(1, 1, 1, 2) + packed({5, 6})))));
  ASSERT_TRUE(model) << model.error().message;
  ASSERT_EQ(model->layers.size(), 2U);
  EXPECT_EQ(model->layers[0].name, "conv1");
  EXPECT_THAT(model->layers[0].shared, ElementsAre("shared"));
  const auto& blob = model->layers[0].blobs.at(0);
  EXPECT_THAT(blob.dims, ElementsAre(2, 1, 1, 2));
  EXPECT_EQ(blob.runs.size(), 1U);
  EXPECT_THAT(values(*model, blob, 0, 4), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(values(*model, blob, 3, 1), ElementsAre(4));
  EXPECT_EQ(model->layers[1].name, "old");
  EXPECT_THAT(values(*model, model->layers[1].blobs.at(0), 0, 2), ElementsAre(5, 6));
}

TEST(Caffemodel, ReadsDoublesAndDropsGradients) {
  const auto doubles = shape({3}) + field(8, raw(std::vector<double>{0.5, -1.25, 1e300})) +
                       field(6, raw(std::vector<float>{9, 9, 9})) + field(9, raw(std::vector<double>{9}));
  auto model = read(layer("a", {doubles}));
  ASSERT_TRUE(model) << model.error().message;
  const auto& blob = model->layers[0].blobs.at(0);
  EXPECT_EQ(blob.count, 3U);
  EXPECT_THAT(values(*model, blob, 0, 3), ElementsAre(0.5F, -1.25F, std::numeric_limits<float>::infinity()));
}

TEST(Caffemodel, ReadsValuesThatAreLargerThanAWindowAndInPieces) {
  const auto all = counting(20'000);
  const std::vector<float> first(all.begin(), all.begin() + 9'000);
  const std::vector<float> second(all.begin() + 9'000, all.begin() + 13'000);
  const std::vector<float> third(all.begin() + 13'000, all.end());
  const auto path = testing::TempDir() + "caffemodel_test." + std::to_string(::getpid());
  std::ofstream{path, std::ios::binary}
      << layer("a", {shape({20'000}) + packed(first) + unpacked(second) + packed(third)});
  auto model = read_caffemodel(path);
  std::filesystem::remove(path);
  ASSERT_TRUE(model) << model.error().message;
  const auto& blob = model->layers[0].blobs.at(0);
  EXPECT_EQ(blob.runs.size(), 3U);
  EXPECT_EQ(blob.count, 20'000U);
  EXPECT_EQ(values(*model, blob, 0, 20'000), all);
  EXPECT_EQ(values(*model, blob, 8'990, 5'000),
            std::vector<float>(all.begin() + 8'990, all.begin() + 13'990));
}

TEST(Caffemodel, SaysWhatAFileIsThatIsNone) {
  EXPECT_EQ(error_of(""), "a.caffemodel: the file is empty");
  EXPECT_THAT(error_of("name: \"net\"\nlayer { }\n"), HasSubstr("is text, no .caffemodel"));
  EXPECT_THAT(error_of("version https://git-lfs.github.com/spec/v1\n"), HasSubstr("Git LFS pointer"));
  EXPECT_THAT(error_of(onnx::relu_model()), HasSubstr("is an ONNX model"));
  EXPECT_THAT(error_of(field(1, 1000) + field(2, "snapshot.caffemodel") + field(3, blob({1}, {1}))),
              HasSubstr("perhaps a solver's state"));
  EXPECT_THAT(error_of(field(1, "net") + layer("data", {})), HasSubstr("holds no trained layer"));
}

TEST(Caffemodel, NamesTheByteWhereItBreaks) {
  const auto whole = layer("conv1", {blob({4}, {1, 2, 3, 4})});
  EXPECT_EQ(error_of(whole.substr(0, whole.size() - 1)),
            "a.caffemodel: byte 0: field 100 has 32 bytes, but the file ends after 31; it is truncated or no "
            ".caffemodel");
  EXPECT_THAT(error_of(layer("a", {field(5, "12345")})), HasSubstr("no whole numbers of 4 bytes"));
  EXPECT_THAT(error_of(layer("a", {packed({1}) + field(8, raw(std::vector<double>{1}))})),
              HasSubstr("values of two types"));
  EXPECT_THAT(error_of(layer("a", {field(7, field(1, std::string(400, '\x01')))})),
              HasSubstr("more than 32 axes"));
}

TEST(Caffemodel, RefusesValuesInThousandsOfPieces) {
  std::string pieces;
  for (int i = 0; i < 1'025; ++i) pieces += packed({1}) + field(1, 1);
  EXPECT_THAT(error_of(layer("a", {pieces})), HasSubstr("more than 1024 pieces"));
}

TEST(Caffemodel, SurvivesEveryCutAndEveryChangedByte) {
  const auto whole = field(1, "net") +
                     layer("conv1", {blob({2, 1, 2, 1}, {1, 2, 3, 4}), shape({2}) + unpacked({5, 6})},
                           field(6, field(1, "w")) + field(117, field(6, 1))) +
                     layer_v1("ip", {legacy(1, 1, 1, 2) + field(8, raw(std::vector<double>{1, 2}))});
  const auto visit = [](std::string content) {
    auto model = read(std::move(content));
    if (!model) return;
    for (const auto& each : model->layers)
      for (const auto& blob : each.blobs) {
        ASSERT_LE(blob.count, 200U);  // no more than the file can hold
        values(*model, blob, 0, blob.count);
      }
  };
  for (std::size_t size = 0; size < whole.size(); ++size) visit(whole.substr(0, size));
  for (std::size_t place = 0; place < whole.size(); ++place)
    for (int byte = 0; byte < 256; ++byte) {
      auto changed = whole;
      changed[place] = static_cast<char>(byte);
      visit(std::move(changed));
    }
}

}  // namespace
}  // namespace ns::caffemodel
