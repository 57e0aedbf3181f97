#include "apps/profile_report.hpp"

#include "core/json.hpp"
#include "core/quantity.hpp"
#include "core/table.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <fmt/format.h>
#include <map>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace ns {
namespace {

/// "1 min 40 s"
std::string span_of_time(Seconds time) {
  const auto seconds = static_cast<long>(std::lround(std::max(0.0, time.count())));
  return seconds < 60 ? fmt::format("{} s", seconds)
                      : fmt::format("{} min {:02} s", seconds / 60, seconds % 60);
}

std::string type_name(const ProfileRow& row) {
  const auto text = key(row);
  auto kind = text.substr(0, text.find(' '));
  if (kind != "layer") return kind;
  const auto layer = text.substr(kind.size() + 1);
  return layer.substr(0, layer.find_first_of(":+@"));
}

std::string reason_of(const ProfileRow& row) {
  return std::visit([](const auto& kind) { return kind.reason; }, row);
}

struct Counts {
  std::array<std::size_t, 4> by_status{};
  std::size_t unsettled = 0;
  [[nodiscard]] std::size_t all() const { return by_status[0] + by_status[1] + by_status[2] + by_status[3]; }
  [[nodiscard]] std::size_t of(RowStatus status) const {
    return by_status.at(static_cast<std::size_t>(status));
  }
};

std::map<std::string, Counts> count_rows(std::span<const ProfileRow> rows) {
  std::map<std::string, Counts> counts;
  for (const auto& row : rows) {
    auto& count = counts[type_name(row)];
    ++count.by_status.at(static_cast<std::size_t>(status_of(row)));
    if (status_of(row) == RowStatus::ok && !is_settled(row)) ++count.unsettled;
  }
  return counts;
}

/// The first ten of `sentences`, and how many more there are.
void append_some(std::vector<std::string>& all, const std::vector<std::string>& sentences,
                 std::string_view what) {
  constexpr std::size_t most = 10;
  for (std::size_t i = 0; i < std::min(most, sentences.size()); ++i) all.push_back(sentences[i]);
  if (sentences.size() > most) all.push_back(fmt::format("and {} more {}", sentences.size() - most, what));
}

struct NoteKind {
  std::string_view mark;  // in a row's note
  std::string_view says;
};
constexpr std::array note_kinds{
    NoteKind{": drift ", "drifted while they were measured (a changing clock, or heat)"},
    NoteKind{": bimodal", "came in two speeds (a governor that switches, or other work)"},
    NoteKind{": spikes", "had rare slow runs, which the median leaves out"},
    NoteKind{": over half", "were disturbed by other work in over half of their runs"},
    NoteKind{": shorter than", "took less than a microsecond, which the clock does not resolve"},
    NoteKind{": throttled", "were taken while heat or a power limit held the clocks down"},
    NoteKind{" new readings under load", "stand on too few readings of a slow meter"},
    NoteKind{" says ", "are not the same on two meters, by over a fifth"},
    NoteKind{": stuck", "are of a meter that stood still"},
    NoteKind{": a gap of", "are of a meter that told nothing for a while, which was bridged"},
    NoteKind{" readings are lost", "are of a meter that lost readings"},
    NoteKind{" fell;", "are of a meter whose counter fell"},
    NoteKind{" went backwards", "are of a meter whose time stamps fell"},
    NoteKind{" wrapped", "are of a meter whose counter wrapped, which was reckoned with"}};

/// One sentence per kind of note, with the first as its example.
void append_kinds(std::vector<std::string>& sentences, const std::vector<std::string>& notes) {
  for (const auto& kind : note_kinds) {
    const auto has_mark = [&](const std::string& note) { return note.find(kind.mark) != std::string::npos; };
    const auto first = std::ranges::find_if(notes, has_mark);
    if (first != notes.end())
      sentences.push_back(fmt::format("{} that {}: {}, such as {}",
                                      first->starts_with("power ") ? "powers" : "timings", kind.says,
                                      std::ranges::count_if(notes, has_mark), *first));
  }
}

std::string in_form(const Table& table, const Json& json, Format format) {
  if (format == Format::json) return json.dump(2) + "\n";
  return format == Format::csv ? table.csv() : table.text();
}

}  // namespace

