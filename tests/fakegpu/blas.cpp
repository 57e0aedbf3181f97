// The fake cuBLAS: products by plain loops.
#include "device.hpp"
#include "numbers.hpp"

#include <algorithm>
#include <cublas_v2.h>
#include <initializer_list>

struct cublasContext {
  CUstream stream = nullptr;
};

namespace {

cublasStatus_t begin(const char* name) {
  return fakegpu::begin_call(name) ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_EXECUTION_FAILED;
}

struct Product {
  bool transpose_a;
  bool transpose_b;
  std::int64_t m;
  std::int64_t n;
  std::int64_t k;
  float alpha;
  const void* a;
  std::int64_t a_line;
  std::int64_t a_stride;
  const void* b;
  std::int64_t b_line;
  std::int64_t b_stride;
  void* c;
  std::int64_t c_line;
  std::int64_t c_stride;
  std::int64_t count;
  cudaDataType_t from = CUDA_R_32F;  // of a and b
  cudaDataType_t to = CUDA_R_32F;
};

void compute(const Product& p) {
  for (std::int64_t i = 0; i < p.count; ++i) {
    for (std::int64_t column = 0; column < p.n; ++column) {
      for (std::int64_t row = 0; row < p.m; ++row) {
        double sum = 0.0;
        for (std::int64_t k = 0; k < p.k; ++k) {
          const auto a = p.transpose_a ? k + row * p.a_line : row + k * p.a_line;
          const auto b = p.transpose_b ? column + k * p.b_line : k + column * p.b_line;
          sum += fakegpu::number_at(p.a, i * p.a_stride + a, p.from) *
                 fakegpu::number_at(p.b, i * p.b_stride + b, p.from);
        }
        fakegpu::put_number(p.c, i * p.c_stride + row + column * p.c_line, p.to,
                            static_cast<double>(p.alpha) * sum);
      }
    }
  }
}

/// One past the last element of an operand whose matrices have so many lines of such a length.
std::size_t bytes_of(std::int64_t line, std::int64_t lines, std::int64_t length, std::int64_t stride,
                     std::int64_t count, cudaDataType_t type) {
  return static_cast<std::size_t>((count - 1) * stride + (lines - 1) * line + length) *
         fakegpu::size_of(type);
}

cublasStatus_t enqueue(cublasHandle_t handle, const Product& p, float beta) {
  if (p.m < 1 || p.n < 1 || p.k < 1 || p.count < 1 || beta != 0.0F) return CUBLAS_STATUS_INVALID_VALUE;
  if (p.a_line < (p.transpose_a ? p.k : p.m) || p.b_line < (p.transpose_b ? p.n : p.k) || p.c_line < p.m)
    return CUBLAS_STATUS_INVALID_VALUE;
  const auto a =
      bytes_of(p.a_line, p.transpose_a ? p.m : p.k, p.transpose_a ? p.k : p.m, p.a_stride, p.count, p.from);
  const auto b =
      bytes_of(p.b_line, p.transpose_b ? p.k : p.n, p.transpose_b ? p.n : p.k, p.b_stride, p.count, p.from);
  const auto c = bytes_of(p.c_line, p.n, p.m, p.c_stride, p.count, p.to);
  if (!fakegpu::is_device_memory(p.a, a) || !fakegpu::is_device_memory(p.b, b) ||
      !fakegpu::is_device_memory(p.c, c))
    return CUBLAS_STATUS_INVALID_VALUE;
  const double flops = 2.0 * static_cast<double>(p.m * p.n * p.k * p.count);
  fakegpu::enqueue(handle->stream, {fakegpu::launch_seconds + fakegpu::time_of_flops(flops) +
                                        fakegpu::time_of_bytes(static_cast<double>(a + b + c)),
                                    [p] { compute(p); }});
  return CUBLAS_STATUS_SUCCESS;
}

}  // namespace

