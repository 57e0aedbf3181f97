#include "net/onnx/bindings.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <optional>
#include <utility>

namespace ns::onnx {
namespace {

/// A symbol, where it stands first, and its size once it has one.
struct Symbol {
  std::string name;
  std::string input;
  std::size_t axis = 0;
  std::size_t rank = 0;
  bool named = false;  // by the file
  bool zero = false;   // declared as 0
  std::optional<std::int64_t> size;
  std::string origin;  // the option that says so
};

bool is_free(const DeclaredDim& dim, bool zero_is_free) {
  return !dim.value || *dim.value < 0 || (*dim.value == 0 && zero_is_free);
}

std::string symbol_of(const ValueInfo& input, std::size_t axis) {
  const auto& dim = (*input.type.dims)[axis];
  return !dim.value && !dim.symbol.empty() ? dim.symbol : fmt::format("{}.dim{}", input.name, axis);
}

std::string lower(std::string_view text) {
  std::string low{text};
  std::ranges::transform(low, low.begin(), [](char letter) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  });
  return low;
}

/// Symbols that stand for how many samples there are: by their name, or as first dimension of an input whose
/// name does not say that it is something else.
bool is_batch(const Symbol& symbol) {
  static constexpr std::array<std::string_view, 6> batches{"n", "b", "bs", "bsz", "bz", "none"};
  static constexpr std::array<std::string_view, 14> others{"seq",   "len",    "time",  "frame", "height",
                                                           "width", "step",   "token", "point", "num",
                                                           "count", "sample", "node",  "edge"};
  const auto name = lower(symbol.name);
  if (name.find("batch") != std::string::npos || std::ranges::find(batches, name) != batches.end())
    return true;
  if (symbol.axis != 0) return false;
  return !symbol.named || std::ranges::none_of(others, [&](std::string_view other) {
    return name.find(other) != std::string::npos;
  });
}

std::string print(const std::vector<DeclaredDim>& dims) {
  if (dims.empty()) return "scalar";
  std::vector<std::string> parts;
  parts.reserve(dims.size());
  for (const auto& dim : dims)
    parts.push_back(dim.value ? fmt::format("{}", *dim.value) : dim.symbol.empty() ? "?" : dim.symbol);
  return fmt::format("{}", fmt::join(parts, "x"));
}

std::vector<std::string> names_of(const Graph& graph) {
  std::vector<std::string> names;
  names.reserve(graph.inputs.size());
  for (const auto& input : graph.inputs) names.push_back(input.name);
  return names;
}

/// The input that an option names.
Result<const ValueInfo*> find_input(const Graph& graph, std::string_view option, const std::string& name) {
  const auto found = std::ranges::find(graph.inputs, name, &ValueInfo::name);
  if (found != graph.inputs.end()) return &*found;
  const auto names = names_of(graph);
  return failure(Errc::usage, fmt::format("{} {}: the model has no such input; it has {}{}", option, name,
                                          names.empty() ? "none" : list_of(names), suggestion(name, names)));
}

/// The symbols of all inputs, each once, in the order in which they appear.
class Table {
 public:
  Table(const Graph& graph, bool zero_is_free) : zero_is_free_{zero_is_free} {
    for (const auto& input : graph.inputs) {
      if (!input.type.dims) continue;
      const auto& dims = *input.type.dims;
      for (std::size_t axis = 0; axis < dims.size(); ++axis) {
        if (!is_free(dims[axis], zero_is_free)) continue;
        Symbol symbol{symbol_of(input, axis),
                      input.name,
                      axis,
                      dims.size(),
                      !dims[axis].value && !dims[axis].symbol.empty(),
                      dims[axis].value == 0,
                      {},
                      {}};
        if (places_.try_emplace(symbol.name, symbols_.size()).second) symbols_.push_back(std::move(symbol));
      }
    }
  }

  [[nodiscard]] std::vector<Symbol>& symbols() { return symbols_; }

