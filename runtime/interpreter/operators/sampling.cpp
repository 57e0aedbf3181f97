// What reads images between their pixels, at places that other inputs name.
#include "runtime/interpreter/operators/sampling.hpp"

#include "runtime/interpreter/operators.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace ns {
namespace {

using Data = std::vector<Datum>;
using Extents = std::vector<std::int64_t>;

enum class Outside : std::uint8_t { zeros, border, reflection };

/// How an axis is read between its pixels and beyond its ends.
struct Reading {
  std::string_view mode;
  Outside outside = Outside::zeros;
  bool align_corners = false;
};

/// Mirrored at both ends until it lies between them.
double reflected(double x, double low, double high) {
  const auto range = high - low;
  if (range <= 0.0) return low;
  const auto away = x < low ? low - x : x > high ? x - high : 0.0;
  if (away == 0.0) return x;
  const auto turns = std::floor(away / range);
  const auto rest = away - turns * range;
  return (x < low) == (std::fmod(turns, 2.0) == 0.0) ? low + rest : high - rest;
}

/// Where a place beyond the ends is read instead.
double within(const Reading& reading, double x, std::int64_t extent) {
  const auto last = static_cast<double>(extent) - 1.0;
  const auto margin = reading.align_corners ? 0.0 : 0.5;
  if (x >= -margin && x <= last + margin) return x;
  if (reading.outside == Outside::border) return std::clamp(x, 0.0, last);
  if (reading.outside == Outside::reflection) return reflected(x, -margin, last + margin);
  return x;
}

/// The pixel that is read for `place`; none where zero is.
std::optional<std::int64_t> pixel_at(const Reading& reading, double place, std::int64_t extent) {
  const auto last = static_cast<double>(extent) - 1.0;
  if (reading.outside != Outside::zeros) place = std::clamp(within(reading, place, extent), 0.0, last);
  if (!(place >= 0.0 && place <= last)) return std::nullopt;
  return static_cast<std::int64_t>(place);
}

/// Keys' cubic convolution, a = -0.75.
double cubic(double distance) {
  constexpr double a = -0.75;
  const auto x = std::abs(distance);
  if (x <= 1.0) return ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0;
  if (x < 2.0) return ((a * x - 5.0 * a) * x + 8.0 * a) * x - 4.0 * a;
  return 0.0;
}

Taps taps_at(const Reading& reading, double x, std::int64_t extent) {
  Taps taps;
  const auto add = [&](double place, double weight) {
    if (const auto pixel = pixel_at(reading, place, extent)) taps.push_back({*pixel, weight});
  };
  if (reading.mode == "nearest") {
    add(within(reading, std::nearbyint(x), extent), 1.0);
    return taps;
  }
  x = within(reading, x, extent);
  const auto floor = std::floor(x);
  if (reading.mode.ends_with("linear")) {
    add(floor, 1.0 - (x - floor));
    add(floor + 1.0, x - floor);
    return taps;
  }
  for (int step = -1; step <= 2; ++step) add(floor + step, cubic(x - floor - step));
  return taps;
}

Outside outside_of(std::string_view name) {
  return name == "border" ? Outside::border : name == "reflection" ? Outside::reflection : Outside::zeros;
}

/// A coordinate from -1 to 1 as a place among pixels, in single precision: halves fall as in other runtimes.
double place_of(double coordinate, std::int64_t extent, bool align_corners) {
  const auto count = static_cast<double>(extent);
  const auto place =
      align_corners ? (coordinate + 1.0) / 2.0 * (count - 1.0) : ((coordinate + 1.0) * count - 1.0) / 2.0;
  return static_cast<double>(static_cast<float>(place));
}

/// Input [batch, channels, ...], grid [batch, ..., axes] whose last axis names the last spatial axis first.
Result<Data> grid_sample(const OperatorCall& call) {
  auto made = call.blank(0);
  if (!made) return tl::unexpected{std::move(made.error())};
  const auto& input = call.in(0);
  const auto& grid = call.in(1);
  const Reading reading{call.view.text("mode", "linear"), outside_of(call.view.text("padding_mode", "zeros")),
                        call.view.integer("align_corners", 0) != 0};
  const auto extents = input.shape.extents().subspan(2);
  const auto rank = extents.size();
  if (made->values.empty()) return outputs_of(std::move(*made));
  const auto plane = static_cast<std::size_t>(input.shape.elements(2, input.shape.rank()));
  const auto places = static_cast<std::size_t>(made->shape.elements(2, made->shape.rank()));
  const auto channels = static_cast<std::size_t>(input.shape[1]);
  if (plane == 0 || grid.values.size() != static_cast<std::size_t>(input.shape[0]) * places * rank)
    return call.fail("input and grid do not go together");
  std::vector<Taps> taps(rank);
  for (std::size_t place = 0; place < places * static_cast<std::size_t>(input.shape[0]); ++place) {
    for (std::size_t axis = 0; axis < rank; ++axis) {
      const auto x =
          place_of(grid.values[place * rank + rank - 1 - axis], extents[axis], reading.align_corners);
      taps[axis] = taps_at(reading, x, extents[axis]);
    }
    const auto batch = place / places;
    for (std::size_t channel = batch * channels; channel < (batch + 1) * channels; ++channel)
      made->values[channel * places + place % places] =
          sample(std::span{input.values}.subspan(channel * plane, plane), extents, taps);
  }
  round_values(*made);
  return outputs_of(std::move(*made));
}

/// The grid that samples an image as theta [batch, axes, axes + 1] moves, turns and stretches it.
Result<Data> affine_grid(const OperatorCall& call) {
  const auto& theta = call.in(0);
  const auto& size = call.in(1).values;
  const auto rank = size.size() - 2;
  if (size.size() < 3 || theta.shape.rank() != 3 || theta.shape[1] != static_cast<std::int64_t>(rank) ||
      theta.shape[2] != theta.shape[1] + 1)
    return call.fail("theta and size do not go together");
  Extents extents{theta.shape[0]};
  for (std::size_t axis = 0; axis < rank; ++axis) extents.push_back(integer_of(size[axis + 2]));
  const auto places = Shape{extents}.elements(1, rank + 1);
  extents.push_back(theta.shape[1]);
  const Shape shape{extents};
  if (auto checked = check_shape(shape); !checked) return call.fail(checked.error().message);
  const bool align_corners = call.view.integer("align_corners", 0) != 0;
  auto made = zeros(theta.dtype, shape);
  std::vector<double> point(rank + 1, 1.0);  // the last axis first, then 1
  for (std::size_t i = 0; i < made.values.size(); i += rank) {
    auto rest = static_cast<std::int64_t>(i / rank) % places;
    for (std::size_t axis = rank; axis-- > 0; rest /= shape[axis + 1]) {
      const auto count = static_cast<double>(shape[axis + 1]);
      const auto at = static_cast<double>(rest % shape[axis + 1]);
      point[rank - 1 - axis] =
          align_corners ? 2.0 * at / (count - 1.0) - 1.0 : (2.0 * at + 1.0) / count - 1.0;
    }
    const auto* row = theta.values.data() + static_cast<std::int64_t>(i / rank) / places *
                                                static_cast<std::int64_t>(rank * (rank + 1));
    for (std::size_t axis = 0; axis < rank; ++axis, row += rank + 1)
      for (std::size_t j = 0; j <= rank; ++j) made.values[i + axis] += row[j] * point[j];
  }
  round_values(made);
  return outputs_of(std::move(made));
}

/// Pixels around a place of a region (Mask R-CNN); none more than one pixel outside.
Taps region_taps(double x, std::int64_t extent) {
  const auto last = extent - 1;
  if (x < -1.0 || x > static_cast<double>(extent)) return {{0, 0.0}, {0, 0.0}};
  x = std::max(x, 0.0);
  const auto low = static_cast<std::int64_t>(x);
  if (low >= last) return {{last, 1.0}, {last, 0.0}};
  const auto part = x - static_cast<double>(low);
  return {{low, 1.0 - part}, {low + 1, part}};
}

/// One axis of a region: where it begins, how long a bin is, how many places of each are read.
struct Side {
  double start = 0.0;
  double bin = 0.0;
  std::int64_t reads = 1;

