#include "profiler/session.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <unordered_map>

namespace ns {
namespace {

/// What spoils a row's numbers, each with its place in the row.
std::vector<std::string> notes_of(const ProfileRow& row) {
  std::vector<std::string> notes;
  const auto add = [&](std::string_view place, const std::vector<std::string>& said) {
    for (const auto& note : said) notes.push_back(fmt::format("{}{}: {}", key(row), place, note));
  };
  if (const auto* net = std::get_if<NetRow>(&row)) {
    add(" cold", net->cold.notes);
    add(" warm", net->warm.notes);
  }
  if (const auto* layer = std::get_if<LayerRow>(&row)) add("", layer->timing.notes);
  if (const auto* copy = std::get_if<BoundaryRow>(&row)) add("", copy->timing.notes);
  if (const auto* idle = std::get_if<IdleRow>(&row)) add("", idle->timing.notes);
  if (const auto* launch = std::get_if<LaunchRow>(&row)) add("", launch->timing.notes);
  if (const auto* power = std::get_if<PowerRow>(&row)) {
    add("", power->notes);
    for (const auto& meter : power->meters) add(" by " + meter.meter, meter.faults);
  }
  return notes;
}

void count(Tally& tally, const ProfileRow& row) {
  ++tally.measured;
  const auto status = status_of(row);
  ++tally.by_status[static_cast<std::size_t>(status)];
  if (status != RowStatus::ok) return;
  for (auto& note : notes_of(row)) tally.notes.push_back(std::move(note));
  if (!is_settled(row)) ++tally.unsettled;
}

Seconds estimate_of(std::span<const Job* const> jobs) {
  Seconds sum{0};
  for (const auto* job : jobs) sum += job->estimate;
  return sum;
}

}  // namespace

Result<Tally> run_session(Bench& bench, std::span<const Job> jobs, ProfileWriter& profile,
                          const SessionLimits& limits, const Progress& progress) {
  Tally tally;
  std::vector<const Job*> waiting;
  for (const auto& job : jobs)
    if (!profile.has(job.key)) waiting.push_back(&job);
  tally.kept = jobs.size() - waiting.size();

  const auto begin = bench.clock().now();
  auto guessed_left = estimate_of(waiting);
  Seconds guessed_done{0};
  for (std::size_t i = 0; i < waiting.size(); ++i) {
    const auto elapsed = bench.clock().now() - begin;
    tally.interrupted = limits.stop && limits.stop();
    if (tally.interrupted || (limits.time && elapsed >= *limits.time)) {
      tally.left = waiting.size() - i;
      break;
    }
    // Guesses are off by a factor of the machine's; what is done tells it.
    const auto pace = guessed_done > Seconds{0} ? elapsed / guessed_done : 1.0;
    auto left = pace * guessed_left;
    if (limits.time) left = std::min(left, *limits.time - elapsed);
    if (progress) progress(*waiting[i], i, waiting.size(), left);
    const auto row = waiting[i]->measure(bench);
    if (auto appended = profile.append(row); !appended) return tl::unexpected{std::move(appended.error())};
    count(tally, row);
    guessed_left -= waiting[i]->estimate;
    guessed_done += waiting[i]->estimate;
  }
  return tally;
}

std::vector<NetGap> net_gaps(std::span<const ProfileRow> rows) {
  constexpr double relative = 0.05;
  constexpr Seconds absolute{5e-6};
  std::unordered_map<std::string, Seconds> alone;
  for (const auto& row : rows)
    if (const auto* layer = std::get_if<LayerRow>(&row); layer && layer->timing.median)
      alone.emplace(layer->layer, *layer->timing.median);

  std::vector<NetGap> gaps;
  for (const auto& row : rows) {
    const auto* net = std::get_if<NetRow>(&row);
    if (!net || !net->cold.median) continue;
    NetGap gap{.net = net->net, .whole = *net->cold.median};
    bool complete = true;
    Seconds furthest{-1};
    for (const auto& part : net->groups) {
      const auto layer = parse_layer(part.config);
      if (layer && is_free(layer->params)) continue;
      const auto found = alone.find(part.config);
      complete = complete && found != alone.end();
      if (!complete) break;
      gap.sum += found->second;
      const auto apart = Seconds{std::abs((found->second - part.time).count())};
      if (apart <= furthest) continue;
      furthest = apart;
      gap.worst = part.config;
      gap.alone = found->second;
      gap.in_place = part.time;
    }
    const auto apart = Seconds{std::abs((gap.sum - gap.whole).count())};
    if (complete && apart > absolute && apart > relative * gap.whole) gaps.push_back(std::move(gap));
  }
  return gaps;
}

}  // namespace ns
