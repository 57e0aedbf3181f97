// Products of 8-bit whole numbers: windows as rows of bytes, one product of cuBLAS for all groups, and what
// leaves the layer for its sums. Zero points are taken away from the sums: with x and w as they stand, and z
// what stands for 0 among them, sum (x - z)(w - v) = sum x w - z sum w - v (sum x - n z) over n summands; the
// sum of x is that of one more filter, of ones.
#include "core/array.hpp"
#include "kernels/cudnn/kernels/parameters.hpp"
#include "kernels/cudnn/layers.hpp"
#include "kernels/geometry.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <tuple>

namespace ns::cudnn {
namespace {

constexpr std::int64_t four = 4;  // what cuBLAS's products of bytes take multiples of

std::int64_t filled_up(std::int64_t count) { return (count + four - 1) / four * four; }

/// A convolution, or a fully connected layer seen as one of images of one element.
struct IntegerProduct {
  Quantisation quantisation;
  WindowGeometry window;
  std::int64_t groups = 1;
  bool has_bias = false;
  int shift = 0;  // of what is multiplied, from its type to int8

  [[nodiscard]] std::int64_t channels() const { return window.channels / groups; }
  [[nodiscard]] std::int64_t filters() const { return window.filters / groups; }
  [[nodiscard]] std::int64_t summands() const { return channels() * window.taps(); }
  [[nodiscard]] std::int64_t positions() const { return window.batch * window.out_plane(); }
  [[nodiscard]] std::int64_t padded_summands() const { return filled_up(summands()); }
  [[nodiscard]] std::int64_t padded_filters() const {
    return filled_up(filters() + (quantisation.filter_zero_points ? 1 : 0));
  }
};

int shift_of(const Quantisation& quantisation, DType input) {
  constexpr int middle = 128;
  return quantisation.dynamic || input == DType::uint8 ? middle : 0;
}

IntegerProduct product_of(const Conv& layer, const Builder& plan) {
  return {layer.quantisation, window_of(layer, plan.in(), plan.out()), layer.groups, layer.bias,
          shift_of(layer.quantisation, plan.config().inputs[0].dtype)};
}

IntegerProduct product_of(const Fc& layer, const Builder& plan) {
  WindowGeometry window;
  window.batch = plan.out().elements() / layer.features;
  window.channels = plan.in().elements() / window.batch;
  window.filters = layer.features;
  return {layer.quantisation, window, 1, layer.bias,
          shift_of(layer.quantisation, plan.config().inputs[0].dtype)};
}

/// What stays of a layer, on the device.
struct Stored {
  BufferId filters{};  // [groups, padded filters, padded summands], bytes
  BufferId factors{};
  BufferId sums{};  // of each filter's bytes
  std::optional<BufferId> zeros;
  std::optional<BufferId> bias;
};

/// The bytes of filters that come without their zero points, which a filter of ones follows in each group if
/// there are any.
struct Bytes8 {
  std::vector<float> words;  // four bytes each
  std::vector<float> sums;
  std::vector<float> zeros;
};

Bytes8 bytes_of(const IntegerProduct& product, const std::vector<float>& filters,
                const std::vector<float>& zero_points) {
  const auto middle = static_cast<float>(product.quantisation.middle());
  const auto row = static_cast<std::size_t>(product.padded_summands());
  const auto summands = static_cast<std::size_t>(product.summands());
  const auto per_group = static_cast<std::size_t>(product.filters());
  const auto rows = static_cast<std::size_t>(product.padded_filters());
  std::vector<std::int8_t> bytes(static_cast<std::size_t>(product.groups) * rows * row, 0);
  Bytes8 made;
  for (std::size_t f = 0; f < static_cast<std::size_t>(product.window.filters); ++f) {
    const float zero = zero_points.empty() ? 0.0F : zero_points[f] - middle;
    std::int8_t* const to = bytes.data() + (f / per_group * rows + f % per_group) * row;
    float sum = 0.0F;
    for (std::size_t k = 0; k < summands; ++k) {
      const float byte = filters[f * summands + k] + zero;
      to[k] = static_cast<std::int8_t>(byte);
      sum += byte;
    }
    made.sums.push_back(sum);
    made.zeros.push_back(zero);
  }
  for (std::size_t group = 0; !zero_points.empty() && group < static_cast<std::size_t>(product.groups);
       ++group)
    std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>((group * rows + per_group) * row), summands,
                std::int8_t{1});
  made.words.resize(bytes.size() / sizeof(float));
  std::memcpy(made.words.data(), bytes.data(), bytes.size());
  return made;
}

Result<Stored> store(const IntegerProduct& product, Builder& plan) {
  const Quantisation& quantisation = product.quantisation;
  const auto filters = plan.weight(0);
  if (!filters) return tl::unexpected{filters.error()};
  std::vector<float> zero_points;
  if (quantisation.filter_zero_points) {
    auto read = plan.weight(2);
    if (!read) return tl::unexpected{std::move(read.error())};
    zero_points = std::move(*read);
  }
  const Bytes8 bytes = bytes_of(product, *filters, zero_points);
  Stored stored;
  const auto keep = [&](const std::vector<float>& values, BufferId& place) -> Result<void> {
    const auto kept = plan.constant(values, Element::float32);
    if (!kept) return tl::unexpected{kept.error()};
    place = *kept;
    return {};
  };
  auto done = keep(bytes.words, stored.filters);
  if (done) done = keep(bytes.sums, stored.sums);
  if (done && !zero_points.empty()) done = keep(bytes.zeros, stored.zeros.emplace());
  if (!done) return tl::unexpected{std::move(done.error())};
  const auto factors = plan.stored_weight(1, Element::float32);
  if (!factors) return tl::unexpected{factors.error()};
  stored.factors = *factors;
  const auto bias = plan.stored_weight_if(product.has_bias, quantisation.bias_slot(), Element::float32);
  if (!bias) return tl::unexpected{bias.error()};
  stored.bias = *bias;
  return stored;
}

/// Scale and zero point of the input: known, or of the range of what arrives.
Result<BufferId> append_scaling(const IntegerProduct& product, BufferId input, Builder& plan) {
  if (!product.quantisation.dynamic)
    return plan.constant(std::array{0.0F, static_cast<float>(product.quantisation.in.zero_point)},
                         Element::float32);
  constexpr std::int64_t most_blocks = 256;
  constexpr std::int64_t elements_of_block = 1024;  // four of each thread
  const auto elements = plan.in().elements();
  const auto blocks = std::clamp(elements / elements_of_block, std::int64_t{1}, most_blocks);
  const Grid grid = grid_of_lines(blocks, elements / blocks);
  const BufferId extremes = plan.temporary(2 * static_cast<std::int64_t>(grid.blocks), Element::float32);
  const BufferId scaling = plan.temporary(2, Element::float32);
  plan.run("kernel:scaling", {input, extremes, scaling},
           [&device = plan.device(), grid,
            count = static_cast<unsigned>(elements)](std::span<void* const> memory) {
             auto done = device.kernels().launch(device.stream(), Kernel::extremes, Element::float32, grid,
                                                 count, memory[0], memory[1]);
             if (!done) return done;
             return device.kernels().launch(device.stream(), Kernel::scaling, Element::float32,
                                            grid_of_lines(1, grid.blocks), grid.blocks, memory[1], memory[2]);
           });
  return scaling;
}

ByteColumnsTask columns_task(const IntegerProduct& product) {
  const WindowGeometry& window = product.window;
  ByteColumnsTask task{};
  task.count = static_cast<unsigned>(product.groups * product.positions() * product.padded_summands());
  task.positions = static_cast<unsigned>(product.positions());
  task.summands = static_cast<unsigned>(product.summands());
  task.padded = static_cast<unsigned>(product.padded_summands());
  task.maps = static_cast<unsigned>(window.channels);
  task.channels = static_cast<unsigned>(product.channels());
  for (std::size_t axis = 0; axis < 3; ++axis) {
    task.in[axis] = static_cast<int>(window.in[axis]);
    task.out[axis] = static_cast<unsigned>(window.out[axis]);
    task.kernel[axis] = static_cast<unsigned>(window.kernel[axis]);
    task.stride[axis] = static_cast<int>(window.stride[axis]);
    task.dilation[axis] = static_cast<int>(window.dilation[axis]);
    task.pad[axis] = static_cast<int>(window.pad[axis]);
  }
  task.shift = product.shift;
  task.makes_whole = product.quantisation.dynamic ? 1 : 0;
  return task;
}

FinishTask finish_task(const IntegerProduct& product) {
  const Quantisation& quantisation = product.quantisation;
  FinishTask task{};
  task.plane = static_cast<unsigned>(product.window.out_plane());
  task.positions = static_cast<unsigned>(product.positions());
  task.filters = static_cast<unsigned>(product.window.filters);
  task.count = task.positions * task.filters;
  task.filters_of_group = static_cast<unsigned>(product.filters());
  task.padded = static_cast<unsigned>(product.padded_filters());
  task.summands = product.summands();
  task.shift = product.shift;
  task.in_scale = quantisation.in.scale;
  task.out_scale = quantisation.out.scale;
  task.out_zero_point = static_cast<double>(quantisation.out.zero_point);
  std::tie(task.low, task.high) = range_of(quantisation.out_dtype);
  return task;
}

/// [positions, summands] times [filters, summands] transposed, of each group; by columns, which cuBLAS
/// counts: the first operand transposed, the second as it is, which is the form that bytes are multiplied in.
Result<void> multiply(const Device& device, const IntegerProduct& product, const void* columns,
                      const void* filters, void* sums) {
  const auto m = static_cast<int>(product.padded_filters());
  const auto n = static_cast<int>(product.positions());
  const auto k = static_cast<int>(product.padded_summands());
  const std::int32_t one = 1;
  const std::int32_t zero = 0;
  return check(cublasGemmStridedBatchedEx(device.blas(), CUBLAS_OP_T, CUBLAS_OP_N, m, n, k, &one, filters,
                                          CUDA_R_8I, k, static_cast<long long>(m) * k, columns, CUDA_R_8I, k,
                                          static_cast<long long>(n) * k, &zero, sums, CUDA_R_32I, m,
                                          static_cast<long long>(m) * n, static_cast<int>(product.groups),
                                          CUBLAS_COMPUTE_32I, CUBLAS_GEMM_DEFAULT),
               "cublasGemmStridedBatchedEx");
}

void append_finish(const IntegerProduct& product, const Stored& stored, BufferId sums, BufferId scaling,
                   Builder& plan) {
  std::vector<BufferId> operands{sums, scaling, stored.factors, stored.sums, plan.write()};
  const auto add = [&](const std::optional<BufferId>& operand) -> std::size_t {
    if (!operand) return 0;
    operands.push_back(*operand);
    return operands.size() - 1;
  };
  const std::size_t bias = add(stored.bias);
  const std::size_t zeros = add(stored.zeros);
  plan.run(
      "kernel:finish", std::move(operands),
      [&device = plan.device(), task = finish_task(product), bias, zeros](std::span<void* const> memory) {
        const auto at = [&](std::size_t place) { return place == 0 ? nullptr : memory[place]; };
        return device.kernels().launch(device.stream(), Kernel::finish, Element::float32,
                                       grid_for_each(task.count), task, memory[0], memory[1], memory[2],
                                       at(bias), at(zeros), memory[3], memory[4]);
      });
}

template <class Layer>
Result<void> build_any(const Layer& layer, Builder& plan) {
  const IntegerProduct product = product_of(layer, plan);
  const auto stored = store(product, plan);
  if (!stored) return tl::unexpected{stored.error()};
  const BufferId input = plan.read();
  const auto scaling = append_scaling(product, input, plan);
  if (!scaling) return tl::unexpected{scaling.error()};
  const ByteColumnsTask task = columns_task(product);
  const BufferId columns = plan.temporary(task.count / four, Element::float32);  // four bytes each
  plan.run("kernel:byte_columns", {*scaling, input, columns},
           [&device = plan.device(), task](std::span<void* const> memory) {
             return device.kernels().launch(device.stream(), Kernel::byte_columns, Element::float32,
                                            grid_for_each(task.count), task, memory[0], memory[1], memory[2]);
           });
  const BufferId sums = plan.temporary(product.groups * product.positions() * product.padded_filters(),
                                       Element::float32);  // int32, as many bytes
  plan.run("cublas:gemm_int8", {columns, stored->filters, sums},
           [&device = plan.device(), product](std::span<void* const> memory) {
             return multiply(device, product, memory[0], memory[1], memory[2]);
           });
  append_finish(product, *stored, sums, *scaling, plan);
  return {};
}

}  // namespace

Result<void> build_integer(const Conv& layer, Builder& plan) { return build_any(layer, plan); }
Result<void> build_integer(const Fc& layer, Builder& plan) { return build_any(layer, plan); }

}  // namespace ns::cudnn
