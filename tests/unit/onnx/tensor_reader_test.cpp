#include "net/onnx/tensor_reader.hpp"

#include "model_of.hpp"
#include "protobuf_bytes.hpp"

#include <cstring>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>

namespace ns::onnx {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// The numbers of TensorProto.DataType.
enum Type : std::uint64_t {
  real = 1,
  u8 = 2,
  i8 = 3,
  i32 = 6,
  i64 = 7,
  text = 8,
  flag = 9,
  half = 10,
  wide = 11,
  u64 = 13,
  complex = 14,
  bfloat = 16,
  i4 = 22
};

template <class Number>
std::string packed(const std::vector<Number>& numbers) {
  std::string bytes(numbers.size() * sizeof(Number), '\0');
  std::memcpy(bytes.data(), numbers.data(), bytes.size());
  return bytes;
}

std::string varints(const std::vector<std::int64_t>& numbers) {
  std::string bytes;
  for (const auto number : numbers) bytes += varint(static_cast<std::uint64_t>(number));
  return bytes;
}

/// TensorProto: dims, type, name, and `elements`, a field of them.
std::string tensor(const std::vector<std::int64_t>& dims, std::uint64_t type, const std::string& elements) {
  std::string bytes;
  for (const auto dim : dims) bytes += field(1, static_cast<std::uint64_t>(dim));
  return bytes + field(2, type) + field(8, "w") + elements;
}

std::string raw(const std::string& bytes) { return field(9, std::string_view{bytes}); }

/// A field of fixed 32 or 64 bits for each number.
template <class Number>
std::string one_by_one(std::uint32_t number, const std::vector<Number>& values) {
  std::string bytes;
  for (const auto value : values)
    bytes += tag(number, sizeof(Number) == 4 ? 5 : 1) + packed(std::vector{value});
  return bytes;
}

std::string external(const std::vector<std::pair<std::string, std::string>>& entries) {
  std::string bytes = field(14, 1);
  for (const auto& [key, value] : entries)
    bytes += field(13, field(1, std::string_view{key}) + field(2, std::string_view{value}));
  return bytes;
}

/// A model with one tensor, read back.
class Held {
 public:
  explicit Held(const std::string& tensor, std::filesystem::path folder = "/nowhere")
      : source_{Source::of(relu_model(field(5, std::string_view{tensor})))},
        model_{parse(source_).value()},
        reader_{Contents{&source_, std::move(folder)}} {}
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;

  [[nodiscard]] TensorData& data() { return model_.graph.initializers.at(0); }
  Result<Array> array() { return reader_.read(data()); }
  std::vector<double> values() {
    auto made = array();
    EXPECT_TRUE(made) << made.error().message;
    return made ? made->values : std::vector<double>{};
  }
  std::vector<float> floats(std::int64_t first, std::size_t count) {
    std::vector<float> made(count);
    const auto done = reader_.read(data(), first, made);
    EXPECT_TRUE(done) << done.error().message;
    return made;
  }
  /// Both ways to read must refuse.
  std::string error() {
    const auto message = whole_error();
    std::vector<float> one(1);
    const auto part = reader_.read(data(), 0, one);
    EXPECT_FALSE(part);
    return message;
  }
  std::string whole_error() {
    const auto made = array();
    EXPECT_FALSE(made);
    return made ? "" : made.error().message;
  }