  [[nodiscard]] double at(std::int64_t place, std::int64_t read) const {
    return start + static_cast<double>(place) * bin +
           (static_cast<double>(read) + 0.5) * bin / static_cast<double>(reads);
  }
};

/// Of each bin: larger regions than any image has ask for no more.
constexpr double most_reads = 65536.0;

Side side_of(const OperatorCall& call, double low, double high, std::int64_t bins) {
  const auto scale = call.view.real("spatial_scale", 1.0);
  const bool half_pixel =
      call.view.text("coordinate_transformation_mode",
                     call.view.opset() < 16 ? "output_half_pixel" : "half_pixel") == "half_pixel";
  Side side{low * scale - (half_pixel ? 0.5 : 0.0), 0.0, call.view.integer("sampling_ratio", 0)};
  auto length = (high - low) * scale;
  if (!half_pixel) length = std::max(length, 1.0);
  side.bin = length / static_cast<double>(bins);
  if (side.reads <= 0)
    side.reads = static_cast<std::int64_t>(std::clamp(std::ceil(side.bin), 0.0, most_reads));
  return side;
}

/// The mean, or the largest weighed pixel, of what is read of one bin.
double pooled(std::span<const double> image, std::span<const std::int64_t> extents, const Side& y,
              const Side& x, std::int64_t row, std::int64_t column, bool mean) {
  double sum = 0.0;
  std::optional<double> most;
  for (std::int64_t i = 0; i < y.reads; ++i)
    for (std::int64_t j = 0; j < x.reads; ++j) {
      const std::array axes{region_taps(y.at(row, i), extents[0]), region_taps(x.at(column, j), extents[1])};
      if (mean) sum += sample(image, extents, axes);
      for (const auto& a : axes[0])
        for (const auto& b : axes[1]) {
          const auto value =
              a.weight * b.weight * image[static_cast<std::size_t>(a.place * extents[1] + b.place)];
          most = std::max(most.value_or(value), value);
        }
    }
  return mean ? sum / static_cast<double>(std::max<std::int64_t>(1, y.reads * x.reads)) : most.value_or(0.0);
}

/// Input [batch, channels, height, width], regions [count, left, top, right, bottom], their batches.
Result<Data> roi_align(const OperatorCall& call) {
  auto made = call.blank(0);
  if (!made) return tl::unexpected{std::move(made.error())};
  const auto& input = call.in(0);
  const auto& regions = call.in(1).values;
  const auto& batches = call.in(2).values;
  const auto extents = input.shape.extents().subspan(2);
  if (extents.size() != 2 || regions.size() != 4 * batches.size() || input.values.empty() ||
      made->shape[0] != static_cast<std::int64_t>(batches.size()) || made->shape[1] != input.shape[1])
    return call.fail("input and regions do not go together");
  const auto plane = static_cast<std::size_t>(extents[0] * extents[1]);
  const bool mean = call.view.text("mode", "avg") == "avg";
  auto to = made->values.begin();
  for (std::size_t region = 0; region < batches.size(); ++region) {
    const auto batch = integer_of(batches[region]);
    if (batch < 0 || batch >= input.shape[0]) return call.fail("a region is of a batch that is not there");
    const auto* const corners = regions.data() + 4 * region;
    const auto x = side_of(call, corners[0], corners[2], made->shape[3]);
    const auto y = side_of(call, corners[1], corners[3], made->shape[2]);
    for (auto channel = batch * input.shape[1]; channel < (batch + 1) * input.shape[1]; ++channel)
      for (std::int64_t row = 0; row < made->shape[2]; ++row)
        for (std::int64_t column = 0; column < made->shape[3]; ++column)
          *to++ = pooled(std::span{input.values}.subspan(static_cast<std::size_t>(channel) * plane, plane),
                         extents, y, x, row, column, mean);
  }
  round_values(*made);
  return outputs_of(std::move(*made));
}

/// Rounds a place to the pixel that nearest means.
double nearest(std::string_view mode, double x) {
  if (mode == "floor") return std::floor(x);
  if (mode == "ceil") return std::ceil(x);
  return mode == "round_prefer_ceil" ? std::floor(x + 0.5) : std::ceil(x - 0.5);
}

/// The part of an axis that is cut out, as shares of its length, and how many elements it becomes.
struct Region {
  double start = 0.0;
  double end = 1.0;
  std::int64_t in = 1;
  std::int64_t out = 1;

