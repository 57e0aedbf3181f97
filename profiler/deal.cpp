#include "profiler/deal.hpp"

#include "profiler/sweep_template.hpp"

#include <algorithm>
#include <numeric>

namespace ns {
namespace {

std::string draw_item(const SweepVariable& variable, Random& random) {
  const auto& item = variable.items[random.below(variable.items.size())];
  switch (item.kind) {
    case SweepItem::Kind::word:
      return item.word;
    case SweepItem::Kind::uniform:
      return std::to_string(item.step * random.uniform(item.first / item.step, item.last / item.step));
    case SweepItem::Kind::logarithmic:
      return std::to_string(item.step * random.logarithmic(item.first / item.step, item.last / item.step));
  }
  return {};
}

bool fits(const LayerConfig& layer, const SweepSection& section) {
  const auto whole = cost(layer);
  return whole && whole->macs <= section.most_macs &&
         whole->input_bytes + whole->output_bytes + whole->weight_bytes <= section.most_bytes;
}

std::vector<double> shares_of(const Sweep& sweep) {
  std::vector<double> shares;
  for (const auto& section : sweep.sections) shares.push_back(section.share);
  return shares;
}

}  // namespace

Turns::Turns(std::vector<double> shares, Random& random) : shares_{std::move(shares)} {
  for (const auto share : shares_) credits_.push_back(share * random.fraction());
}

std::optional<std::size_t> Turns::next() {
  const auto total = std::accumulate(shares_.begin(), shares_.end(), 0.0);
  if (total <= 0.0) return std::nullopt;
  std::optional<std::size_t> richest;
  for (std::size_t i = 0; i < shares_.size(); ++i) {
    if (shares_[i] <= 0.0) continue;
    credits_[i] += shares_[i];
    if (!richest || credits_[i] > credits_[*richest]) richest = i;
  }
  credits_[*richest] -= total;
  return richest;
}

SweepStream::SweepStream(const Sweep& sweep, std::uint64_t seed, Admission admits)
    : sweep_{&sweep},
      admits_{std::move(admits)},
      random_{seed, sweep.name},
      turns_{shares_of(sweep), random_},
      listed_{sweep.listed} {
  for (const auto& section : sweep.sections) sections_.emplace_back(seed, sweep.name + '/' + section.name);
  for (auto left = listed_.size(); left > 1; --left)
    std::swap(listed_[left - 1], listed_[random_.below(left)]);
}

std::optional<LayerConfig> SweepStream::next() {
  while (!listed_.empty()) {
    auto layer = std::move(listed_.back());
    listed_.pop_back();
    if (seen_.insert(print(layer)).second) return layer;
  }
  while (const auto section = turns_.next()) {
    if (auto layer = draw(*section)) return layer;
    turns_.leave(*section);
  }
  return std::nullopt;
}

std::optional<LayerConfig> SweepStream::draw(std::size_t index) {
  constexpr int most_attempts = 1000;
  const auto& section = sweep_->sections[index];
  auto& random = sections_[index];
  for (int attempt = 0; attempt < most_attempts; ++attempt) {
    Bindings bindings;
    for (const auto& variable : section.variables)
      bindings.emplace_back(variable.name, draw_item(variable, random));
    const auto text = fill(section.layers[random.below(section.layers.size())], bindings);
    if (!text) continue;
    auto layer = layer_of(*text);
    if (!layer || !fits(*layer, section) || !admits_(*layer)) continue;
    if (seen_.insert(print(*layer)).second) return std::move(*layer);
  }
  return std::nullopt;
}

std::vector<LayerConfig> deal(std::span<const Sweep> sweeps, std::size_t count, std::uint64_t seed,
                              const Admission& admits) {
  std::vector<SweepStream> streams;
  std::vector<double> shares;
  for (const auto& sweep : sweeps) {
    streams.emplace_back(sweep, seed, admits);
    shares.push_back(static_cast<double>(sweep.rows));
  }
  Random random{seed, "turns"};
  Turns turns{std::move(shares), random};
  std::unordered_set<std::string> seen;
  std::vector<LayerConfig> layers;
  while (layers.size() < count) {
    const auto turn = turns.next();
    if (!turn) break;
    auto layer = streams[*turn].next();
    if (!layer)
      turns.leave(*turn);
    else if (seen.insert(print(*layer)).second)
      layers.push_back(std::move(*layer));
  }
  return layers;
}

}  // namespace ns