  Result<void> bind(const std::string& name, std::int64_t size, std::string origin) {
    const auto found = places_.find(name);
    if (found == places_.end()) return unknown(name, origin);
    auto& symbol = symbols_[found->second];
    if (size < 0) return bad_input(fmt::format("{}: {} is no size; give 0 or more", origin, size));
    if (symbol.size && *symbol.size != size)
      return bad_input(fmt::format("dimension '{}' is {} by {} and {} by {}; it has one size", name,
                                   *symbol.size, symbol.origin, size, origin));
    symbol.size = size;
    symbol.origin = std::move(origin);
    return {};
  }

  /// Binds what is free in the input's declared shape; the rest must agree.
  Result<void> bind(const ValueInfo& input, const std::vector<std::int64_t>& shape) {
    const auto origin = fmt::format("--shape {}={}", input.name, fmt::join(shape, "x"));
    if (!input.type.dims) return {};
    const auto& dims = *input.type.dims;
    if (dims.size() != shape.size())
      return bad_input(fmt::format("{}: the input is declared {}, which has {} dimensions, not {}", origin,
                                   print(dims), dims.size(), shape.size()));
    for (std::size_t axis = 0; axis < dims.size(); ++axis) {
      if (is_free(dims[axis], zero_is_free_)) {
        if (auto bound = bind(symbol_of(input, axis), shape[axis], origin); !bound) return bound;
      } else if (*dims[axis].value != shape[axis]) {
        return bad_input(
            fmt::format("{}: the input is declared {}; dimension {} is {} there and cannot become {}", origin,
                        print(dims), axis, *dims[axis].value, shape[axis]));
      }
    }
    return {};
  }

  /// "past + 1" where the size of `past` is known: exporters name dimensions by sums.
  void bind_sums() {
    for (auto& symbol : symbols_)
      if (!symbol.size) symbol.size = sum_of(symbol.name);
  }

 private:
  Result<void> unknown(const std::string& name, std::string_view origin) const {
    std::vector<std::string> names;
    for (const auto& symbol : symbols_) names.push_back(symbol.name);
    return failure(Errc::usage,
                   fmt::format("{}: no input has such a dimension; free ones are {}{}", origin,
                               names.empty() ? "none" : list_of(names), suggestion(name, names)));
  }

  [[nodiscard]] std::optional<std::int64_t> sum_of(std::string_view name) const {
    constexpr std::string_view plus = " + ";
    if (name.find(plus) == std::string_view::npos) return std::nullopt;
    Extent sum = 0;
    while (true) {
      const auto end = name.find(plus);
      const auto term = name.substr(0, end);
      if (const auto number = parse_integer(term)) {
        sum = sum + *number;
      } else {
        const auto found = places_.find(std::string{term});
        if (found == places_.end() || !symbols_[found->second].size) return std::nullopt;
        sum = sum + *symbols_[found->second].size;
      }
      if (end == std::string_view::npos) return sum.number();
      name.remove_prefix(end + plus.size());
    }
  }

  bool zero_is_free_;
  std::vector<Symbol> symbols_;
  std::unordered_map<std::string, std::size_t> places_;
};

std::string where(const Symbol& symbol) {
  return fmt::format("'{}' (dimension {} of input '{}'{})", symbol.name, symbol.axis, symbol.input,
                     symbol.zero ? ", declared as 0, which ONNX does not know as \"any\"" : "");
}

/// Free dimensions become 1 where they are batches; the others stay symbols. Both are said.
void assume(Table& table, std::vector<std::string>& warnings) {
  std::vector<std::string> batches;
  std::vector<std::string> free;
  std::vector<std::string> flags;
  std::string flag;
  for (auto& symbol : table.symbols()) {
    if (symbol.size || !is_batch(symbol)) continue;
    symbol.size = 1;
    batches.push_back(where(symbol));
    if (flag.empty()) flag = fmt::format("--dim '{}=4'", symbol.name);
  }
  table.bind_sums();
  for (const auto& symbol : table.symbols()) {
    if (symbol.size) continue;
    free.push_back(where(symbol));
    flags.push_back(fmt::format("--dim '{}=SIZE'", symbol.name));
  }
  if (!batches.empty())
    warnings.push_back(fmt::format("batch taken as 1: {}; another with {}", fmt::join(batches, ", "), flag));
  if (!free.empty())
    warnings.push_back(
        fmt::format("free dimensions without a size: {}; what depends on them is not known. Give {}",
                    fmt::join(free, ", "), fmt::join(flags, " ")));
}

/// Everything but the value of an input that --value gives.
Result<void> set_value(const std::string& name, double number, Fact& fact) {
  const auto origin = fmt::format("--value {}={}", name, print_number(number));
  if (fact.kind != Kind::tensor) return bad_input(fmt::format("{}: the input is no tensor", origin));
  if (!fact.dims) fact.dims = Dims{};
  const auto count = elements(*fact.dims).number();
  if (count != 1)
    return bad_input(
        fmt::format("{}: the input is {}; only one element can be given", origin, to_string(*fact.dims)));
  if (fact.dtype && (is_floating(*fact.dtype))) {
    fact.value = std::make_shared<const Value>(std::vector<double>{number});
    return {};
  }
  constexpr double widest = 9e15;  // whole numbers above are not exact in a double
  if (std::floor(number) != number || std::abs(number) > widest)
    return bad_input(fmt::format("{}: the input holds whole numbers", origin));
  fact.value = std::make_shared<const Value>(std::vector<Extent>{static_cast<std::int64_t>(number)});
  return {};
}

}  // namespace

