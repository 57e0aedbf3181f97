/// Products of matrices as cuBLAS makes them.
#pragma once

#include "kernels/cudnn/builder.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace ns::cudnn {

/// Row-major C [m, n] = scale * A [m, k] * B [k, n], `count` times: matrix i of an operand stands i strides
/// further, a stride of 0 repeats it.
struct Product {
  std::int64_t m = 1;
  std::int64_t n = 1;
  std::int64_t k = 1;
  bool transpose_a = false;  // A stands as [k, m]
  bool transpose_b = false;  // B stands as [n, k]
  std::int64_t count = 1;
  std::int64_t a_stride = 0;
  std::int64_t b_stride = 0;
  std::int64_t c_stride = 0;
  float scale = 1.0F;
  std::int64_t a_line =
      0;  // how far apart lines of a matrix stand as it is stored; 0: they follow each other
  std::int64_t b_line = 0;
  std::int64_t c_line = 0;
};

/// What operands and results are kept as. Sums are made in float32 in any case.
struct ProductElements {
  Element operands = Element::float32;
  Element made = Element::float32;
};

Result<void> multiply(const Device& device, const Product& product, ProductElements elements, const void* a,
                      const void* b, void* c);

/// Products alike, each with a call of its own; where their first matrices of A, B and C begin.
struct Products {
  Product product;
  std::vector<std::array<std::int64_t, 3>> offsets;
};

void append_products(Builder& plan, Products products, BufferId a, BufferId b, BufferId c);

}  // namespace ns::cudnn
