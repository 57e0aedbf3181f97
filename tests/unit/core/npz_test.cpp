// Against files that numpy wrote: tests/data/arrays/make.py.
#include "core/npz.hpp"

#include "core/file.hpp"

#include <cmath>
#include <filesystem>
#include <gmock/gmock.h>
#include <limits>
#include <numeric>
#include <unistd.h>

namespace ns {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double no_number = std::numeric_limits<double>::quiet_NaN();

std::string data(const std::string& name) { return NS_TEST_DATA "/arrays/" + name; }

std::vector<NamedArray> read(const std::string& path) {
  auto arrays = read_arrays(path);
  EXPECT_TRUE(arrays) << arrays.error().message;
  return arrays ? std::move(*arrays) : std::vector<NamedArray>{};
}

std::vector<double> counted(std::size_t count) {
  std::vector<double> values(count);
  std::iota(values.begin(), values.end(), 0.0);
  return values;
}

struct Expected {
  DType dtype;
  std::vector<double> values;
};

/// Of make.py's every_type(), in its order.
std::vector<Expected> every_type() {
  return {
      {DType::boolean, {0, 1, 1, 0, 0, 1}},
      {DType::int8, {0, 1, -128, 127, 5, 6}},
      {DType::uint8, {0, 1, 0, 255, 5, 6}},
      {DType::int16, {0, 1, -32768, 32767, 5, 6}},
      {DType::uint16, {0, 1, 0, 65535, 5, 6}},
      {DType::int32, {0, 1, -0x1p31, 0x1p31 - 1, 5, 6}},
      {DType::uint32, {0, 1, 0, 0x1p32 - 1, 5, 6}},
      {DType::int64, {0, 1, -0x1p63, 0x1p63, 5, 6}},
      {DType::uint64, {0, 1, 0, 0x1p64, 5, 6}},
      {DType::float16, {0, -1, 0x1p-24, 65504, -infinity, no_number}},
      {DType::float32,
       {0, -1, 0x1p-149, static_cast<double>(std::numeric_limits<float>::max()), -infinity, no_number}},
      {DType::float64, {0, -1, 0x1p-1074, std::numeric_limits<double>::max(), -infinity, no_number}},
  };
}

class EveryType : public testing::TestWithParam<const char*> {};

TEST_P(EveryType, IsReadAsNumpyWroteIt) {
  const auto arrays = read(data(GetParam()));
  const auto expected = every_type();
  ASSERT_EQ(arrays.size(), expected.size());
  for (std::size_t i = 0; i < arrays.size(); ++i) {
    SCOPED_TRACE(arrays[i].name);
    EXPECT_EQ(arrays[i].name, to_string(expected[i].dtype));
    EXPECT_EQ(arrays[i].array.dtype, expected[i].dtype);
    EXPECT_EQ(arrays[i].array.shape, (Shape{2, 3}));
    EXPECT_THAT(arrays[i].array.values,
                testing::Pointwise(testing::NanSensitiveDoubleEq(), expected[i].values));
  }
}

INSTANTIATE_TEST_SUITE_P(Npz, EveryType,
                         testing::Values("every_type.npz", "every_type_compressed.npz", "big_endian.npz"));

TEST(Npz, ReadsEveryLayout) {
  const auto arrays = read(data("layouts.npz"));
  EXPECT_THAT(arrays, ElementsAre(NamedArray{"rows", {DType::float32, {2, 3, 4}, counted(24)}},
                                  NamedArray{"columns", {DType::float32, {2, 3, 4}, counted(24)}},
                                  NamedArray{"columns_of_four", {DType::float32, {2, 3, 2, 2}, counted(24)}},
                                  NamedArray{"vector", {DType::int16, {5}, counted(5)}},
                                  NamedArray{"scalar", {DType::float64, {}, {2.5}}},
                                  NamedArray{"empty", {DType::float32, {0, 3}, {}}},
                                  NamedArray{"empty_columns", {DType::float32, {2, 0, 3}, {}}},
                                  NamedArray{"größe", {DType::uint8, {1}, {7.0}}}));
  EXPECT_TRUE(read(data("none.npz")).empty());
}

TEST(Npz, ReadsOneArrayNamedAfterItsFile) {
  const Array matrix{DType::float32, {2, 3}, counted(6)};
  EXPECT_THAT(read(data("matrix.npy")), ElementsAre(NamedArray{"matrix", matrix}));
  EXPECT_THAT(read(data("columns.npy")), ElementsAre(NamedArray{"columns", matrix}));
  const Array four{DType::int32, {4}, counted(4)};
  EXPECT_THAT(read(data("version_2.npy")), ElementsAre(NamedArray{"version_2", four}));
  EXPECT_THAT(read(data("version_3.npy")), ElementsAre(NamedArray{"version_3", four}));
  EXPECT_THAT(read(data("python_2.npy")),
              ElementsAre(NamedArray{"python_2", {DType::int16, {2, 1}, {-3.0, 4.0}}}));
}

struct Refused {
  const char* file;
  const char* why;
};

void PrintTo(const Refused& refused, std::ostream* out) { *out << refused.file; }

class RefusedFile : public testing::TestWithParam<Refused> {};

TEST_P(RefusedFile, SaysWhichArrayAndWhatToDo) {
  const auto path = data(std::string{"refused/"} + GetParam().file);
  const auto arrays = read_arrays(path);
  ASSERT_FALSE(arrays);
  EXPECT_EQ(arrays.error().code, Errc::bad_input);
  EXPECT_EQ(arrays.error().message, path + ": " + GetParam().why);
}

INSTANTIATE_TEST_SUITE_P(
    Npz, RefusedFile,
    testing::Values(
        Refused{"objects.npy", "its elements are Python objects; save numbers: array.astype('float32')"},
        Refused{"strings.npy", "its elements are strings; save numbers"},
        Refused{"bytes.npy", "its elements are strings; save numbers"},
        Refused{"complex.npy", "its elements are complex; save array.real and array.imag"},
        Refused{
            "fields.npy",
            "its elements have fields; save each field as an array of its own: numpy.savez(file, **{name: "
            "array[name] for name in array.dtype.names})"},
        Refused{
            "raw.npy",
            "its elements are raw bytes, as numpy keeps types it does not know (bfloat16, for example); save "
            "array.astype('float32')"},
        Refused{"times.npy", "its elements are times; save array.astype('int64')"},
        Refused{"long_double.npy", "its element type is not known; save array.astype('float64')"},
        Refused{"nine_axes.npy", "has 9 axes; at most 8 are supported: save array.reshape(...)"},
        Refused{"twice.npz", "there are two arrays called 'x'; remove one"},
        Refused{"notes.npz", "entry 'notes.txt' is no array, whose name ends in .npy; remove it"},
        Refused{"bzip2.npz",
                "array 'x': is compressed in a way that numpy does not write; save it with "
                "numpy.savez_compressed"},
        Refused{"not_npy.npz",
                "array 'x': is no array, for it does not begin with \\x93NUMPY; save it with numpy.save"},
        Refused{"checksum.npz", "array 'x': cannot read its bytes: CRC error; copy or save it again"},
        Refused{"encrypted.npz", "array 'x': is encrypted; save it with numpy.savez"},
        Refused{"size_beyond.npz",
                "array 'x': its 1073741824 bytes are more than the archive has left; copy or save it again"},
        Refused{
            "cut_inside.npz",
            "array 'x': shape 3 of float32 takes 12 bytes, but at most 8 are there; copy or save it again"},
        Refused{"cut_inside_deflated.npz",
                "array 'x': ends after 136 bytes, in its elements; copy or save it again"},
        Refused{"entries_beyond.npz",
                "cannot read the archive: Zip archive inconsistent; copy or save it again"},
        Refused{"overlapping.npz",
                "array '04': its 1118 bytes are more than the archive has left; copy or save it again"}),
    [](const auto& test) {
      std::string name = test.param.file;
      return name.substr(0, name.find('.'));
    });

TEST(Npz, RefusesWhatIsCutShortAnywhere) {
  const auto whole = read_file(data("every_type_compressed.npz")).value();
  ASSERT_TRUE(parse_npz(whole, "x.npz"));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto arrays = parse_npz(std::string_view{whole}.substr(0, size), "x.npz");
    ASSERT_FALSE(arrays) << size;
    EXPECT_EQ(arrays.error().code, Errc::bad_input) << arrays.error().message;
    EXPECT_THAT(arrays.error().message, testing::StartsWith("x.npz: "));
  }
}

