#include "runtime/interpreter/operators.hpp"

#include <algorithm>
#include <array>

namespace ns {

Result<Array> OperatorCall::blank(std::size_t i) const {
  auto type = known_type(outputs[i]);
  if (!type) return fail("the shape of its output does not follow from its inputs");
  if (auto checked = check_shape(type->shape); !checked) return fail(checked.error().message);
  return zeros(type->dtype, std::move(type->shape));
}

const Operator* find_operator(std::string_view domain, std::string_view op) {
  const std::array families{control_operators(),    sequence_operators(),     creation_operators(),
                            selection_operators(),  quantisation_operators(), attention_operators(),
                            recurrence_operators(), recurrent_operators(),    sampling_operators(),
                            window_operators(),     deformable_operators(),   normalisation_operators(),
                            signal_operators(),     loss_operators(),         movement_operators(),
                            algebra_operators(),    conversion_operators(),   gram_operators()};
  for (const auto family : families)
    for (const auto& row : family)
      if (row.op == op && row.domain == domain) return &row;
  return nullptr;
}

}  // namespace ns
