#include "check.hpp"

#include "compare.hpp"
#include "core/text.hpp"
#include "generate.hpp"
#include "profiler/verify.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <fmt/format.h>
#include <optional>
#include <thread>

namespace ns {
namespace {

/// A type that takes long, as the first does, which has the library loaded, may have so many times its part
/// of what is left.
constexpr double most_shares = 3.0;

using Clock = std::chrono::steady_clock;
using Outputs = Result<std::vector<float>>;

/// A layer that the device says it runs, and what came of it.
struct Case {
  std::uint64_t seed;
  LayerConfig layer;
  Net net;
  std::optional<Outputs> expected{};  // nothing if the time was over
  std::optional<Outputs> actual{};

  [[nodiscard]] bool isolated() const { return seed % 3 != 0; }
};

/// The first that follows from `seed`, or one of those behind it. Most are far below the limit; those that
/// are not would keep the reference busy for seconds.
LayerConfig small_layer(std::string_view type, std::uint64_t seed, int behind = 0) {
  Random random{seed};
  for (;;) {
    LayerConfig layer = random_layer(type, random);
    const auto costs = cost(layer);
    if (costs && costs->macs <= largest_verified && behind-- == 0) return layer;
  }
}

std::vector<Case> draw(const Backend& device, const CheckRequest& request, TypeCheck& found) {
  std::vector<Case> cases;
  for (std::uint64_t seed = request.seed; seed < request.seed + request.per_type; ++seed) {
    LayerConfig layer = small_layer(found.type, seed);
    if (const auto supported = device.supports(layer); !supported) {
      ++found.unsupported[supported.error().message];
    } else if (auto net = net_of(layer); net) {
      cases.push_back(Case{seed, std::move(layer), std::move(*net)});
    } else {
      found.failed.push_back({seed, print(layer), net.error().message});
    }
  }
  return cases;
}

/// On all cores, while the calling thread runs the device.
class References {
 public:
  References(std::span<Case> cases, const Precision& precision, Clock::time_point end) {
    const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
    for (unsigned i = 0; i < cores; ++i)
      threads_.emplace_back([this, cases, precision, end] {
        const auto reference = open_backend("reference");
        if (!reference) return;
        for (auto at = next_++; at < cases.size() && Clock::now() < end; at = next_++) {
          auto& each = cases[at];
          each.expected = outputs_of(**reference, each.net, each.isolated(), each.seed, {}, precision);
        }
      });
  }
  ~References() { join(); }
  References(const References&) = delete;
  References& operator=(const References&) = delete;

  void join() {
    for (auto& thread : threads_)
      if (thread.joinable()) thread.join();
  }

 private:
  std::atomic<std::size_t> next_{0};
  std::vector<std::thread> threads_;
};

bool is_no_proof(const std::optional<Outputs>& outputs) {
  return outputs && *outputs && !(*outputs)->empty() &&
         std::all_of((*outputs)->begin(), (*outputs)->end(), [](float value) { return std::isnan(value); });
}

/// Outputs that are nowhere a number agree with anything that is none: the next layer of the seed takes its
/// place.
void redraw(Backend& device, Backend& reference, std::string_view type, const Precision& precision,
            Case& each) {
  constexpr int most = 8;
  for (int behind = 1; behind <= most && is_no_proof(each.expected); ++behind) {
    each.layer = small_layer(type, each.seed, behind);
    auto net = net_of(each.layer);
    if (!net || !device.supports(each.layer)) continue;
    each.net = std::move(*net);
    each.expected = outputs_of(reference, each.net, each.isolated(), each.seed, {}, precision);
    each.actual = outputs_of(device, each.net, each.isolated(), each.seed, {}, precision);
  }
}

void judge(const Precision& precision, const Case& each, TypeCheck& found) {
  if (!each.expected || !each.actual) {
    ++found.left_out;
    return;
  }
  for (const auto* outputs : {&*each.actual, &*each.expected})
    if (!*outputs) {
      found.failed.push_back({each.seed, print(each.layer), outputs->error().message});
      return;
    }
  const double tolerance = tolerance_of(each.layer.params) + rounding_of(each.layer, precision);
  const double error = difference(**each.actual, **each.expected);
  found.errors.push_back(error);
  found.tolerance = std::max(found.tolerance, tolerance);
  const auto* const quantisation = quantisation_of(each.layer.params);
  std::optional<std::string> wrong;
  if (quantisation != nullptr && quantisation->out)
    wrong = compare_rounded(**each.actual, **each.expected);
  else if (!(error <= tolerance))
    wrong = compare(**each.actual, **each.expected, tolerance).value_or("an infinite value differs");
  if (wrong) found.wrong.push_back({each.seed, print(each.layer), std::move(*wrong)});
}

TypeCheck check_type(Backend& device, const CheckRequest& request, std::string type, Clock::time_point end) {
  TypeCheck found{std::move(type)};
  auto cases = draw(device, request, found);
  const Precision precision = precision_of(device.settings());
  References references{cases, precision, end};
  for (auto& each : cases) {
    if (Clock::now() >= end) break;
    each.actual = outputs_of(device, each.net, each.isolated(), each.seed, {}, precision);
  }
  references.join();
  const auto reference = open_backend("reference");
  for (auto& each : cases) {
    if (reference) redraw(device, **reference, found.type, precision, each);
    judge(precision, each, found);
  }
  return found;
}

}  // namespace

std::string_view to_string(Verdict verdict) {
  constexpr std::array<std::string_view, 5> names{"agrees", "wrong", "failed", "unsupported", "cut short"};
  return names.at(static_cast<std::size_t>(verdict));
}

Verdict TypeCheck::verdict() const {
  if (!wrong.empty()) return Verdict::wrong;
  if (!failed.empty()) return Verdict::failed;
  if (left_out > 0) return Verdict::cut_short;
  return errors.empty() ? Verdict::unsupported : Verdict::agrees;
}

std::vector<std::string> checked_types() {
  std::vector<std::string> types;
  for (const auto type : layer_types())
    if (type != "opaque") types.emplace_back(type);  // of which nobody knows what it computes
  types.insert(types.end(), {"conv+", "fc+", "conv stored", "fc stored", "conv int8", "fc int8",
                             "conv dynamic", "fc dynamic", "rnn dynamic"});
  return types;
}

std::vector<TypeCheck> check(Backend& device, const CheckRequest& request,
                             const std::function<void(std::string_view type)>& watch) {
  const auto begin = Clock::now();
  std::vector<TypeCheck> checks;
  for (std::size_t i = 0; i < request.types.size(); ++i) {
    watch(request.types[i]);
    const Seconds left = request.time_limit - Seconds{Clock::now() - begin};
    const auto waiting = static_cast<double>(request.types.size() - i);
    const Seconds share = std::min(left, left * most_shares / waiting);
    const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(share);
    checks.push_back(check_type(device, request, request.types[i], end));
  }
  return checks;
}

}  // namespace ns
