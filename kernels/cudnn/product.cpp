#include "kernels/cudnn/product.hpp"

#include <utility>

namespace ns::cudnn {

/// cuBLAS counts by columns, in which a row-major matrix is its own transpose: C' = B' * A'.
Result<void> multiply(const Device& device, const Product& product, const float* a, const float* b,
                      float* c) {
  const auto m = static_cast<int>(product.n);
  const auto n = static_cast<int>(product.m);
  const auto k = static_cast<int>(product.k);
  const auto left = product.transpose_b ? CUBLAS_OP_T : CUBLAS_OP_N;
  const auto right = product.transpose_a ? CUBLAS_OP_T : CUBLAS_OP_N;
  const auto line_of = [](std::int64_t told, int dense) {
    return told == 0 ? dense : static_cast<int>(told);
  };
  const int left_line = line_of(product.b_line, product.transpose_b ? k : m);
  const int right_line = line_of(product.a_line, product.transpose_a ? n : k);
  const int made_line = line_of(product.c_line, m);
  const float zero = 0.0F;
  if (product.count == 1)
    return check(cublasSgemm(device.blas(), left, right, m, n, k, &product.scale, b, left_line, a, right_line,
                             &zero, c, made_line),
                 "cublasSgemm");
  return check(cublasSgemmStridedBatched(device.blas(), left, right, m, n, k, &product.scale, b, left_line,
                                         product.b_stride, a, right_line, product.a_stride, &zero, c,
                                         made_line, product.c_stride, static_cast<int>(product.count)),
               "cublasSgemmStridedBatched");
}

void append_products(Builder& plan, Products products, BufferId a, BufferId b, BufferId c) {
  plan.run(products.product.count == 1 ? "cublas:sgemm" : "cublas:sgemm_batched", {a, b, c},
           [&device = plan.device(), products = std::move(products)](std::span<float* const> memory) {
             for (const auto& [of_a, of_b, of_c] : products.offsets) {
               auto done =
                   multiply(device, products.product, memory[0] + of_a, memory[1] + of_b, memory[2] + of_c);
               if (!done) return done;
             }
             return Result<void>{};
           });
}

}  // namespace ns::cudnn