 private:
  Source source_;
  Model model_;
  TensorReader reader_;
};

/// A folder with a file "weights.bin", gone with the test.
class Folder {
 public:
  explicit Folder(const std::string& bytes) {
    auto name = testing::TempDir() + "tensors-XXXXXX";
    path_ = ::mkdtemp(name.data());
    std::ofstream{path_ / "weights.bin", std::ios::binary} << bytes;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

TEST(TensorReader, ReadsRawBytesOfEveryWidth) {
  Held floats{tensor({2, 2}, real, raw(packed<float>({1, -2, 0.5F, 4})))};
  EXPECT_THAT(floats.values(), ElementsAre(1, -2, 0.5, 4));
  EXPECT_EQ(floats.array()->shape, (Shape{2, 2}));
  EXPECT_EQ(floats.array()->dtype, DType::float32);
  EXPECT_THAT(floats.floats(1, 2), ElementsAre(-2, 0.5F));
  Held halves{tensor({3}, half, raw(packed<std::uint16_t>({0x3C00, 0xC000, 0x3555})))};
  EXPECT_THAT(halves.values(), ElementsAre(1, -2, 0.333251953125));
  EXPECT_THAT(halves.floats(2, 1), ElementsAre(0.333251953125F));
  Held brains{tensor({2}, bfloat, raw(packed<std::uint16_t>({0x3F80, 0xC040})))};
  EXPECT_THAT(brains.values(), ElementsAre(1, -3));
  Held longs{tensor({2}, i64, raw(packed<std::int64_t>({-5, 1LL << 40})))};
  EXPECT_THAT(longs.values(), ElementsAre(-5, 1099511627776.0));
  Held bytes{tensor({3}, u8, raw("\x01\xFF\x80"))};
  EXPECT_THAT(bytes.values(), ElementsAre(1, 255, 128));
  Held flags{tensor({2}, flag, raw(std::string("\x01\x00", 2)))};
  EXPECT_THAT(flags.values(), ElementsAre(1, 0));
  Held nothing{tensor({0, 3}, real, raw(""))};
  EXPECT_THAT(nothing.values(), ElementsAre());
  Held scalar{tensor({}, wide, raw(packed<double>({0.1})))};
  EXPECT_THAT(scalar.values(), ElementsAre(0.1));
}

TEST(TensorReader, ReadsTypedFieldsPackedOrOneByOne) {
  const std::vector<float> three{1, 2.5F, -3};
  Held together{tensor({3}, real, field(4, std::string_view{packed(three)}))};
  EXPECT_THAT(together.values(), ElementsAre(1, 2.5, -3));
  EXPECT_THAT(together.floats(1, 2), ElementsAre(2.5F, -3));
  Held apart{tensor({3}, real, one_by_one(4, three))};
  EXPECT_THAT(apart.values(), ElementsAre(1, 2.5, -3));
  EXPECT_THAT(apart.floats(1, 2), ElementsAre(2.5F, -3));
  Held both{
      tensor({3}, real,
             one_by_one(4, std::vector<float>{1}) + field(4, std::string_view{packed<float>({2.5F, -3})}))};
  EXPECT_THAT(both.values(), ElementsAre(1, 2.5, -3));
  Held doubles{tensor({2}, wide, one_by_one(10, std::vector<double>{0.1, 0.2}))};
  EXPECT_THAT(doubles.values(), ElementsAre(0.1, 0.2));
  Held longs{tensor({3}, i64, field(7, std::string_view{varints({-1, 300, 1LL << 33})}))};
  EXPECT_THAT(longs.values(), ElementsAre(-1, 300, 8589934592.0));
  Held unsigneds{tensor({1}, u64, field(11, 1ULL << 40))};
  EXPECT_THAT(unsigneds.values(), ElementsAre(1099511627776.0));
  Held bytes{tensor({2}, i8, field(5, std::string_view{varints({-1, 127})}))};
  EXPECT_THAT(bytes.values(), ElementsAre(-1, 127));
  Held whole{tensor({2}, i32, field(5, static_cast<std::uint64_t>(-7)) + field(5, 9))};
  EXPECT_THAT(whole.values(), ElementsAre(-7, 9));
  // Half floats stand in int32_data by their bits.
  Held halves{tensor({2}, half, field(5, std::string_view{varints({0x3C00, 0xC000})}))};
  EXPECT_THAT(halves.values(), ElementsAre(1, -2));
}

TEST(TensorReader, ReadsElementsBelowAByteFromTheMiddle) {
  // Two to a byte, the low half first: 1 -2 7 -8 3.
  const std::string nibbles("\xE1\x87\x03", 3);
  Held held{tensor({5}, i4, raw(nibbles))};
  EXPECT_THAT(held.values(), ElementsAre(1, -2, 7, -8, 3));
  EXPECT_THAT(held.floats(1, 3), ElementsAre(-2, 7, -8));
  EXPECT_THAT(held.floats(3, 2), ElementsAre(-8, 3));
  Held typed{tensor({5}, i4, field(5, std::string_view{varints({0xE1, 0x87, 0x03})}))};
  EXPECT_THAT(typed.values(), ElementsAre(1, -2, 7, -8, 3));
  EXPECT_THAT(typed.floats(3, 2), ElementsAre(-8, 3));
}

TEST(TensorReader, ReadsMoreThanOneStretch) {
  std::vector<float> many(200'000);
  for (std::size_t i = 0; i < many.size(); ++i) many[i] = static_cast<float>(i);
  Held held{tensor({200'000}, real, raw(packed(many)))};
  EXPECT_EQ(held.values().back(), 199'999.0);
  const auto part = held.floats(65'530, 70'000);
  EXPECT_EQ(part.front(), 65'530.0F);
  EXPECT_EQ(part.back(), 135'529.0F);
}

TEST(TensorReader, ReadsExternalFiles) {
  const Folder folder{packed<float>({9, 1, 2, 3})};
  Held held{tensor({3}, real, external({{"location", "weights.bin"}, {"offset", "4"}, {"length", "12"}})),
            folder.path()};
  EXPECT_THAT(held.values(), ElementsAre(1, 2, 3));
  EXPECT_THAT(held.floats(2, 1), ElementsAre(3));
  Held open_ended{tensor({4}, real, external({{"location", "weights.bin"}})), folder.path()};
  EXPECT_THAT(open_ended.values(), ElementsAre(9, 1, 2, 3));
}

TEST(TensorReader, RefusesExternalFilesThatDoNotHoldIt) {
  const Folder folder{packed<float>({9, 1, 2, 3})};
  EXPECT_THAT((Held{tensor({5}, real, external({{"location", "weights.bin"}})), folder.path()}.whole_error()),
              HasSubstr("tensor 'w'"));
  EXPECT_THAT(
      (Held{tensor({3}, real, external({{"location", "weights.bin"}, {"length", "4"}})), folder.path()}
           .whole_error()),
      HasSubstr("tensor 'w' holds 4 bytes, but its dims need 12"));
  EXPECT_THAT((Held{tensor({3}, real, external({{"location", "nowhere.bin"}})), folder.path()}.whole_error()),
              HasSubstr("nowhere.bin"));
  EXPECT_THAT(
      (Held{tensor({3}, real, external({{"location", "../weights.bin"}})), folder.path()}.whole_error()),
      HasSubstr("tensor 'w'"));
  // Room for 256 TB is not made before the file's size is known.
  EXPECT_THAT(
      (Held{tensor({1LL << 46}, real, external({{"location", "weights.bin"}})), folder.path()}.whole_error()),
      HasSubstr("tensor 'w'"));
}

TEST(TensorReader, RefusesWhatIsNoTensorOfNumbers) {
  EXPECT_THAT(Held{tensor({1}, 99, raw("abcd"))}.error(),
              HasSubstr("tensor 'w' has an element type that is not known here"));
  EXPECT_THAT(Held{tensor({1}, text, field(6, "a"))}.error(),
              HasSubstr("tensor 'w' holds string, which is not computed with"));
  EXPECT_THAT(Held{tensor({1}, complex, raw("abcdefgh"))}.error(), HasSubstr("holds complex64"));
  Held sparse{tensor({1}, real, raw("abcd"))};
  sparse.data().sparse = true;
  EXPECT_EQ(sparse.error(), "tensor 'w' is sparse, which is not computed with; store it dense");
  Held nameless{tensor({2}, real, raw("abcd"))};
  nameless.data().name.clear();
  EXPECT_EQ(nameless.error(), "a tensor holds 4 bytes, but its dims need 8");
}

TEST(TensorReader, RefusesDimsThatTheBytesDoNotFill) {
  EXPECT_EQ(Held(tensor({3}, real, raw("abcdefgh"))).error(),
            "tensor 'w' holds 8 bytes, but its dims need 12");
  EXPECT_EQ(Held(tensor({3}, real, "")).error(),
            "tensor 'w' has no elements in the file: its weights were stripped");
  Held impossible{tensor({1}, real, raw("abcd"))};
  impossible.data().dims = {-3};
  EXPECT_THAT(impossible.error(), HasSubstr("tensor 'w' "));
  impossible.data().dims = {1LL << 40, 1LL << 40};
  EXPECT_THAT(impossible.error(), HasSubstr("tensor 'w' "));
  EXPECT_THAT(Held(tensor({1LL << 45}, real, raw("abcd"))).error(), HasSubstr("holds 4 bytes"));
  EXPECT_THAT(Held(tensor({1LL << 45}, real, one_by_one(4, std::vector<float>{1}))).error(),
              HasSubstr("tensor 'w' holds fewer elements than its dims say"));
  Held few{tensor({30}, real, one_by_one(4, std::vector<float>{1, 2, 3, 4}))};
  EXPECT_EQ(few.array().error().message, "tensor 'w' holds 4 elements, fewer than its dims say");
  // A field of another type does not count.
  Held other{tensor({1}, i64, one_by_one(4, std::vector<float>{1}))};
  EXPECT_EQ(other.error(), "tensor 'w' holds 0 elements, fewer than its dims say");
}

}  // namespace
}  // namespace ns::onnx
