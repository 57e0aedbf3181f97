/// What real numbers are kept as on the GPU, and what the libraries call that.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cublas_v2.h>
#include <cudnn.h>

namespace ns::cudnn {

/// Everything is computed in float32; whole numbers and truth values are kept in it, too.
enum class Element : std::uint8_t { float32, float16, bfloat16 };
inline constexpr std::size_t element_count = 3;

constexpr std::size_t size_of(Element element) { return element == Element::float32 ? 4 : 2; }

/// `elements` further.
inline void* place_in(void* memory, std::int64_t elements, Element element) {
  return static_cast<std::byte*>(memory) + elements * static_cast<std::int64_t>(size_of(element));
}

constexpr cudnnDataType_t dnn_type(Element element) {
  if (element == Element::float16) return CUDNN_DATA_HALF;
  return element == Element::bfloat16 ? CUDNN_DATA_BFLOAT16 : CUDNN_DATA_FLOAT;
}

constexpr cudaDataType_t blas_type(Element element) {
  if (element == Element::float16) return CUDA_R_16F;
  return element == Element::bfloat16 ? CUDA_R_16BF : CUDA_R_32F;
}

}  // namespace ns::cudnn
