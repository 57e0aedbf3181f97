#include "profiler/sweep_template.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>

namespace ns {
namespace {

Result<std::string> value_of(std::string_view name, const Bindings& bindings) {
  if (parse_integer(name)) return std::string{name};
  const auto found = std::ranges::find(bindings, name, &Bindings::value_type::first);
  if (found != bindings.end()) return found->second;
  std::vector<std::string> names;
  for (const auto& [known, value] : bindings) names.emplace_back(known);
  return bad_input(fmt::format("nothing is called '{}' here{}", name, suggestion(name, names)));
}

/// Nothing for a division by zero or a result that no shape could hold.
std::optional<std::int64_t> apply(char sign, std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  switch (sign) {
    case '+':
      return __builtin_add_overflow(a, b, &result) ? std::nullopt : std::optional{result};
    case '-':
      return __builtin_sub_overflow(a, b, &result) ? std::nullopt : std::optional{result};
    case '*':
      return __builtin_mul_overflow(a, b, &result) ? std::nullopt : std::optional{result};
    default:
      return b == 0 || b == -1 ? std::nullopt : std::optional{a / b};
  }
}

/// What stands between braces: one name, or names and numbers with signs between.
Result<std::string> evaluate(std::string_view text, const Bindings& bindings) {
  constexpr std::string_view signs = "+-*/";
  auto end = text.find_first_of(signs);
  auto value = value_of(trim(text.substr(0, end)), bindings);
  while (value && end != std::string_view::npos) {
    const auto sign = text[end];
    text.remove_prefix(end + 1);
    end = text.find_first_of(signs);
    const auto name = trim(text.substr(0, end));
    const auto operand = value_of(name, bindings);
    if (!operand) return operand;
    const auto a = parse_integer(*value);
    const auto b = parse_integer(*operand);
    if (!a || !b) return bad_input(fmt::format("'{}' is no number to calculate with", a ? *operand : *value));
    const auto result = apply(sign, *a, *b);
    if (!result) return bad_input(fmt::format("{} {} {} has no result", *a, sign, *b));
    value = std::to_string(*result);
  }
  return value;
}

}  // namespace

Result<std::string> fill(std::string_view text, const Bindings& bindings) {
  std::string filled;
  while (true) {
    const auto open = text.find('{');
    filled += text.substr(0, open);
    if (open == std::string_view::npos) return filled;
    const auto close = text.find('}', open);
    if (close == std::string_view::npos) return bad_input("a brace is not closed");
    const auto value = evaluate(text.substr(open + 1, close - open - 1), bindings);
    if (!value) return value;
    filled += *value;
    text.remove_prefix(close + 1);
  }
}

Result<LayerConfig> layer_of(std::string_view text) {
  const auto at = text.rfind('@');
  std::string complete{text.substr(0, at)};
  if (at != std::string_view::npos) {
    const auto inputs = split(text.substr(at + 1), ',');
    char separator = '@';
    for (const auto input : inputs) {
      complete += std::exchange(separator, ',');
      if (trim(input) != "output") {
        complete += trim(input);
        continue;
      }
      const auto head =
          parse_layer(fmt::format("{}@{}", text.substr(0, std::min(at, text.find('+'))), inputs.front()));
      if (!head) return tl::unexpected{head.error()};
      const auto types = output_types(head->params, head->inputs);
      if (!types) return tl::unexpected{types.error()};
      complete += print(types->front());
    }
  }
  return parse_layer(complete);
}

}  // namespace ns