std::string plan_text(std::span<const Job> jobs, Format format) {
  std::map<std::string, std::pair<std::size_t, Seconds>> types;
  std::pair<std::size_t, Seconds> all{0, Seconds{0}};
  for (const auto& job : jobs) {
    auto& [count, time] = types[job.type];
    ++count;
    time += job.estimate;
    ++all.first;
    all.second += job.estimate;
  }
  Table table;
  table.column("type", Align::left).column("rows").column("about (s)");
  Json json{{"schema", "ns.plan/1"}, {"rows", all.first}, {"estimate_s", all.second.count()}};
  auto listed = Json::array();
  for (const auto& [type, plan] : types) {
    table.row({type, std::to_string(plan.first), fmt::format("{:.1f}", plan.second.count())});
    listed.push_back(Json{{"type", type}, {"rows", plan.first}, {"estimate_s", plan.second.count()}});
  }
  table.row({"total", std::to_string(all.first), fmt::format("{:.1f}", all.second.count())});
  json["types"] = std::move(listed);
  return in_form(table, json, format);
}

std::string summary_text(std::span<const ProfileRow> rows, Format format) {
  Table table;
  table.column("type", Align::left).column("rows").column("ok").column("skipped").column("failed");
  table.column("wrong").column("unsettled");
  auto listed = Json::array();
  for (const auto& [type, count] : count_rows(rows)) {
    table.row({type, std::to_string(count.all()), std::to_string(count.of(RowStatus::ok)),
               std::to_string(count.of(RowStatus::skipped)), std::to_string(count.of(RowStatus::failed)),
               std::to_string(count.of(RowStatus::wrong)), std::to_string(count.unsettled)});
    listed.push_back(Json{{"type", type},
                          {"rows", count.all()},
                          {"ok", count.of(RowStatus::ok)},
                          {"skipped", count.of(RowStatus::skipped)},
                          {"failed", count.of(RowStatus::failed)},
                          {"wrong", count.of(RowStatus::wrong)},
                          {"unsettled", count.unsettled}});
  }
  const Json json{{"schema", "ns.profile_summary/1"}, {"rows", rows.size()}, {"types", std::move(listed)}};
  return in_form(table, json, format);
}

std::vector<std::string> findings(const Tally& tally, std::span<const ProfileRow> rows) {
  std::vector<std::string> bad;
  for (const auto& row : rows)
    if (status_of(row) == RowStatus::failed || status_of(row) == RowStatus::wrong)
      bad.push_back(fmt::format("{}: {}: {}", key(row), to_string(status_of(row)), reason_of(row)));
  std::vector<std::string> sentences;
  append_some(sentences, bad, "rows failed or wrong; the profile holds the reasons");
  append_kinds(sentences, tally.notes);
  const bool of_power =
      std::ranges::any_of(rows, [](const ProfileRow& row) { return std::holds_alternative<PowerRow>(row); });
  if (tally.unsettled > 0)
    sentences.push_back(fmt::format("{} of {} did not settle; measure again on a quiet machine or with {}",
                                    tally.unsettled, counted(tally.measured, "row"),
                                    of_power ? "a quicker meter" : "a larger --row-limit"));
  for (const auto& gap : net_gaps(rows))
    sentences.push_back(fmt::format(
        "{}: its groups alone take {}, the whole takes {}; most apart is {}: {} alone, {} in place", gap.net,
        print(gap.sum), print(gap.whole), gap.worst, print(gap.alone), print(gap.in_place)));
  return sentences;
}

ProgressLine::ProgressLine(bool quiet) : shown_{!quiet && ::isatty(STDERR_FILENO) == 1} {}

ProgressLine::~ProgressLine() {
  if (shown_) std::fputs("\r\x1b[K", stderr);
}

void ProgressLine::show(const Job& job, std::size_t number, std::size_t count, Seconds left) {
  constexpr double interval_s = 0.1;
  if (!shown_) return;
  const auto now_s = Seconds{std::chrono::steady_clock::now().time_since_epoch()}.count();
  if (last_s_ >= 0.0 && now_s - last_s_ < interval_s) return;
  last_s_ = now_s;
  const auto line =
      fmt::format("\r{:>6}/{}  {:<8}  {} left\x1b[K", number + 1, count, job.type, span_of_time(left));
  std::fputs(line.c_str(), stderr);
  std::fflush(stderr);
}

RowsLine::RowsLine(bool quiet) : shown_{!quiet && ::isatty(STDERR_FILENO) == 1} {}

RowsLine::~RowsLine() {
  if (shown_) std::fputs("\r\x1b[K", stderr);
}

void RowsLine::show(std::size_t rows) {
  if (!shown_) return;
  std::fputs(fmt::format("\r{:>6} rows\x1b[K", rows).c_str(), stderr);
  std::fflush(stderr);
}

}  // namespace ns
