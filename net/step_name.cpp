#include "net/step_name.hpp"

#include "core/text.hpp"

#include <fmt/format.h>

namespace ns {
namespace {

constexpr std::string_view operand = "/dequantised_";
constexpr std::string_view operation = "/real";

}  // namespace

std::string operand_step(std::string_view node, std::size_t i) {
  return fmt::format("{}{}{}", node, operand, i);
}

std::string operation_step(std::string_view node) { return fmt::format("{}{}", node, operation); }

std::optional<std::string_view> node_of_step(std::string_view name) {
  if (name.ends_with(operation)) return name.substr(0, name.size() - operation.size());
  const auto at = name.rfind(operand);
  if (at == std::string_view::npos || !parse_integer(name.substr(at + operand.size()))) return std::nullopt;
  return name.substr(0, at);
}

tl::unexpected<Error> step_error(std::string_view option, std::string_view step) {
  const auto node = node_of_step(step).value_or(step);
  return failure(Errc::usage,
                 fmt::format("{} '{}': is a step inside node '{}', which no cut parts; name '{}'", option,
                             step, node, node));
}

}  // namespace ns
