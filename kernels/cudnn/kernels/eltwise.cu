// Arithmetic of two to eight operands, which may repeat along axes.
#include "kernels/cudnn/kernels/block.cuh"
#include "kernels/cudnn/kernels/storage.cuh"

using namespace ns::cudnn;

// With the sign of the divisor.
__device__ inline float modulo(float a, float b) {
  const float rest = fmodf(a, b);
  return rest != 0.0F && (rest < 0.0F) != (b < 0.0F) ? rest + b : rest;
}

__device__ inline float number(bool value) { return value ? 1.0F : 0.0F; }

__device__ float result_of(Operation operation, float a, float b) {
  switch (operation) {
    case Operation::add:
    case Operation::mean:
      return a + b;
    case Operation::mul:
      return a * b;
    case Operation::max:
      return a > b || a != a ? a : b;
    case Operation::sub:
      return a - b;
    case Operation::div:
      return a / b;
    case Operation::min:
      return a < b || a != a ? a : b;
    case Operation::pow:
      return powf(a, b);
    case Operation::mod:
      return modulo(a, b);
    case Operation::fmod:
      return fmodf(a, b);
    case Operation::equal:
      return number(a == b);
    case Operation::less:
      return number(a < b);
    case Operation::less_equal:
      return number(a <= b);
    case Operation::greater:
      return number(a > b);
    case Operation::greater_equal:
      return number(a >= b);
    case Operation::logical_and:
      return number(a != 0.0F && b != 0.0F);
    case Operation::logical_or:
      return number(a != 0.0F || b != 0.0F);
    case Operation::logical_xor:
      return number((a != 0.0F) != (b != 0.0F));
    default:
      return a;  // bitwise ones are refused before, where has a way of its own
  }
}

template <class Real>
__device__ inline float operand(const EltwiseTask& task, int which, unsigned index) {
  int place = 0;
  for (int axis = task.axes - 1; axis >= 0; --axis) {
    const unsigned extent = static_cast<unsigned>(task.extents[axis]);
    place += static_cast<int>(index % extent) * task.strides[which][axis];
    index /= extent;
  }
  return task.coefficients[which] * value(static_cast<const Real*>(task.values[which])[place]);
}

template <class Real>
__device__ void eltwise(const EltwiseTask& task, Real* y) {
  for (unsigned i = first_element(); i < task.count; i += element_stride()) {
    float result = operand<Real>(task, 0, i);
    if (task.operation == Operation::where) {
      y[i] = stored<Real>(operand<Real>(task, result != 0.0F ? 1 : 2, i));
      continue;
    }
    for (int which = 1; which < task.operands; ++which)
      result = result_of(task.operation, result, operand<Real>(task, which, i));
    if (task.operation == Operation::mean) result /= static_cast<float>(task.operands);
    y[i] = stored<Real>(result);
  }
}
NS_ENTRIES(eltwise, (EltwiseTask task, Real* y), (task, y))