class ArrayFiles : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder); }
  void TearDown() override { std::filesystem::remove_all(folder); }
  [[nodiscard]] std::string in_folder(const std::string& name) const { return (folder / name).string(); }
  [[nodiscard]] std::ptrdiff_t files() const {
    return std::distance(std::filesystem::directory_iterator{folder}, {});
  }
  std::filesystem::path folder =
      std::filesystem::path{testing::TempDir()} / ("ns_array_files_" + std::to_string(::getpid()));
};

std::string why_not(const Result<void>& written, Errc code) {
  EXPECT_FALSE(written);
  if (written) return "was written";
  EXPECT_EQ(written.error().code, code);
  return written.error().message;
}

TEST_F(ArrayFiles, AreReadBackAsTheyWereWritten) {
  const auto path = in_folder("a.npz");
  const auto arrays = read(data("layouts.npz"));
  const auto first = write_arrays(path, arrays);
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(read(path), arrays);
  const auto bytes = read_file(path).value();
  ASSERT_TRUE(write_arrays(path, arrays));
  EXPECT_EQ(read_file(path).value(), bytes);
  EXPECT_EQ(files(), 1);
}

TEST_F(ArrayFiles, MayHoldNoArrayAtAll) {
  ASSERT_TRUE(write_arrays(in_folder("none.npz"), {}));
  EXPECT_EQ(read_file(in_folder("none.npz")).value(), read_file(data("none.npz")).value());
}

