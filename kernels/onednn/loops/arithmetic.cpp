// Functions of one, two and three operands, element by element; see loops.cpp.
#include "kernels/onednn/loops/parts.hpp"

namespace ns::onednn::NS_LOOPS {
namespace {

/// The last axis with its rows: visit(first element of each operand) once per row.
template <Index Operands, class Visit>
void visit_rows(Index rank, const Index* extents, const Index* const (&strides)[Operands], Visit&& visit) {
  const Index last = rank - 1;
  Index rows = 1;
  for (Index axis = 0; axis < last; ++axis) rows *= extents[axis];
  for (Index row = 0; row < rows; ++row) {
    Index places[Operands] = {};
    Index rest = row;
    for (Index axis = last - 1; axis >= 0; --axis) {
      const Index at = rest % extents[axis];
      rest /= extents[axis];
      for (Index operand = 0; operand < Operands; ++operand) places[operand] += at * strides[operand][axis];
    }
    visit(row, places);
  }
}

template <class Combine>
void broadcast_rows(const BroadcastWork& work, const float* first, const float* second, float* out,
                    Combine&& combine) {
  const Index last = work.rank - 1;
  const Index count = work.extents[last];
  const Index step_a = work.first[last];
  const Index step_b = work.second[last];
  const Index* const strides[2] = {work.first, work.second};
  visit_rows<2>(work.rank, work.extents, strides, [=](Index row, const Index(&places)[2]) {
    const float* const a = first + places[0];
    const float* const b = second + places[1];
    float* const to = out + row * count;
    if (step_a == 1 && step_b == 1) {
      for (Index i = 0; i < count; ++i) to[i] = combine(a[i], b[i]);
    } else if (step_a == 1 && step_b == 0) {
      const float value = *b;
      for (Index i = 0; i < count; ++i) to[i] = combine(a[i], value);
    } else if (step_a == 0 && step_b == 1) {
      const float value = *a;
      for (Index i = 0; i < count; ++i) to[i] = combine(value, b[i]);
    } else {
      for (Index i = 0; i < count; ++i) to[i] = combine(a[i * step_a], b[i * step_b]);
    }
  });
}

/// With the sign of the divisor.
inline float modulo(float a, float b) {
  const float rest = fmodf(a, b);
  return rest != 0.0F && (rest < 0.0F) != (b < 0.0F) ? rest + b : rest;
}

inline float truth(bool value) { return value ? 1.0F : 0.0F; }

template <class Map>
void map(const FunctionWork& work, const float* in, float* out, Map&& mapped) {
  for (Index i = 0; i < work.count; ++i) out[i] = mapped(in[i]);
}

/// To a few ulp: a rational function of degree 13 over 8 (as in Eigen), so that the compiler can vectorise
/// it.
inline float error_function(float x) {
  x = x < -4.0F ? -4.0F : x;
  x = x > 4.0F ? 4.0F : x;
  const float y = x * x;
  float p = -2.72614225801306e-10F;
  p = p * y + 2.77068142495902e-08F;
  p = p * y + -2.10102402082508e-06F;
  p = p * y + -5.69250639462346e-05F;
  p = p * y + -7.34990630326855e-04F;
  p = p * y + -2.95459980854025e-03F;
  p = p * y + -1.60960333262415e-02F;
  float q = -1.45660718464996e-05F;
  q = q * y + -2.13374055278905e-04F;
  q = q * y + -1.68282697438203e-03F;
  q = q * y + -7.37332916720468e-03F;
  q = q * y + -1.42647390514189e-02F;
  return x * p / q;
}

/// The exponents that nets have without the general function, which costs fifty times as much.
void power(const FunctionWork& work, const float* in, float* out) {
  const float exponent = work.alpha;
  const float scale = work.beta;
  const float shift = work.gamma;
  const auto run = [&](auto&& raised) {
    map(work, in, out, [=](float x) { return raised(shift + scale * x); });
  };
  if (exponent == 1.0F) return run([](float y) { return y; });
  if (exponent == 2.0F) return run([](float y) { return y * y; });
  if (exponent == 3.0F) return run([](float y) { return y * y * y; });
  if (exponent == 0.5F) return run([](float y) { return sqrtf(y); });
  if (exponent == -1.0F) return run([](float y) { return 1.0F / y; });
  if (exponent == -0.5F) return run([](float y) { return 1.0F / sqrtf(y); });
  run([exponent](float y) { return powf(y, exponent); });
}

/// e^x - 1 for x <= 0, without the loss of digits near 0 that matters behind it.
inline float exponential_less_one(float x) { return expm1f(x < 0.0F ? x : 0.0F); }

}  // namespace

void broadcast(const BroadcastWork& work, const float* first, const float* second, float* out) {
  const float p = work.first_factor;
  const float q = work.second_factor;
  const auto run = [&](auto&& combine) { broadcast_rows(work, first, second, out, combine); };
  switch (work.arithmetic) {
    case Arithmetic::add:
      return run([p, q](float a, float b) { return p * a + q * b; });
    case Arithmetic::mul:
      return run([](float a, float b) { return a * b; });
    case Arithmetic::max:
      return run(maximum);
    case Arithmetic::sub:
      return run([](float a, float b) { return a - b; });
    case Arithmetic::div:
      return run([](float a, float b) { return a / b; });
    case Arithmetic::min:
      return run([](float a, float b) { return a < b ? a : b; });
    case Arithmetic::pow:
      return run([](float a, float b) { return b == 2.0F ? a * a : powf(a, b); });
    case Arithmetic::mod:
      return run([](float a, float b) { return modulo(a, b); });
    case Arithmetic::fmod:
      return run([](float a, float b) { return fmodf(a, b); });
    case Arithmetic::equal:
      return run([](float a, float b) { return truth(a == b); });
    case Arithmetic::less:
      return run([](float a, float b) { return truth(a < b); });
    case Arithmetic::less_equal:
      return run([](float a, float b) { return truth(a <= b); });
    case Arithmetic::greater:
      return run([](float a, float b) { return truth(a > b); });
    case Arithmetic::greater_equal:
      return run([](float a, float b) { return truth(a >= b); });
    case Arithmetic::logical_and:
      return run([](float a, float b) { return truth(a != 0.0F && b != 0.0F); });
    case Arithmetic::logical_or:
      return run([](float a, float b) { return truth(a != 0.0F || b != 0.0F); });
    case Arithmetic::logical_xor:
      return run([](float a, float b) { return truth((a != 0.0F) != (b != 0.0F)); });
  }
}

void select(const SelectWork& work, const float* condition, const float* first, const float* second,
            float* out) {
  const Index last = work.rank - 1;
  const Index count = work.extents[last];
  const Index steps[3] = {work.strides[0][last], work.strides[1][last], work.strides[2][last]};
  const Index* const strides[3] = {work.strides[0], work.strides[1], work.strides[2]};
  visit_rows<3>(work.rank, work.extents, strides, [&](Index row, const Index(&places)[3]) {
    const float* const c = condition + places[0];
    const float* const a = first + places[1];
    const float* const b = second + places[2];
    float* const to = out + row * count;
    for (Index i = 0; i < count; ++i) {
      const float yes = a[i * steps[1]];
      const float no = b[i * steps[2]];
      to[i] = c[i * steps[0]] != 0.0F ? yes : no;
    }
  });
}

void function(const FunctionWork& work, const float* in, float* out) {
  const float alpha = work.alpha;
  const float beta = work.beta;
  const float gamma = work.gamma;
  const float delta = work.delta;
  const auto run = [&](auto&& mapped) { map(work, in, out, mapped); };
  switch (work.function) {
    case Function::erf:
      return run(error_function);
    case Function::reciprocal:
      return run([](float x) { return 1.0F / x; });
    case Function::sign:
      return run([](float x) { return x > 0.0F ? 1.0F : x < 0.0F ? -1.0F : x; });
    case Function::floor:
      return run([](float x) { return floorf(x); });
    case Function::ceil:
      return run([](float x) { return ceilf(x); });
    case Function::sin:
      return run([](float x) { return sinf(x); });
    case Function::cos:
      return run([](float x) { return cosf(x); });
    case Function::tan:
      return run([](float x) { return tanf(x); });
    case Function::asin:
      return run([](float x) { return asinf(x); });
    case Function::acos:
      return run([](float x) { return acosf(x); });
    case Function::atan:
      return run([](float x) { return atanf(x); });
    case Function::sinh:
      return run([](float x) { return sinhf(x); });
    case Function::cosh:
      return run([](float x) { return coshf(x); });
    case Function::asinh:
      return run([](float x) { return asinhf(x); });
    case Function::acosh:
      return run([](float x) { return acoshf(x); });
    case Function::atanh:
      return run([](float x) { return atanhf(x); });
    case Function::celu:
      return run([alpha](float x) { return x > 0.0F ? x : alpha * exponential_less_one(x / alpha); });
    case Function::selu:
      return run(
          [alpha, gamma](float x) { return gamma * (x > 0.0F ? x : alpha * exponential_less_one(x)); });
    case Function::softsign:
      return run([](float x) { return x / (1.0F + fabsf(x)); });
    case Function::thresholded_relu:
      return run([alpha](float x) { return x > alpha ? x : 0.0F; });
    case Function::shrink:
      return run([alpha, beta](float x) { return x < -alpha ? x + beta : x > alpha ? x - beta : 0.0F; });
    case Function::logical_not:
      return run([](float x) { return truth(x == 0.0F); });
    case Function::is_nan:
      return run([](float x) { return truth(x != x); });
    case Function::is_inf:
      return run([](float x) { return truth(fabsf(x) > 3.40282347e38F); });
    case Function::truncate:
      return run([](float x) { return truncf(x); });
    case Function::is_nonzero:
      return run([](float x) { return truth(x != 0.0F); });
    case Function::power:
      return power(work, in, out);
    case Function::hardsigmoid:
      return run([alpha, beta](float x) {
        const float y = alpha * x + beta;
        return y < 0.0F ? 0.0F : y > 1.0F ? 1.0F : y;
      });
    case Function::quantise:
      return run([alpha, beta, gamma, delta](float x) {
        const float y = nearbyintf(x / alpha) + beta;
        return x != x ? 0.0F : y < gamma ? gamma : y > delta ? delta : y;
      });
    case Function::dequantise:
      return run([alpha, beta](float x) { return (x - beta) * alpha; });
  }
}

}  // namespace ns::onednn::NS_LOOPS
