#include "net/onnx/rules/einsum.hpp"

#include "core/text.hpp"
#include "net/onnx/rules/likeness.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ns::onnx {
namespace {

/// "..." in a term.
constexpr char ellipsis = '.';

/// Labels of each operand and of the result, one letter per axis and one `ellipsis`.
struct Equation {
  std::vector<std::string> operands;
  std::string result;
  bool stated = false;  // the result
};

bool is_letter(char sign) { return (sign >= 'a' && sign <= 'z') || (sign >= 'A' && sign <= 'Z'); }

/// One term without blanks; nothing if it holds anything but letters and at most one "...".
std::optional<std::string> term_of(std::string_view text) {
  std::string term;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ' ') continue;
    if (is_letter(text[i])) {
      term += text[i];
    } else if (text.substr(i, 3) == "..." && term.find(ellipsis) == std::string::npos) {
      term += ellipsis;
      i += 2;
    } else {
      return std::nullopt;
    }
  }
  return term;
}

/// Without an arrow the result has the labels that occur once, in alphabetical order, behind what "..."
/// stands for.
std::string implied_result(const std::vector<std::string>& operands) {
  std::map<char, int> occurrences;
  bool dots = false;
  for (const auto& term : operands)
    for (const auto label : term) {
      dots = dots || label == ellipsis;
      if (label != ellipsis) ++occurrences[label];
    }
  std::string result(dots ? 1 : 0, ellipsis);
  for (const auto& [label, count] : occurrences)
    if (count == 1) result += label;
  return result;
}

std::optional<Equation> parse_equation(std::string_view text) {
  Equation equation;
  const auto arrow = text.find("->");
  auto left = text.substr(0, arrow);
  while (true) {
    const auto comma = left.find(',');
    auto term = term_of(left.substr(0, comma));
    if (!term) return std::nullopt;
    equation.operands.push_back(*std::move(term));
    if (comma == std::string_view::npos) break;
    left.remove_prefix(comma + 1);
  }
  if (arrow == std::string_view::npos) {
    equation.result = implied_result(equation.operands);
    return equation;
  }
  auto result = term_of(text.substr(arrow + 2));
  if (!result) return std::nullopt;
  equation.result = *std::move(result);
  equation.stated = true;
  return equation;
}

/// What every label stands for; `ellipsis` for a product of axes, which stand in `dots`.
struct Labels {
  std::map<char, Extent> extents;
  Dims dots;

  [[nodiscard]] Extent extent(char label) const {
    if (label == ellipsis) return elements(dots);
    const auto found = extents.find(label);
    return found == extents.end() ? Extent{} : found->second;
  }
};

/// Takes the extents of one operand's labels in. False where they contradict what is known; 1 broadcasts.
bool take(Labels& labels, const std::string& term, const Dims& dims) {
  const auto named = term.size() - (term.find(ellipsis) != std::string::npos ? 1 : 0);
  std::size_t axis = 0;
  for (const auto label : term) {
    if (label == ellipsis) {
      const auto end = axis + dims.size() - named;
      auto dots = broadcast(labels.dots, Dims{dims.begin() + static_cast<std::ptrdiff_t>(axis),
                                              dims.begin() + static_cast<std::ptrdiff_t>(end)});
      if (!dots) return false;
      labels.dots = *std::move(dots);
      axis = end;
      continue;
    }
    const auto& extent = dims[axis++];
    const auto [place, added] = labels.extents.try_emplace(label, extent);
    if (added) continue;
    const auto merged = broadcast(Dims{place->second}, Dims{extent});
    if (!merged) return false;
    place->second = merged->front();
  }
  return true;
}

bool fits(const std::string& term, std::size_t rank) {
  const bool dots = term.find(ellipsis) != std::string::npos;
  return dots ? rank + 1 >= term.size() : rank == term.size();
}

Result<Equation> equation_of(const NodeView& node) {
  const auto text = node.text("equation", "");
  auto equation = parse_equation(text);
  if (!equation)
    return node.fail(fmt::format("the equation '{}' is not understood; write it like 'bij,bjk->bik'", text));
  if (equation->operands.size() != node.inputs())
    return node.fail(fmt::format("the equation '{}' has {}, the node has {}", text,
                                 counted(equation->operands.size(), "operand"),
                                 counted(node.inputs(), "input")));
  return *std::move(equation);
}

