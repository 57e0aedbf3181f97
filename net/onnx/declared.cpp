#include "net/onnx/declared.hpp"

#include <fmt/format.h>

namespace ns::onnx {
namespace {

bool contradict(const Extent& a, const Extent& b) {
  return a.is_known() && b.is_known() && a.value() != b.value();
}

bool one_apart(const Extent& a, const Extent& b) { return (a - b).same_as(1) || (b - a).same_as(1); }

bool all_near(const Dims& made, const Dims& declared) {
  for (std::size_t i = 0; i < made.size(); ++i)
    if (contradict(made[i], declared[i]) && !one_apart(made[i], declared[i])) return false;
  return true;
}

bool all_agree(const Dims& made, const Dims& declared) {
  for (std::size_t i = 0; i < made.size(); ++i)
    if (contradict(made[i], declared[i])) return false;
  return true;
}

}  // namespace

std::optional<std::string> complete(Fact& made, const Fact& declared, bool one_off) {
  if (made.kind != declared.kind) {
    // Nothing at all is known of what an unknown operator makes; and what begins as an optional value may
    // leave a loop as what it holds.
    const bool nothing = made.kind == Kind::tensor && !made.dtype && !made.dims;
    const bool states = declared.kind != Kind::tensor || declared.dtype;
    if (nothing || (made.kind == Kind::optional && states)) made = declared;
    return std::nullopt;
  }
  if (!made.dtype) made.dtype = declared.dtype;
  if (!made.element) made.element = declared.element;
  if (!declared.dims) return std::nullopt;
  if (!made.dims) {
    made.dims = declared.dims;
    return std::nullopt;
  }
  auto& dims = *made.dims;
  const bool same_rank = dims.size() == declared.dims->size();
  const bool near = same_rank && one_off && all_near(dims, *declared.dims);
  if (!same_rank || (!near && !all_agree(dims, *declared.dims)))
    return fmt::format("{} is declared, {} follows from the operators", to_string(*declared.dims),
                       to_string(dims));
  for (std::size_t i = 0; i < dims.size(); ++i)
    if (dims[i].is_unknown() || contradict(dims[i], (*declared.dims)[i])) dims[i] = (*declared.dims)[i];
  return std::nullopt;
}

}  // namespace ns::onnx
