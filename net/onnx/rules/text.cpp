// Operators on strings.
#include "net/onnx/rules/text.hpp"

#include "net/onnx/rules/elementwise.hpp"
#include "net/onnx/rules/likeness.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <fmt/format.h>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ns::onnx {
namespace {

/// The elements of a string tensor; null unless they are known.
const std::vector<std::string>* texts_of(const Fact& fact) {
  return fact.value ? std::get_if<std::vector<std::string>>(fact.value.get()) : nullptr;
}

bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

/// Parts between separators, at most `most` splits; with no delimiter runs of white space separate, and
/// those around the text are dropped.
std::int64_t parts_of(std::string_view text, std::string_view delimiter, std::int64_t most) {
  std::int64_t splits = 0;
  if (!delimiter.empty()) {
    for (auto at = text.find(delimiter); at != std::string_view::npos && splits < most;
         at = text.find(delimiter, at + delimiter.size()))
      ++splits;
    return splits + 1;
  }
  std::int64_t words = 0;
  for (std::size_t i = 0; i < text.size() && words <= most; ++i)
    if (!is_space(text[i]) && (i == 0 || is_space(text[i - 1]))) ++words;
  return words;
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string lower(std::string_view text) {
  std::string lowered{text};
  for (auto& c : lowered) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lowered;
}

/// How many of the texts are no stop words; nothing where the locale would have to say which letters are the
/// same.
std::optional<std::int64_t> kept(const std::vector<std::string>& texts,
                                 const std::vector<std::string>& stopwords, bool sensitive) {
  if (!sensitive && !std::ranges::all_of(stopwords, is_ascii)) return std::nullopt;
  std::int64_t count = 0;
  for (const auto& text : texts) {
    const auto is_same = [&](const std::string& word) {
      return sensitive ? word == text : lower(word) == lower(text);
    };
    if (std::ranges::none_of(stopwords, is_same)) ++count;
  }
  return count;
}

}  // namespace

Result<void> string_concat(NodeView& node) {
  constexpr std::array<std::size_t, 2> both{0, 1};
  auto fact = broadcast_inputs(node, both);
  if (!fact) return tl::unexpected{fact.error()};
  fact->dtype = DType::string;
  node.out(0, *std::move(fact));
  return {};
}

/// Behind the axes of the input one for the parts: as many as the text with most of them has.
Result<void> string_split(NodeView& node) {
  const auto& input = node.in(0);
  node.out(1, like(input, DType::int64));
  auto parts = tensor(DType::string, input.dims);
  parts.on_data = true;
  if (parts.dims) {
    Extent most;
    if (const auto* const texts = texts_of(input)) {
      constexpr std::int64_t unlimited = INT64_MAX;
      const auto splits = node.integer("maxsplit", unlimited);
      std::int64_t largest = 0;
      for (const auto& text : *texts)
        largest = std::max(largest, parts_of(text, node.text("delimiter", ""), splits));
      most = largest;
    }
    parts.dims->push_back(most);
  }
  node.out(0, std::move(parts));
  return {};
}

/// [C] or [1, C]; stop words are taken out, but one empty text stays.
Result<void> string_normalizer(NodeView& node) {
  const auto& input = node.in(0);
  auto fact = like(input, DType::string);
  if (input.dims && (input.dims->empty() || input.dims->size() > 2))
    return node.fail(fmt::format("input 1 is {}; it must be C or 1xC", to_string(*input.dims)));
  const auto* const stopwords = node.attribute("stopwords");
  if (stopwords != nullptr && !stopwords->texts.empty() && fact.dims) {
    const auto* const texts = texts_of(input);
    const auto count = texts == nullptr
                           ? std::nullopt
                           : kept(*texts, stopwords->texts, node.integer("is_case_sensitive", 0) != 0);
    auto& extent = fact.dims->back();
    auto most = *fact.dims;
    most.back() = Extent::larger(extent, 1);
    extent = count ? Extent{std::max<std::int64_t>(*count, 1)} : Extent{};
    fact.on_data = !count;
    if (!count && all_known(most)) fact.most = std::move(most);
  }
  node.out(0, std::move(fact));
  return {};
}

/// A count for each n-gram of the pool: as many as the largest of `ngram_indexes` says.
Result<void> tf_idf_vectorizer(NodeView& node) {
  const auto& input = node.in(0);
  const auto indexes = node.integers("ngram_indexes");
  if (indexes.empty()) return node.fail("it has no attribute `ngram_indexes`");
  auto fact = like(input, DType::float32);
  fact.most.reset();
  if (fact.dims) {
    if (fact.dims->size() > 2)
      return node.fail(fmt::format("input 1 is {}; it must be C or NxC", to_string(*input.dims)));
    if (fact.dims->empty()) fact.dims->emplace_back();
    fact.dims->back() = Extent{*std::ranges::max_element(indexes)} + 1;
  }
  node.out(0, std::move(fact));
  return {};
}

}  // namespace ns::onnx
