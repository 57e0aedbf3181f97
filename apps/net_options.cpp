#include "apps/net_options.hpp"

#include "core/shape.hpp"
#include "core/text.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>
#include <string>
#include <utility>

namespace ns {
namespace {

/// "NAME=WHAT", parted at the last '=', for names may hold one.
std::pair<std::string, std::string_view> parted(const std::string& text, std::string_view example) {
  const auto sign = text.rfind('=');
  if (sign == std::string::npos || sign == 0)
    throw CLI::ValidationError{fmt::format("'{}' is no NAME=VALUE; write it like {}", text, example)};
  return {text.substr(0, sign), std::string_view{text}.substr(sign + 1)};
}

std::int64_t extent_of(std::string_view text, std::string_view name) {
  const auto number = parse_integer(text);
  if (!number || *number < 0)
    throw CLI::ValidationError{
        fmt::format("'{}' is no size for {}; give a whole number, at least 0", text, name)};
  return *number;
}

std::vector<std::int64_t> shape_of(std::string_view text, std::string_view name) {
  if (text == "scalar" || text.empty()) return {};
  const auto shape = parse_shape(text);
  if (!shape) throw CLI::ValidationError{fmt::format("{}: {}", name, shape.error().message)};
  return {shape->extents().begin(), shape->extents().end()};
}

double number_of(std::string_view text, std::string_view name) {
  const auto number = parse_number(text);
  if (!number)
    throw CLI::ValidationError{fmt::format("'{}' is no number for {}; write it like {}=4", text, name, name)};
  return *number;
}

/// Of what was said twice, the same; otherwise the user meant one of them, and we do not know which.
template <class Value>
void bind(std::vector<std::pair<std::string, Value>>& bound, std::string name, Value value) {
  const auto before = std::ranges::find(bound, name, &std::pair<std::string, Value>::first);
  if (before == bound.end())
    bound.emplace_back(std::move(name), std::move(value));
  else if (before->second != value)
    throw CLI::ValidationError{
        fmt::format("'{}' is given twice with different values; leave one of them out", name)};
}

/// An option that may stand several times, `read` once for each.
template <class Read>
void add(CLI::App& app, const std::string& option, const std::string& description, const std::string& type,
         Read read) {
  app.add_option_function<std::vector<std::string>>(
         option,
         [option, read](const std::vector<std::string>& texts) {
           try {
             for (const auto& text : texts) read(text);
           } catch (const CLI::ValidationError& refused) {
             throw CLI::ValidationError{option, refused.what()};
           }
         },
         description)
      ->allow_extra_args(false)
      ->type_name(type)
      ->group("Net");
}

}  // namespace

void add_net_options(CLI::App& app, onnx::Bindings& bindings) {
  add(app, "--dim", "size of a free dimension of an ONNX model; may be repeated", "NAME=N",
      [&](const std::string& text) {
        const auto [name, size] = parted(text, "batch=4");
        bind(bindings.dims, name, extent_of(size, name));
      });
  add(app, "--shape", "shape of an input of an ONNX model; may be repeated", "INPUT=1x3x224x224",
      [&](const std::string& text) {
        const auto [name, shape] = parted(text, "x=1x3x224x224");
        bind(bindings.shapes, name, shape_of(shape, name));
      });
  add(app, "--value", "value of a scalar input on which shapes depend; may be repeated", "INPUT=4",
      [&](const std::string& text) {
        const auto [name, value] = parted(text, "steps=4");
        bind(bindings.values, name, number_of(value, name));
      });
}

}  // namespace ns
