// Files cut off and with bits turned over: reading ends, with a sentence or a model, and flattening what was
// read too.
#include "model_of.hpp"
#include "net/onnx/contents.hpp"

#include <random>

namespace ns::onnx {
namespace {

constexpr const char* cases[] = {"functions", "nested_functions", "unordered", "names", "types", "sparse",
                                 "old",       "every_attribute",  "external"};

std::string content_of(const std::string& name) {
  auto source = Source::open(case_path(name));
  EXPECT_TRUE(source);
  return source ? *source->read(0, source->size()) : std::string{};
}

/// Whether it is a model; what it holds is used, so that a sanitizer sees it.
bool reads(std::string content) {
  auto source = Source::of(std::move(content));
  auto model = parse(source);
  if (!model) {
    EXPECT_FALSE(model.error().message.empty());
    return false;
  }
  for (const auto& tensor : model->graph.initializers) {
    const auto value = read_value({&source, "nowhere"}, tensor);
    EXPECT_TRUE(value || !value.error().message.empty());
  }
  return flatten(*model).has_value();
}

void turn_over(char& byte, std::size_t bit) { byte = static_cast<char>(byte ^ (1 << bit)); }

TEST(DamagedModel, CutOffAnywhereIsNoModel) {
  for (const auto* const name : cases) {
    const auto content = content_of(name);
    EXPECT_TRUE(reads(content)) << name;
    // The last messages are opset_import, metadata and functions; without them a model may still be one.
    std::size_t read = 0;
    for (std::size_t size = 0; size < content.size(); size += 1 + size / 300)
      read += reads(content.substr(0, size)) ? 1U : 0U;
    EXPECT_LE(read, 12U) << name;
  }
}

TEST(DamagedModel, WithBitsTurnedOverIsReadOrRefused) {
  std::mt19937 random{4};
  std::size_t read = 0;
  for (const auto* const name : cases) {
    const auto content = content_of(name);
    for (int i = 0; i < 400; ++i) {
      auto damaged = content;
      for (std::size_t flips = 1 + random() % 4; flips > 0; --flips)
        turn_over(damaged[random() % damaged.size()], random() % 8);
      read += reads(std::move(damaged)) ? 1U : 0U;
    }
  }
  EXPECT_GT(read, 100U);   // names and weights take any bit
  EXPECT_LT(read, 3500U);  // structure does not
}

}  // namespace
}  // namespace ns::onnx