  [[nodiscard]] double at(std::int64_t place) const {
    const auto last = static_cast<double>(in) - 1.0;
    if (out == 1) return 0.5 * (start + end) * last;
    return start * last +
           static_cast<double>(place) * (end - start) * last / (static_cast<double>(out) - 1.0);
  }
};

Result<std::vector<Region>> regions_of(const OperatorCall& call, const Shape& out) {
  const auto& in = call.in(0).shape;
  std::vector<Region> regions;
  for (std::size_t axis = 0; axis < in.rank(); ++axis) regions.push_back({0.0, 1.0, in[axis], out[axis]});
  const auto named = call.view.integers("axes");
  const auto count = named.empty() ? in.rank() : named.size();
  if (!call.has(1) || call.in(1).values.size() != 2 * count)
    return call.fail("its region is not two numbers per axis");
  for (std::size_t i = 0; i < count; ++i) {
    const auto axis = call.view.axis(named.empty() ? static_cast<std::int64_t>(i) : named[i], in.rank());
    if (!axis) return tl::unexpected{axis.error()};
    regions[*axis].start = call.in(1).values[i];
    regions[*axis].end = call.in(1).values[count + i];
  }
  return regions;
}

/// Resize of a region (tf_crop_and_resize); what lies outside of the input is `extrapolation_value`.
Result<Data> crop_and_resize(const OperatorCall& call) {
  auto made = call.blank(0);
  if (!made) return tl::unexpected{std::move(made.error())};
  const auto& view = call.view;
  if (view.text("coordinate_transformation_mode", "") != "tf_crop_and_resize" ||
      view.real("cubic_coeff_a", -0.75) != -0.75 || view.integer("exclude_outside", 0) != 0 ||
      view.integer("antialias", 0) != 0 || call.in(0).values.empty())
    return call.fail("is not computed here in this form");
  const auto regions = regions_of(call, made->shape);
  if (!regions) return tl::unexpected{regions.error()};
  const Reading reading{view.text("mode", "nearest"), Outside::border, true};
  const bool is_nearest = reading.mode == "nearest";
  std::vector<Taps> taps(regions->size());
  for (std::size_t i = 0; i < made->values.size(); ++i) {
    auto rest = static_cast<std::int64_t>(i);
    bool inside = true;
    for (std::size_t axis = taps.size(); axis-- > 0; rest /= made->shape[axis]) {
      const auto& region = regions->at(axis);
      const auto x = region.at(rest % region.out);
      inside = inside && x >= 0.0 && x <= static_cast<double>(region.in - 1);
      const auto place = is_nearest ? nearest(view.text("nearest_mode", "round_prefer_floor"), x) : x;
      taps[axis] = taps_at(reading, place, region.in);
    }
    made->values[i] = inside ? sample(call.in(0).values, call.in(0).shape.extents(), taps)
                             : view.real("extrapolation_value", 0.0);
  }
  round_values(*made);
  return outputs_of(std::move(*made));
}

}  // namespace

Taps linear_taps(double x, std::int64_t extent) { return taps_at({"linear"}, x, extent); }

double sample(std::span<const double> image, std::span<const std::int64_t> extents,
              std::span<const Taps> axes) {
  if (axes.empty()) return image.front();
  const auto plane = image.size() / static_cast<std::size_t>(extents.front());
  double sum = 0.0;
  for (const auto& tap : axes.front())
    sum += tap.weight * sample(image.subspan(static_cast<std::size_t>(tap.place) * plane, plane),
                               extents.subspan(1), axes.subspan(1));
  return sum;
}

namespace {}  // namespace

std::span<const Operator> sampling_operators() {
  static constexpr std::array rows{
      Operator{"", "AffineGrid", 2, affine_grid},
      Operator{"", "GridSample", 2, grid_sample},
      Operator{"", "Resize", 1, crop_and_resize},
      Operator{"", "RoiAlign", 3, roi_align},
  };
  return rows;
}

}  // namespace ns
