#include "kernels/cudnn/epilogue.hpp"
#include "kernels/cudnn/kernels/parameters.hpp"
#include "kernels/cudnn/layers.hpp"
#include "kernels/geometry.hpp"

namespace ns::cudnn {
namespace {

ColumnsTask columns_task(const WindowGeometry& window) {
  ColumnsTask task{};
  task.count = static_cast<unsigned>(window.channels * window.taps() * window.out_plane());
  for (std::size_t axis = 0; axis < 2; ++axis) {
    task.in[axis] = static_cast<int>(window.in[axis + 1]);
    task.out[axis] = static_cast<int>(window.out[axis + 1]);
    task.kernel[axis] = static_cast<int>(window.kernel[axis + 1]);
    task.stride[axis] = static_cast<int>(window.stride[axis + 1]);
    task.pad[axis] = static_cast<int>(window.pad[axis + 1]);
  }
  return task;
}

/// At each position its own filters times its own column: [filters, taps] * [taps, 1]. Neighbours in a column
/// and in the output are `positions` apart, which cuBLAS takes as the lengths of lines of one element.
Result<void> multiply_positions(const Device& device, const WindowGeometry& window, const float* columns,
                                const float* filters, float* out) {
  const auto taps = window.channels * window.taps();
  const auto positions = static_cast<int>(window.out_plane());
  const float one = 1.0F;
  const float zero = 0.0F;
  return check(cublasSgemmStridedBatched(device.blas(), CUBLAS_OP_N, CUBLAS_OP_N, 1,
                                         static_cast<int>(window.filters), static_cast<int>(taps), &one,
                                         columns, positions, 1, filters, static_cast<int>(taps),
                                         window.filters * taps, &zero, out, positions, 1, positions),
               "cublasSgemmStridedBatched");
}

}  // namespace

Result<void> build(const Local& layer, Builder& plan) {
  const WindowGeometry window = window_of(layer, plan.in(), plan.out());
  const ColumnsTask task = columns_task(window);
  const auto filters = plan.stored_weight(0);
  if (!filters) return tl::unexpected{filters.error()};
  const auto bias = plan.stored_weight_if(layer.bias, 1);
  if (!bias) return tl::unexpected{bias.error()};
  const BufferId columns = plan.temporary(task.count);
  const BufferId output = plan.write();
  plan.run("kernel:columns+cublas:sgemm_batched", {plan.read(), *filters, columns, output},
           [&device = plan.device(), task, window](std::span<float* const> memory) {
             const auto image = window.channels * window.in_plane();
             const auto made = window.filters * window.out_plane();
             for (std::int64_t n = 0; n < window.batch; ++n) {
               const float* const from = memory[0] + n * image;
               auto done = device.kernels().launch(device.stream(), Kernel::columns,
                                                   grid_for_each(task.count), task, from, memory[2]);
               if (done)
                 done = multiply_positions(device, window, memory[2], memory[1], memory[3] + n * made);
               if (!done) return done;
             }
             return Result<void>{};
           });
  append_epilogue(plan, epilogue_of(plan, *bias), output, window.filters * window.out_plane(), 1);
  return {};
}

}  // namespace ns::cudnn
