/// The values that a node of a graph can read: those of its graph and, from a subgraph, those around it.
#pragma once

#include "core/error.hpp"
#include "net/onnx/fact.hpp"
#include "net/onnx/model.hpp"

#include <string>
#include <string_view>
#include <unordered_map>

namespace ns::onnx {

/// A tensor whose elements the file has and nobody has asked for yet.
struct Unread {
  const TensorData* tensor = nullptr;
  std::string trouble;  // why reading failed
};

class Scope {
 public:
  using Facts = std::unordered_map<std::string, Fact>;

  /// A graph's own; `facts` and `outer` outlive it.
  explicit Scope(Facts& facts, const Scope* outer = nullptr) : facts_{facts}, outer_{outer} {}

  Fact& add(const std::string& name, Fact fact) {
    return facts_.insert_or_assign(name, std::move(fact)).first->second;
  }
  /// Elements that are read once a node needs them.
  void add_unread(const Fact& fact, const TensorData& tensor) { unread_[&fact].tensor = &tensor; }

  struct Found {
    Fact* fact = nullptr;
    Unread* unread = nullptr;  // null where there is nothing left to read
  };
  /// Null pointers where the name is nobody's.
  [[nodiscard]] Found find(const std::string& name) const {
    for (const auto* scope = this; scope != nullptr; scope = scope->outer_) {
      const auto fact = scope->facts_.find(name);
      if (fact == scope->facts_.end()) continue;
      if (fact->second.value || !fact->second.stored) return {&fact->second, nullptr};
      const auto unread = scope->unread_.find(&fact->second);
      return {&fact->second, unread == scope->unread_.end() ? nullptr : &unread->second};
    }
    return {};
  }

  /// What the file declares of values of this graph.
  void declare(const ValueInfo& info) { declared_.try_emplace(info.name, &info.type); }
  [[nodiscard]] const DeclaredType* declared(const std::string& name) const {
    const auto found = declared_.find(name);
    return found == declared_.end() ? nullptr : found->second;
  }

 private:
  Facts& facts_;
  const Scope* outer_;
  mutable std::unordered_map<const Fact*, Unread> unread_;  // facts stay where they are
  std::unordered_map<std::string_view, const DeclaredType*> declared_;
};

}  // namespace ns::onnx
