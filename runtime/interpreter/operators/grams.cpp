// Counts of n-grams.
#include "runtime/interpreter/operators.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <utility>

namespace ns {
namespace {

using Data = std::vector<Datum>;
using Gram = std::vector<std::int64_t>;

/// The place in the output of each n-gram of the pool, which holds all of one element, then all of two, ...
using Pool = std::map<Gram, std::size_t>;

Result<Pool> pool_of(const OperatorCall& call) {
  const auto items = call.view.integers("pool_int64s");
  const auto starts = call.view.integers("ngram_counts");
  const auto places = call.view.integers("ngram_indexes");
  Pool pool;
  std::size_t number = 0;
  for (std::size_t i = 0; i < starts.size(); ++i) {
    if (starts[i] < 0) return call.fail("n-grams of a size begin before the pool");
    const auto size = i + 1;
    const auto end = size < starts.size() ? static_cast<std::size_t>(starts[size]) : items.size();
    for (auto at = static_cast<std::size_t>(starts[i]); at + size <= std::min(end, items.size());
         at += size) {
      if (number >= places.size() || places[number] < 0)
        return call.fail("an n-gram has no place in its output");
      const auto gram = items.subspan(at, size);
      pool[{gram.begin(), gram.end()}] = static_cast<std::size_t>(places[number++]);
    }
  }
  return pool;
}

/// Counts the n-grams of one row whose elements are `apart` apart.
void count(const OperatorCall& call, const Pool& pool, std::span<const double> row, std::size_t apart,
           std::span<double> counts) {
  const auto least =
      static_cast<std::size_t>(std::max<std::int64_t>(1, call.view.integer("min_gram_length", 1)));
  const auto most =
      static_cast<std::size_t>(std::max<std::int64_t>(0, call.view.integer("max_gram_length", 1)));
  for (std::size_t start = 0; start < row.size(); ++start) {
    Gram gram;
    for (auto at = start; at < row.size() && gram.size() < most; at += apart) {
      gram.push_back(integer_of(row[at]));
      // A single element has no distance: it counts once.
      if (gram.size() < least || (gram.size() == 1 && apart > 1)) continue;
      if (const auto found = pool.find(gram); found != pool.end()) counts[found->second] += 1.0;
    }
  }
}

/// Rows of integers; without weights, TFIDF is TF, and IDF whether an n-gram is there.
Result<Data> tf_idf_vectorizer(const OperatorCall& call) {
  const auto& input = call.in(0);
  if (call.view.attribute("weights") != nullptr || call.view.attribute("pool_strings") != nullptr ||
      input.shape.rank() == 0 || input.shape.rank() > 2)
    return call.fail("with weights, strings or more than 2 axes it is not computed here");
  const auto pool = pool_of(call);
  if (!pool) return tl::unexpected{pool.error()};
  std::int64_t width = 0;
  for (const auto place : call.view.integers("ngram_indexes")) width = std::max(width, place + 1);
  auto shape = input.shape;
  shape[shape.rank() - 1] = width;
  if (auto checked = check_shape(shape); !checked) return call.fail(checked.error().message);
  auto made = zeros(DType::float32, std::move(shape));
  const auto length = static_cast<std::size_t>(input.shape[input.shape.rank() - 1]);
  const auto columns = static_cast<std::size_t>(width);
  const auto skips =
      static_cast<std::size_t>(std::max<std::int64_t>(0, call.view.integer("max_skip_count", 0)));
  for (std::size_t row = 0; columns > 0 && row < made.values.size() / columns; ++row)
    for (std::size_t apart = 1; apart <= std::min(skips + 1, length); ++apart)
      count(call, *pool, std::span{input.values}.subspan(row * length, length), apart,
            std::span{made.values}.subspan(row * columns, columns));
  if (call.view.text("mode", "TF") == "IDF")
    for (double& value : made.values) value = std::min(value, 1.0);
  return outputs_of(std::move(made));
}

}  // namespace

std::span<const Operator> gram_operators() {
  static constexpr std::array rows{Operator{"", "TfIdfVectorizer", 1, tf_idf_vectorizer}};
  return rows;
}

}  // namespace ns
