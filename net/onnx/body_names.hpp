/// What tensors of a function's body are called where the function is called.
#pragma once

#include "net/onnx/model.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace ns::onnx {

/// Names that are used already. "x", then "x#2", "x#3".
class TakenNames {
 public:
  void add(std::string name) { taken_.insert(std::move(name)); }
  /// The tensors of a graph and of all graphs inside it.
  void add_all(const Graph& graph);
  /// `wanted`, or with the first number that makes it new; used from now on.
  std::string fresh(const std::string& wanted);

 private:
  std::unordered_set<std::string> taken_;
  std::unordered_map<std::string, std::size_t> next_;  // numbers below are taken
};

/// One level of names: a function's body, or a graph inside it, which sees the names around it.
class BodyNames {
 public:
  BodyNames(std::string prefix, TakenNames& taken) : prefix_{std::move(prefix)}, taken_{taken} {}
  /// Of a graph inside; `outer` outlives it.
  explicit BodyNames(const BodyNames* outer)
      : prefix_{outer->prefix_}, taken_{outer->taken_}, outer_{outer} {}

  [[nodiscard]] const std::string& prefix() const { return prefix_; }
  [[nodiscard]] bool defines(const std::string& name) const { return names_.contains(name); }
  /// `name` of the body means the tensor `actual`.
  void bind(const std::string& name, std::string actual) { names_.insert_or_assign(name, std::move(actual)); }
  /// `name` is made on this level: "PREFIX/name".
  void define(const std::string& name);
  /// What a name of the body means; "" stays "".
  [[nodiscard]] std::string at(const std::string& name) const;

 private:
  std::string prefix_;
  TakenNames& taken_;
  const BodyNames* outer_ = nullptr;
  std::unordered_map<std::string, std::string> names_;
};

}  // namespace ns::onnx