TEST_F(ArrayFiles, HoldTheBytesThatNumpyWrites) {
  ASSERT_TRUE(write_arrays(in_folder("m.npy"), read(data("matrix.npy"))));
  EXPECT_EQ(read_file(in_folder("m.npy")).value(), read_file(data("matrix.npy")).value());
  EXPECT_EQ(files(), 1);
}

TEST_F(ArrayFiles, HoldMoreThanOnePiece) {
  const Array large{DType::float64, {3, 50001}, counted(150003)};
  const std::vector<NamedArray> arrays{{"a", large}, {"b", large}};
  ASSERT_TRUE(write_arrays(in_folder("large.npz"), arrays));
  EXPECT_EQ(read(in_folder("large.npz")), arrays);
  ASSERT_TRUE(write_arrays(in_folder("a.npy"), std::span{arrays}.first(1)));
  EXPECT_EQ(read(in_folder("a.npy")).at(0), arrays[0]);
}

TEST_F(ArrayFiles, AreToldApartByTheirBytes) {
  std::filesystem::copy_file(data("layouts.npz"), folder / "a.npy");
  EXPECT_EQ(read(in_folder("a.npy")).size(), 8U);
  ASSERT_TRUE(write_file(folder / "b.npz", "three ones"));
  EXPECT_EQ(read_arrays(in_folder("b.npz")).error().message,
            in_folder("b.npz") + ": is neither .npz nor .npy; save it with numpy.savez or numpy.save");
  ASSERT_TRUE(write_file(folder / "empty", ""));
  EXPECT_THAT(read_arrays(in_folder("empty")).error().message, HasSubstr("is neither"));
}

TEST_F(ArrayFiles, ThatCannotBeReadSaySo) {
  EXPECT_EQ(read_arrays(in_folder("no.npz")).error().message,
            in_folder("no.npz") + ": cannot open: No such file or directory");
  EXPECT_EQ(read_arrays(folder.string()).error().message, folder.string() + ": is no regular file; name one");
  EXPECT_EQ(read_arrays("-").error().code, Errc::usage);
}

TEST_F(ArrayFiles, ThatCannotBeWrittenSaySoAndLeaveNothing) {
  const Array one{DType::float32, {1}, {1.0}};
  const std::vector<NamedArray> two{{"a", one}, {"b", one}};
  const auto npz = in_folder("x.npz");
  EXPECT_EQ(why_not(write_arrays(in_folder("x.npy"), two), Errc::usage),
            in_folder("x.npy") + ": a .npy file holds one array, not 2; call it .npz");
  EXPECT_THAT(why_not(write_arrays("-", two), Errc::usage), HasSubstr("not written to standard output"));
  EXPECT_EQ(why_not(write_arrays(npz, std::vector<NamedArray>{{"a", one}, {"a", one}}), Errc::usage),
            npz + ": there are two arrays called 'a'; rename one");
  EXPECT_THAT(why_not(write_arrays(npz, std::vector<NamedArray>{{"\xff", one}}), Errc::usage),
              HasSubstr("its name is no UTF-8; give it another"));
  EXPECT_THAT(why_not(write_arrays(npz, std::vector<NamedArray>{{std::string{"a\0b", 3}, one}}), Errc::usage),
              HasSubstr("null byte"));
  EXPECT_EQ(why_not(write_arrays(npz, std::vector<NamedArray>{{"s", {DType::string, {}, {0.0}}}}),
                    Errc::unsupported),
            npz + ": array 's': elements are string, which are not written; give numbers");
  EXPECT_THAT(why_not(write_arrays(in_folder("no/x.npz"), two), Errc::io), HasSubstr("No such file"));
  EXPECT_THAT(why_not(write_arrays(in_folder("no/x.npy"), std::span{two}.first(1)), Errc::io),
              HasSubstr("No such file"));
  EXPECT_THAT(why_not(write_arrays("/dev/null", two), Errc::io), HasSubstr("no regular file"));
  EXPECT_THAT(why_not(write_arrays(folder.string(), two), Errc::io), HasSubstr("no regular file"));
  EXPECT_EQ(files(), 0);
}

}  // namespace
}  // namespace ns