/// Nothing where an operand's rank is not known.
Result<std::optional<Labels>> labels_of(const NodeView& node, const Equation& equation) {
  Labels labels;
  bool complete = true;
  for (std::size_t i = 0; i < equation.operands.size(); ++i) {
    const auto& dims = node.in(i).dims;
    const auto& term = equation.operands[i];
    if (!dims) {
      complete = complete && term.find(ellipsis) == std::string::npos;
      continue;
    }
    if (!fits(term, dims->size()) || !take(labels, term, *dims))
      return node.fail(fmt::format("input {} is {}, which does not fit its term in the equation '{}'", i + 1,
                                   to_string(*dims), node.text("equation", "")));
  }
  return complete ? std::optional{std::move(labels)} : std::nullopt;
}

/// Small letters that no term has.
std::string free_letters(const std::vector<std::string>& terms) {
  std::string letters;
  for (char letter = 'a'; letter <= 'z'; ++letter)
    if (std::ranges::none_of(terms, [&](const auto& term) { return term.find(letter) != std::string::npos; }))
      letters += letter;
  return letters;
}

/// How many axes of the operand "..." stands for. Precondition: its rank is known, if there are any.
std::size_t dots_of(const std::string& term, const Fact& operand) {
  const bool has = term.find(ellipsis) != std::string::npos;
  return has ? operand.dims->size() + 1 - term.size() : 0;
}

}  // namespace

Result<void> infer_einsum(NodeView& node) {
  const auto equation = equation_of(node);
  if (!equation) return tl::unexpected{equation.error()};
  const auto labels = labels_of(node, *equation);
  if (!labels) return tl::unexpected{labels.error()};
  auto result = tensor(node.in(0).dtype, std::nullopt);
  if (*labels) {
    result.dims = Dims{};
    for (const auto label : equation->result) {
      if (label == ellipsis)
        result.dims->insert(result.dims->end(), (*labels)->dots.begin(), (*labels)->dots.end());
      else
        result.dims->push_back((*labels)->extent(label));
    }
  }
  node.out(0, std::move(result));
  return {};
}

std::optional<std::string> plain_equation(const NodeView& node) {
  const auto equation = equation_of(node);
  const auto labels = equation ? labels_of(node, *equation) : tl::unexpected{equation.error()};
  if (!labels || !*labels) return std::nullopt;
  auto terms = equation->operands;
  terms.push_back(equation->result);
  const auto letters = free_letters(terms);
  const auto dots = (*labels)->dots.size();
  std::map<char, char> capitals;
  for (const auto& term : terms)
    for (const auto label : term)
      if (label >= 'A' && label <= 'Z') capitals.try_emplace(label, '\0');
  if (dots + capitals.size() > letters.size()) return std::nullopt;
  auto next = dots;
  for (auto& [capital, letter] : capitals) letter = letters[next++];
  std::string text;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    // An operand with fewer axes has the last of those that "..." stands for.
    const auto own = i + 1 == terms.size() ? dots : dots_of(terms[i], node.in(i));
    if (i > 0) text += i + 1 == terms.size() ? '-' : '.';
    for (const auto label : terms[i]) {
      if (label == ellipsis)
        text += letters.substr(dots - own, own);
      else
        text += capitals.contains(label) ? capitals.at(label) : label;
    }
  }
  return text;
}

std::optional<double> einsum_macs(const NodeView& node) {
  const auto equation = equation_of(node);
  if (!equation) return std::nullopt;
  const auto labels = labels_of(node, *equation);
  if (!labels || !*labels) return std::nullopt;
  const auto& operands = equation->operands;
  double macs = 0.0;
  auto left = operands.front();
  for (std::size_t i = 1; i < operands.size(); ++i) {
    left += operands[i];
    std::ranges::sort(left);
    left.erase(std::unique(left.begin(), left.end()), left.end());  // clang 14 refuses ranges::unique
    Dims extents;
    for (const auto label : left) extents.push_back((*labels)->extent(label));
    const auto count = count_of(extents);
    if (!count) return std::nullopt;
    macs += *count;
    auto needed = equation->result;
    for (auto j = i + 1; j < operands.size(); ++j) needed += operands[j];
    std::erase_if(left, [&](char label) { return needed.find(label) == std::string::npos; });
  }
  return macs;
}

}  // namespace ns::onnx