cublasStatus_t cublasCreate(cublasHandle_t* handle) {
  if (const auto begun = begin("cublasCreate"); begun != CUBLAS_STATUS_SUCCESS) return begun;
  *handle = new cublasContext;
  fakegpu::hand_out("cuBLAS handle", *handle);
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasDestroy(cublasHandle_t handle) {
  const auto begun = begin("cublasDestroy");
  if (!fakegpu::take_back("cuBLAS handle", handle)) return CUBLAS_STATUS_NOT_INITIALIZED;
  delete handle;
  return begun;
}

cublasStatus_t cublasGetVersion(cublasHandle_t, int* version) {
  *version = CUBLAS_VERSION;
  return begin("cublasGetVersion");
}

const char* cublasGetStatusName(cublasStatus_t status) {
  switch (status) {
    case CUBLAS_STATUS_INVALID_VALUE:
      return "CUBLAS_STATUS_INVALID_VALUE";
    case CUBLAS_STATUS_NOT_SUPPORTED:
      return "CUBLAS_STATUS_NOT_SUPPORTED";
    case CUBLAS_STATUS_EXECUTION_FAILED:
      return "CUBLAS_STATUS_EXECUTION_FAILED";
    default:
      return "CUBLAS_STATUS_INTERNAL_ERROR";
  }
}

cublasStatus_t cublasSetStream(cublasHandle_t handle, cudaStream_t stream) {
  handle->stream = reinterpret_cast<CUstream>(stream);
  return begin("cublasSetStream");
}

cublasStatus_t cublasSetWorkspace(cublasHandle_t, void* workspace, std::size_t bytes) {
  if (!fakegpu::is_device_memory(workspace, bytes)) return CUBLAS_STATUS_INVALID_VALUE;
  return begin("cublasSetWorkspace");
}

cublasStatus_t cublasSetMathMode(cublasHandle_t, cublasMath_t) { return begin("cublasSetMathMode"); }

cublasStatus_t cublasSgemm(cublasHandle_t handle, cublasOperation_t a_kind, cublasOperation_t b_kind, int m,
                           int n, int k, const float* alpha, const float* a, int a_line, const float* b,
                           int b_line, const float* beta, float* c, int c_line) {
  if (const auto begun = begin("cublasSgemm"); begun != CUBLAS_STATUS_SUCCESS) return begun;
  return enqueue(handle,
                 {a_kind == CUBLAS_OP_T, b_kind == CUBLAS_OP_T, m, n, k, *alpha, a, a_line, 0, b, b_line, 0,
                  c, c_line, 0, 1},
                 *beta);
}

cublasStatus_t cublasSgemmStridedBatched(cublasHandle_t handle, cublasOperation_t a_kind,
                                         cublasOperation_t b_kind, int m, int n, int k, const float* alpha,
                                         const float* a, int a_line, long long a_stride, const float* b,
                                         int b_line, long long b_stride, const float* beta, float* c,
                                         int c_line, long long c_stride, int count) {
  if (const auto begun = begin("cublasSgemmStridedBatched"); begun != CUBLAS_STATUS_SUCCESS) return begun;
  return enqueue(handle,
                 {a_kind == CUBLAS_OP_T, b_kind == CUBLAS_OP_T, m, n, k, *alpha, a, a_line, a_stride, b,
                  b_line, b_stride, c, c_line, c_stride, count},
                 *beta);
}

namespace {

/// Combinations that cuBLAS documents, as far as this library knows them.
bool is_known(cudaDataType_t a, cudaDataType_t b, cudaDataType_t c, cublasComputeType_t sums) {
  if (a != b) return false;
  if (a == CUDA_R_8I) return c == CUDA_R_32I && sums == CUBLAS_COMPUTE_32I;
  return (a == CUDA_R_16F || a == CUDA_R_16BF) && (c == a || c == CUDA_R_32F) && sums == CUBLAS_COMPUTE_32F;
}

bool is_multiple_of_four(std::initializer_list<std::int64_t> numbers) {
  return std::all_of(numbers.begin(), numbers.end(), [](std::int64_t number) { return number % 4 == 0; });
}

/// What products of bytes ask for: the first operand transposed alone, multiples of four everywhere
/// (documentation of cublasLtMatmul).
bool fits_bytes(const Product& p) {
  const auto address = [](const void* memory) {
    return static_cast<std::int64_t>(reinterpret_cast<std::uintptr_t>(memory));
  };
  return p.transpose_a && !p.transpose_b &&
         is_multiple_of_four({p.m, p.k, p.a_line, p.b_line, p.c_line, p.a_stride, p.b_stride, p.c_stride,
                              address(p.a), address(p.b), address(p.c)});
}

/// Factors are of the type of the sums.
cublasStatus_t enqueue_any(cublasHandle_t handle, Product product, const void* alpha, const void* beta) {
  if (product.from != CUDA_R_8I) {
    product.alpha = *static_cast<const float*>(alpha);
    return enqueue(handle, product, *static_cast<const float*>(beta));
  }
  if (!fits_bytes(product)) return CUBLAS_STATUS_NOT_SUPPORTED;
  product.alpha = static_cast<float>(*static_cast<const std::int32_t*>(alpha));
  return enqueue(handle, product, static_cast<float>(*static_cast<const std::int32_t*>(beta)));
}

}  // namespace

cublasStatus_t cublasGemmEx(cublasHandle_t handle, cublasOperation_t a_kind, cublasOperation_t b_kind, int m,
                            int n, int k, const void* alpha, const void* a, cudaDataType a_type, int a_line,
                            const void* b, cudaDataType b_type, int b_line, const void* beta, void* c,
                            cudaDataType c_type, int c_line, cublasComputeType_t sums, cublasGemmAlgo_t) {
  if (const auto begun = begin("cublasGemmEx"); begun != CUBLAS_STATUS_SUCCESS) return begun;
  if (!is_known(a_type, b_type, c_type, sums)) return CUBLAS_STATUS_NOT_SUPPORTED;
  return enqueue_any(handle,
                     {a_kind == CUBLAS_OP_T, b_kind == CUBLAS_OP_T, m, n, k, 0.0F, a, a_line, 0, b, b_line, 0,
                      c, c_line, 0, 1, a_type, c_type},
                     alpha, beta);
}

cublasStatus_t cublasGemmStridedBatchedEx(cublasHandle_t handle, cublasOperation_t a_kind,
                                          cublasOperation_t b_kind, int m, int n, int k, const void* alpha,
                                          const void* a, cudaDataType a_type, int a_line, long long a_stride,
                                          const void* b, cudaDataType b_type, int b_line, long long b_stride,
                                          const void* beta, void* c, cudaDataType c_type, int c_line,
                                          long long c_stride, int count, cublasComputeType_t sums,
                                          cublasGemmAlgo_t) {
  if (const auto begun = begin("cublasGemmStridedBatchedEx"); begun != CUBLAS_STATUS_SUCCESS) return begun;
  if (!is_known(a_type, b_type, c_type, sums)) return CUBLAS_STATUS_NOT_SUPPORTED;
  return enqueue_any(handle,
                     {a_kind == CUBLAS_OP_T, b_kind == CUBLAS_OP_T, m, n, k, 0.0F, a, a_line, a_stride, b,
                      b_line, b_stride, c, c_line, c_stride, count, a_type, c_type},
                     alpha, beta);
}
