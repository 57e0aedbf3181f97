/// One operator's rule, run on facts: what tests of rules are written with.
#pragma once

#include "net/onnx/node_view.hpp"
#include "net/onnx/rules.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ns::onnx {

/// What the rule made of its node.
struct Ran {
  std::vector<Fact> outputs;
  std::optional<double> macs;
  std::string error;  // empty if there is none

  /// "1x3x224x224", "rank?" where the rank is not known, else the error.
  [[nodiscard]] std::string shape(std::size_t i = 0) const {
    if (!error.empty()) return error;
    return outputs.at(i).dims ? to_string(*outputs.at(i).dims) : "rank?";
  }
  [[nodiscard]] std::optional<DType> dtype(std::size_t i = 0) const { return outputs.at(i).dtype; }
  /// Elements, blanks between them; "none" where no value is known.
  [[nodiscard]] std::string value(std::size_t i = 0) const {
    if (!error.empty()) return error;
    std::string text;
    if (const auto* extents = extents_of(outputs.at(i)))
      for (const auto& each : *extents) text += (text.empty() ? "" : " ") + to_string(each);
    else if (const auto* reals = reals_of(outputs.at(i)))
      for (const auto each : *reals) text += (text.empty() ? "" : " ") + std::to_string(each);
    else
      return "none";
    return text;
  }
};

/// A node in the making: RuleRun{"Conv"}.in({1, 3, 8, 8}).in({4, 3, 3, 3}).set("group", 1).run().
class RuleRun {
 public:
  explicit RuleRun(std::string op, std::string domain = "") {
    node_.name = "it";
    node_.op = std::move(op);
    node_.domain = std::move(domain);
  }

  RuleRun& in(Fact fact) {
    node_.inputs.push_back("input" + std::to_string(facts_.size()));
    facts_.emplace_back(std::move(fact));
    return *this;
  }
  RuleRun& in(Dims dims, DType dtype = DType::float32) { return in(tensor(dtype, std::move(dims))); }
  RuleRun& scalar(DType dtype = DType::float32) { return in(tensor(dtype, Dims{})); }
  /// An optional input that is left out.
  RuleRun& none() {
    node_.inputs.emplace_back();
    facts_.emplace_back();
    return *this;
  }

  RuleRun& set(std::string name, std::int64_t value) {
    auto& attribute = add(std::move(name), Attribute::Type::integer);
    attribute.integer = value;
    return *this;
  }
  RuleRun& set(std::string name, int value) { return set(std::move(name), std::int64_t{value}); }
  RuleRun& set(std::string name, double value) {
    auto& attribute = add(std::move(name), Attribute::Type::real);
    attribute.real = value;
    return *this;
  }
  RuleRun& set(std::string name, const char* value) {
    auto& attribute = add(std::move(name), Attribute::Type::text);
    attribute.text = value;
    return *this;
  }
  RuleRun& set(std::string name, std::vector<std::int64_t> values) {
    auto& attribute = add(std::move(name), Attribute::Type::integers);
    attribute.integers = std::move(values);
    return *this;
  }
  RuleRun& set_reals(std::string name, std::vector<double> values) {
    auto& attribute = add(std::move(name), Attribute::Type::reals);
    attribute.reals = std::move(values);
    return *this;
  }
  RuleRun& set_texts(std::string name, std::vector<std::string> values) {
    auto& attribute = add(std::move(name), Attribute::Type::texts);
    attribute.texts = std::move(values);
    return *this;
  }

  RuleRun& opset(std::int64_t version) {
    opset_ = version;
    return *this;
  }
  RuleRun& outputs(std::size_t count) {
    outputs_ = count;
    return *this;
  }

  [[nodiscard]] Ran run() {
    Ran ran;
    const auto* rule = find_rule(node_.domain, node_.op);
    if (rule == nullptr) return {{}, std::nullopt, "no rule"};
    node_.outputs.clear();
    for (std::size_t i = 0; i < outputs_; ++i) node_.outputs.push_back("output" + std::to_string(i));
    std::vector<const Fact*> inputs;
    for (const auto& fact : facts_) inputs.push_back(fact ? &*fact : nullptr);
    ran.outputs.resize(outputs_);
    NodeView view{node_, opset_, std::move(inputs), ran.outputs, {}};
    if (const auto inferred = rule->infer(view); !inferred) {
      ran.error = inferred.error().message;
      return ran;
    }
    if (rule->macs != nullptr) ran.macs = rule->macs(view);
    return ran;
  }

  [[nodiscard]] std::string shape() { return run().shape(); }
  [[nodiscard]] std::string value() { return run().value(); }

 private:
  Attribute& add(std::string name, Attribute::Type type) {
    auto& attribute = node_.attributes.emplace_back();
    attribute.name = std::move(name);
    attribute.type = type;
    return attribute;
  }

  Node node_;
  std::vector<std::optional<Fact>> facts_;
  std::int64_t opset_ = newest_opset;
  std::size_t outputs_ = 1;
};

inline Extent symbol(const char* name) { return Extent::symbol(name); }

/// A vector of int64 with these elements.
inline Fact vector_of(std::vector<Extent> elements) {
  const Extent count{static_cast<std::int64_t>(elements.size())};
  return integers(DType::int64, Dims{count}, std::move(elements));
}

inline Fact scalar_int(const Extent& element) { return integers(DType::int64, Dims{}, {element}); }

inline Fact reals_vector(std::vector<double> elements) {
  const Extent count{static_cast<std::int64_t>(elements.size())};
  return reals(DType::float32, Dims{count}, std::move(elements));
}

inline Fact unknown_rank(DType dtype = DType::float32) { return tensor(dtype, std::nullopt); }

}  // namespace ns::onnx
