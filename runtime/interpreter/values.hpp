/// Values by name while a graph runs: its own and, from a subgraph, those around it.
#pragma once

#include "runtime/interpreter/datum.hpp"

#include <string>
#include <unordered_map>

namespace ns {

class Values {
 public:
  /// `outer` outlives it; null for a model's own graph.
  explicit Values(const Values* outer = nullptr) : outer_{outer} {}

  void set(const std::string& name, Datum datum) { own_.insert_or_assign(name, std::move(datum)); }

  /// Null for a name that is nobody's.
  [[nodiscard]] const Datum* find(const std::string& name) const {
    for (const auto* scope = this; scope != nullptr; scope = scope->outer_)
      if (const auto found = scope->own_.find(name); found != scope->own_.end()) return &found->second;
    return nullptr;
  }

 private:
  std::unordered_map<std::string, Datum> own_;
  const Values* outer_;
};

}  // namespace ns
