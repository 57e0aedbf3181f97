#include "kernels/cudnn/product.hpp"

#include <string_view>
#include <utility>

namespace ns::cudnn {
namespace {

/// A product as cuBLAS is told of it. It counts by columns, in which a row-major matrix is its own transpose:
/// C' = B' * A'.
struct ProductCall {
  cublasOperation_t left;
  cublasOperation_t right;
  int m;
  int n;
  int k;
  int left_line;
  int right_line;
  int made_line;
};

ProductCall call_of(const Product& product) {
  const auto m = static_cast<int>(product.n);
  const auto n = static_cast<int>(product.m);
  const auto k = static_cast<int>(product.k);
  const auto line_of = [](std::int64_t told, int dense) {
    return told == 0 ? dense : static_cast<int>(told);
  };
  return {product.transpose_b ? CUBLAS_OP_T : CUBLAS_OP_N,
          product.transpose_a ? CUBLAS_OP_T : CUBLAS_OP_N,
          m,
          n,
          k,
          line_of(product.b_line, product.transpose_b ? k : m),
          line_of(product.a_line, product.transpose_a ? n : k),
          line_of(product.c_line, m)};
}

/// In single precision, by calls of its own.
Result<void> multiply_single(const Device& device, const Product& product, const float* a, const float* b,
                             float* c) {
  const ProductCall call = call_of(product);
  const float zero = 0.0F;
  if (product.count == 1)
    return check(cublasSgemm(device.blas(), call.left, call.right, call.m, call.n, call.k, &product.scale, b,
                             call.left_line, a, call.right_line, &zero, c, call.made_line),
                 "cublasSgemm");
  return check(
      cublasSgemmStridedBatched(device.blas(), call.left, call.right, call.m, call.n, call.k, &product.scale,
                                b, call.left_line, product.b_stride, a, call.right_line, product.a_stride,
                                &zero, c, call.made_line, product.c_stride, static_cast<int>(product.count)),
      "cublasSgemmStridedBatched");
}

Result<void> multiply_narrow(const Device& device, const Product& product, ProductElements elements,
                             const void* a, const void* b, void* c) {
  const ProductCall call = call_of(product);
  const float zero = 0.0F;
  const auto from = blas_type(elements.operands);
  const auto to = blas_type(elements.made);
  if (product.count == 1)
    return check(cublasGemmEx(device.blas(), call.left, call.right, call.m, call.n, call.k, &product.scale, b,
                              from, call.left_line, a, from, call.right_line, &zero, c, to, call.made_line,
                              CUBLAS_COMPUTE_32F, CUBLAS_GEMM_DEFAULT),
                 "cublasGemmEx");
  return check(
      cublasGemmStridedBatchedEx(device.blas(), call.left, call.right, call.m, call.n, call.k, &product.scale,
                                 b, from, call.left_line, product.b_stride, a, from, call.right_line,
                                 product.a_stride, &zero, c, to, call.made_line, product.c_stride,
                                 static_cast<int>(product.count), CUBLAS_COMPUTE_32F, CUBLAS_GEMM_DEFAULT),
      "cublasGemmStridedBatchedEx");
}

std::string_view name_of(const Product& product, Element operands) {
  if (operands == Element::float32) return product.count == 1 ? "cublas:sgemm" : "cublas:sgemm_batched";
  return product.count == 1 ? "cublas:gemm_ex" : "cublas:gemm_ex_batched";
}

}  // namespace

Result<void> multiply(const Device& device, const Product& product, ProductElements elements, const void* a,
                      const void* b, void* c) {
  if (elements.operands == Element::float32)
    return multiply_single(device, product, static_cast<const float*>(a), static_cast<const float*>(b),
                           static_cast<float*>(c));
  return multiply_narrow(device, product, elements, a, b, c);
}

void append_products(Builder& plan, Products products, BufferId a, BufferId b, BufferId c) {
  const ProductElements elements{plan.element_in(a), plan.element_in(c)};
  plan.run(
      std::string{name_of(products.product, elements.operands)}, {a, b, c},
      [&device = plan.device(), products = std::move(products), elements](std::span<void* const> memory) {
        for (const auto& [of_a, of_b, of_c] : products.offsets) {
          auto done = multiply(
              device, products.product, elements, place_in(memory[0], of_a, elements.operands),
              place_in(memory[1], of_b, elements.operands), place_in(memory[2], of_c, elements.made));
          if (!done) return done;
        }
        return Result<void>{};
      });
}

}  // namespace ns::cudnn
