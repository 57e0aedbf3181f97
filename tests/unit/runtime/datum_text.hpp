/// Values as text, so that a test shows what goes in and what comes out: "float32[2,2] 1 2 3 4", a sequence
/// "(int64[] 1; int64[] 2)", an optional value "?(float32[] 1)" or "?()".
#pragma once

#include "core/text.hpp"
#include "runtime/interpreter/datum.hpp"

#include <charconv>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

inline std::string text_of(const Datum& datum) {
  std::string text;
  if (datum.kind != onnx::Kind::tensor) {
    for (const auto& element : datum.elements) text += (text.empty() ? "" : "; ") + text_of(element);
    return (datum.kind == onnx::Kind::optional ? "?(" : "(") + text + ")";
  }
  for (const auto extent : datum.array.shape.extents())
    text += (text.empty() ? "" : ",") + std::to_string(extent);
  text = fmt::format("{}[{}]", to_string(datum.array.dtype), text);
  for (const double value : datum.array.values) text += fmt::format(" {:.6g}", value + 0.0);  // 0 for -0
  EXPECT_EQ(static_cast<std::int64_t>(datum.array.values.size()), datum.array.shape.elements()) << text;
  return text;
}

/// Outputs one after another, with " | " between.
inline std::string text_of(const std::vector<Datum>& data) {
  std::string text;
  for (std::size_t i = 0; i < data.size(); ++i) text += (i == 0 ? "" : " | ") + text_of(data[i]);
  return text;
}

inline Datum datum_of(std::string_view text) {
  const auto inner = [&](std::size_t begin) {
    std::vector<Datum> elements;
    for (const auto part : split(text.substr(begin, text.size() - begin - 1), ';'))
      if (!trim(part).empty()) elements.push_back(datum_of(trim(part)));
    return elements;
  };
  if (text.starts_with("?(")) return Datum::optional(inner(2));
  if (text.starts_with("(")) return Datum::sequence(inner(1));
  const auto open = text.find('[');
  const auto close = text.find(']');
  Array array;
  array.dtype = parse_dtype(text.substr(0, open)).value();
  std::vector<std::int64_t> extents;
  for (const auto part : split(text.substr(open + 1, close - open - 1), ','))
    if (!part.empty()) extents.push_back(parse_integer(part).value());
  array.shape = Shape{extents};
  for (const auto part : split(text.substr(close + 1), ' '))
    if (!part.empty()) array.values.push_back(std::stod(std::string{part}));
  EXPECT_EQ(static_cast<std::int64_t>(array.values.size()), array.shape.elements()) << text;
  return array;
}

}  // namespace ns
