#include "kernels/cudnn/epilogue.hpp"
#include "kernels/cudnn/kernels/parameters.hpp"
#include "kernels/cudnn/layers.hpp"
#include "kernels/cudnn/product.hpp"
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
Product products_of_positions(const WindowGeometry& window) {
  Product product;
  product.m = window.filters;
  product.k = window.channels * window.taps();
  product.count = window.out_plane();
  product.a_stride = product.m * product.k;
  product.b_stride = 1;
  product.b_line = product.count;
  product.c_stride = 1;
  product.c_line = product.count;
  return product;
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
  const Element element = plan.real();
  plan.run(element == Element::float32 ? "kernel:columns+cublas:sgemm_batched"
                                       : "kernel:columns+cublas:gemm_ex_batched",
           {plan.read(), *filters, columns, output},
           [&device = plan.device(), task, window, element](std::span<void* const> memory) {
             const Product product = products_of_positions(window);
             for (std::int64_t n = 0; n < window.batch; ++n) {
               const void* const from = place_in(memory[0], n * window.channels * window.in_plane(), element);
               void* const to = place_in(memory[3], n * window.filters * window.out_plane(), element);
               auto done = device.kernels().launch(device.stream(), Kernel::columns, element,
                                                   grid_for_each(task.count), task, from, memory[2]);
               if (done) done = multiply(device, product, {element, element}, memory[1], memory[2], to);
               if (!done) return done;
             }
             return Result<void>{};
           });
  append_epilogue(plan, epilogue_of(plan, *bias), output, window.filters * window.out_plane(), 1);
  return {};
}

}  // namespace ns::cudnn