Fact Sizes::declared(const DeclaredType& type) const {
  Fact fact;
  fact.kind = type.kind;
  fact.dtype = type.dtype;
  if (type.element) fact.element = std::make_shared<const Fact>(declared(*type.element));
  if (!type.dims) return fact;
  auto& dims = fact.dims.emplace();
  dims.reserve(type.dims->size());
  for (const auto& dim : *type.dims) {
    if (!is_free(dim, zero_is_free_)) {
      dims.emplace_back(*dim.value);
      continue;
    }
    const auto found = dim.value ? symbols_.end() : symbols_.find(dim.symbol);
    dims.push_back(found == symbols_.end() ? Extent{} : found->second);
  }
  return fact;
}

Result<Sizes> Sizes::bind(const Graph& graph, const Bindings& bindings, bool zero_is_free,
                          std::vector<std::string>& warnings) {
  Table table{graph, zero_is_free};
  std::unordered_map<std::string, std::vector<std::int64_t>> shapes;
  for (const auto& [name, shape] : bindings.shapes) {
    const auto input = find_input(graph, "--shape", name);
    if (!input) return tl::unexpected{input.error()};
    if (auto bound = table.bind(**input, shape); !bound) return tl::unexpected{std::move(bound.error())};
    shapes[name] = shape;
  }
  for (const auto& [name, size] : bindings.dims)
    if (auto bound = table.bind(name, size, fmt::format("--dim {}={}", name, size)); !bound)
      return tl::unexpected{std::move(bound.error())};
  table.bind_sums();
  if (!bindings.keep_batch) assume(table, warnings);

  Sizes sizes;
  sizes.zero_is_free_ = zero_is_free;
  for (auto& symbol : table.symbols())
    sizes.symbols_.emplace(symbol.name, symbol.size ? Extent{*symbol.size} : Extent::symbol(symbol.name));
  sizes.inputs_.reserve(graph.inputs.size());
  for (const auto& input : graph.inputs) {
    auto fact = sizes.declared(input.type);
    if (fact.dims)
      for (std::size_t axis = 0; axis < fact.dims->size(); ++axis)
        if (is_free((*input.type.dims)[axis], zero_is_free))
          (*fact.dims)[axis] = sizes.symbols_.at(symbol_of(input, axis));
    if (const auto given = shapes.find(input.name); !fact.dims && given != shapes.end())
      fact.dims = Dims(given->second.begin(), given->second.end());
    sizes.inputs_.push_back(std::move(fact));
  }
  for (const auto& [name, number] : bindings.values) {
    const auto input = find_input(graph, "--value", name);
    if (!input) return tl::unexpected{input.error()};
    auto& fact = sizes.inputs_[static_cast<std::size_t>(*input - graph.inputs.data())];
    if (auto set = set_value(name, number, fact); !set) return tl::unexpected{std::move(set.error())};
  }
  return sizes;
}

}  // namespace ns::onnx
