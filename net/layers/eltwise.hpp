/// The room of element-wise arithmetic of two or more operands.
#pragma once

#include "net/layers/fields.hpp"
#include "net/layers/signature.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// All operands have one shape, or broadcast as in ONNX; `coefficients`, if any, weigh the terms of add
/// (Caffe). One operand may be stored: `with` holds its extents (1 for a scalar), and it is the last, or the
/// left one if `with_first`. mod takes the sign of the divisor, fmod that of the dividend. where reads a
/// condition, then what is chosen where it holds and where it does not; there `with_first` means the first of
/// those two, and the condition may be stored as well: `condition` holds its extents.
struct Eltwise {
  static constexpr std::string_view type = "eltwise";

  enum class Kind {
    add,
    mul,
    max,
    sub,
    div,
    min,
    mean,
    pow,
    mod,
    fmod,
    equal,
    less,
    less_equal,
    greater,
    greater_equal,
    logical_and,
    logical_or,
    logical_xor,
    bitwise_and,
    bitwise_or,
    bitwise_xor,
    shift_left,
    shift_right,
    where
  };

  Kind kind = Kind::add;
  std::vector<double> coefficients{};
  std::vector<std::int64_t> with{};
  bool with_first = false;
  std::vector<std::int64_t> condition{};

  friend bool operator==(const Eltwise&, const Eltwise&) = default;
};

inline constexpr std::array eltwise_kinds{
    Choice<Eltwise::Kind>{Eltwise::Kind::add, "add"},
    Choice<Eltwise::Kind>{Eltwise::Kind::mul, "mul"},
    Choice<Eltwise::Kind>{Eltwise::Kind::max, "max"},
    Choice<Eltwise::Kind>{Eltwise::Kind::sub, "sub"},
    Choice<Eltwise::Kind>{Eltwise::Kind::div, "div"},
    Choice<Eltwise::Kind>{Eltwise::Kind::min, "min"},
    Choice<Eltwise::Kind>{Eltwise::Kind::mean, "mean"},
    Choice<Eltwise::Kind>{Eltwise::Kind::pow, "pow"},
    Choice<Eltwise::Kind>{Eltwise::Kind::mod, "mod"},
    Choice<Eltwise::Kind>{Eltwise::Kind::fmod, "fmod"},
    Choice<Eltwise::Kind>{Eltwise::Kind::equal, "equal"},
    Choice<Eltwise::Kind>{Eltwise::Kind::less, "less"},
    Choice<Eltwise::Kind>{Eltwise::Kind::less_equal, "less_equal"},
    Choice<Eltwise::Kind>{Eltwise::Kind::greater, "greater"},
    Choice<Eltwise::Kind>{Eltwise::Kind::greater_equal, "greater_equal"},
    Choice<Eltwise::Kind>{Eltwise::Kind::logical_and, "logical_and"},
    Choice<Eltwise::Kind>{Eltwise::Kind::logical_or, "logical_or"},
    Choice<Eltwise::Kind>{Eltwise::Kind::logical_xor, "logical_xor"},
    Choice<Eltwise::Kind>{Eltwise::Kind::bitwise_and, "bitwise_and"},
    Choice<Eltwise::Kind>{Eltwise::Kind::bitwise_or, "bitwise_or"},
    Choice<Eltwise::Kind>{Eltwise::Kind::bitwise_xor, "bitwise_xor"},
    Choice<Eltwise::Kind>{Eltwise::Kind::shift_left, "shift_left"},
    Choice<Eltwise::Kind>{Eltwise::Kind::shift_right, "shift_right"},
    Choice<Eltwise::Kind>{Eltwise::Kind::where, "where"},
};

void fields(auto& io, Room<Eltwise> auto& layer) {
  io.choice(layer.kind, std::span<const Choice<Eltwise::Kind>>{eltwise_kinds});
  io.reals("coefficients", layer.coefficients);
  io.list("with", layer.with);
  io.flag("with_first", layer.with_first, false);
  io.list("condition", layer.condition);
}

/// Comparisons and logic yield booleans, all else the element type of what is computed with. bad_input for a
/// wrong number of operands or coefficients, a condition of what needs none, or shapes that do not broadcast.
Result<std::vector<TensorType>> output_types(const Eltwise& layer, const std::vector<TensorType>& inputs);

/// 0.
Macs macs(const Eltwise& layer, const Signature& tensors);

/// One per output element and operand after the first.
Flops flops(const Eltwise& layer, const Signature& tensors);

/// The condition, then the operand.
std::vector<Weight> weights(const Eltwise& layer, const std::vector<TensorType>& inputs);
std::vector<Feature> features(const Eltwise& layer, const Signature& tensors);

/// Size of the inputs (an addition to the paper, whose nets had none).
std::vector<Feature> paper_variables(const Eltwise& layer, const Signature& tensors);

/// The kind, the number of operands, and whether one is broadcast or stored.
std::string category(const Eltwise& layer, const Signature& tensors);

/// Where the stored operand that is no condition stands among all; nothing if there is none.
std::optional<std::size_t> stored_place(const Eltwise& layer, std::size_t inputs);

/// All operands in their order, the stored ones included.
std::vector<Shape> operand_shapes(const Eltwise& layer, const std::vector<TensorType>& inputs);

}  // namespace ns
