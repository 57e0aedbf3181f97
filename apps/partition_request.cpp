#include "apps/partition_request.hpp"

#include "core/quantity.hpp"
#include "core/text.hpp"

#include <array>
#include <fmt/format.h>
#include <span>
#include <string_view>
#include <utility>

namespace ns {
namespace {

tl::unexpected<Error> wrong(std::string_view option, std::string_view sentence) {
  return failure(Errc::usage, fmt::format("{}: {}", option, sentence));
}

template <class T>
tl::unexpected<Error> wrong(std::string_view option, const Result<T>& failed) {
  return wrong(option, failed.error().message);
}

/// One of two words: false for the first, true for the second.
Result<bool> second_of(std::string_view option, const std::string& word,
                       const std::array<std::string, 2>& words) {
  if (word == words[0]) return false;
  if (word == words[1]) return true;
  return wrong(option,
               fmt::format("'{}' is neither {} nor {}{}", word, words[0], words[1], suggestion(word, words)));
}

Result<void> set_words(const PartitionOptions& options, Question& question) {
  const auto cold = second_of("--radio", options.radio, {"steady", "cold"});
  if (!cold) return tl::unexpected{cold.error()};
  const auto paper = second_of("--energy", options.energy, {"full", "paper"});
  if (!paper) return tl::unexpected{paper.error()};
  const auto stays = second_of("--result", options.result, {"device", "server"});
  if (!stays) return tl::unexpected{stays.error()};
  question.cold_radio = *cold;
  question.energy = *paper ? EnergyModel::paper : EnergyModel::full;
  question.result = *stays ? Place::server : Place::device;
  return {};
}

Result<void> set_numbers(const PartitionOptions& options, Question& question) {
  if (!options.load.empty()) {
    const auto load = parse_number(options.load);
    if (!load || *load < 1.0 || *load > 1e6)
      return wrong("--load", fmt::format("'{}' is no factor from 1 (idle) to 1e6", options.load));
    question.load = *load;
  }
  if (!options.queue_wait.empty()) {
    const auto wait = parse_duration(options.queue_wait);
    if (!wait) return wrong("--queue-wait", wait);
    question.queue_wait = *wait;
  }
  return {};
}

Result<void> set_lists(const PartitionOptions& options, Question& question) {
  for (const auto& text : options.pins) {
    const auto pin = parse_pin(text);
    if (!pin) return wrong("--pin", pin);
    question.pins.push_back(*pin);
  }
  for (const auto& text : options.input_bytes) {
    const auto equals = text.rfind('=');
    if (equals == std::string::npos || equals == 0)
      return wrong("--input-bytes", fmt::format("'{}': write NAME=BYTES, such as data=154587", text));
    const auto size = parse_size(std::string_view{text}.substr(equals + 1));
    if (!size) return wrong("--input-bytes", size);
    question.input_sizes.emplace_back(text.substr(0, equals), *size);
  }
  return {};
}

/// "LOW..HIGH" of rates with units.
Result<Sweep> parse_sweep(const std::string& text) {
  if (text.empty()) return Sweep{megabits_per_second(0.05), megabits_per_second(10000.0)};
  const auto dots = text.find("..");
  if (dots == std::string::npos)
    return wrong("--sweep-link", fmt::format("'{}': write LOW..HIGH, such as 1Mbit/s..1Gbit/s", text));
  const auto low = parse_rate(std::string_view{text}.substr(0, dots));
  if (!low) return wrong("--sweep-link", low);
  const auto high = parse_rate(std::string_view{text}.substr(dots + 2));
  if (!high) return wrong("--sweep-link", high);
  if (*low >= *high)
    return wrong("--sweep-link", fmt::format("'{}': the first rate must be below the second", text));
  return Sweep{*low, *high};
}

Result<void> set_sides(const PartitionOptions& options, PartitionRequest& request) {
  if (options.device.empty()) return failure(Errc::usage, "--device is required; see ns-partition --help");
  request.alone = options.server.empty() && options.critical;
  if (options.server.empty() && !options.critical)
    return wrong("--server", "is missing; name the other side, or ask for the device alone with --critical");
  if (!request.alone && options.link.empty())
    return wrong("--link", "is missing; name a link such as wifi, or give one like 20Mbit/s,rtt=35ms");
  return {};
}

Result<void> set_answer(const PartitionOptions& options, PartitionRequest& request) {
  if (options.sweep_asked) {
    const auto sweep = parse_sweep(options.sweep);
    if (!sweep) return tl::unexpected{sweep.error()};
    if (!request.alone) request.sweep = *sweep;
  }
  if (!options.top.empty()) {
    const auto top = parse_integer(options.top);
    if (!top || *top < 0) return wrong("--top", fmt::format("'{}' is no number of rows", options.top));
    request.top = static_cast<std::size_t>(*top);
  }
  const auto level = parse_number(options.interval);
  if (!level || *level <= 0.0 || *level >= 1.0)
    return wrong("--interval", fmt::format("'{}' is no probability between 0 and 1", options.interval));
  request.predict.interval_level = *level;
  request.predict.allow_missing = options.allow_missing;
  request.predict.fuse = !options.no_fuse;
  return {};
}

}  // namespace

Result<PartitionRequest> parse_request(const PartitionOptions& options) {
  PartitionRequest request;
  auto status = set_sides(options, request);
  if (status) status = set_words(options, request.question);
  if (status) status = set_numbers(options, request.question);
  if (status) status = set_lists(options, request.question);
  if (status) status = set_answer(options, request);
  if (!status) return tl::unexpected{status.error()};
  const auto objective = parse_objective(options.objective);
  if (!objective) return wrong("--objective", objective);
  request.question.objective = *objective;
  request.question.critical = options.critical;
  request.question.keep_input = options.keep_input;
  return request;
}

}  // namespace ns
