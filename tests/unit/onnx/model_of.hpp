/// Models for tests: of a file of tests/data/onnx/file, or of bytes.
#pragma once

#include "net/onnx/parse.hpp"

#include <gtest/gtest.h>
#include <string>

namespace ns::onnx {

inline std::string case_path(const std::string& name) { return NS_TEST_DATA "/onnx/file/" + name + ".onnx"; }

inline Model parsed(const std::string& name) {
  auto source = Source::open(case_path(name));
  auto model = source ? parse(*source) : tl::unexpected{source.error()};
  EXPECT_TRUE(model) << model.error().message;
  return model ? std::move(*model) : Model{};
}

inline Model flat(const std::string& name) {
  auto model = parsed(name);
  const auto done = flatten(model);
  EXPECT_TRUE(done) << done.error().message;
  return model;
}

inline Result<Model> parse_bytes(std::string content) {
  auto source = Source::of(std::move(content));
  return parse(source);
}

/// The message of the error; "" where there is none.
inline std::string parse_error(std::string content) {
  const auto model = parse_bytes(std::move(content));
  return model ? std::string{} : model.error().message;
}

}  // namespace ns::onnx
