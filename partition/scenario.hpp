/// All that decides what a cut costs: blocks, both sides, the link and the question; and the price of any way
/// to place the blocks.
#pragma once

#include "core/error.hpp"
#include "core/units.hpp"
#include "net/net.hpp"
#include "partition/block.hpp"
#include "partition/costs.hpp"
#include "partition/link.hpp"
#include "partition/objective.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ns {

/// What a placement adds up to. Every cost is linear in it.
struct Tally {
  Seconds device{};  // blocks on the device
  Joules device_work;
  Seconds server{};  // blocks on the server, without load
  Bytes up;
  double up_tensors = 0.0;
  Bytes down;
  double down_tensors = 0.0;
  // 0 or 1: whether anything is on the server, and whether a kernel runs on either side. Paid once each.
  double requests = 0.0;
  double device_runs = 0.0;
  double server_runs = 0.0;

  Tally& operator+=(const Tally& other);
};

/// What a placement costs. The five parts add up to the latency.
struct Figures {
  Seconds device{};  // compute, the device's overhead, export and import of what crosses
  Seconds uplink{};
  Seconds server{};  // likewise, with load: the server's time per query
  Seconds downlink{};
  Seconds wait{};  // RTT, message, queue, radio promotion

  std::optional<Joules> energy;  // of the device
  Joules device_energy;          // the part of it that goes with the device's time
  Joules server_energy;          // and with the server's

  [[nodiscard]] Seconds latency() const { return device + uplink + server + downlink + wait; }
};

/// What pins say of a block.
enum class Fix : std::uint8_t { free, device, server };

/// Needed of each side beside its groups.
struct SideCosts {
  std::string name;
  Seconds overhead{};
  BorderCost export_border;
  BorderCost import_border;
  std::optional<Watts> busy;
  std::optional<Watts> idle;
};

struct Scenario {
  BlockGraph graph;
  SideCosts device;
  SideCosts server;
  Link link;
  Question question;
  std::vector<Fix> fixed;      // by block; closed: what a pinned block needs is pinned as well
  std::string unknown_energy;  // why there is no energy; empty if there is

  [[nodiscard]] Figures figures(const Tally& tally) const;
  /// The objective's value. Weights of a sum are already divided by the device-only values.
  [[nodiscard]] double value(const Figures& figures) const;
  [[nodiscard]] double price(const Tally& tally) const { return value(figures(tally)); }

  /// Of single parts, without what is paid once.
  [[nodiscard]] Tally device_tally(BlockId block) const;
  [[nodiscard]] Tally server_tally(BlockId block) const;
  [[nodiscard]] static Tally upload(const BlockTensor& tensor);
  /// Of an output made on the server.
  [[nodiscard]] Tally download(const BlockTensor& tensor) const;

  double latency_weight = 1.0;
  double energy_weight = 0.0;
  Watts overhead_power;  // of the device while it does what belongs to no group
};

/// bad_input for costs that do not fit the net; usage for pins and inputs that the net has not; infeasible if
/// pins contradict each other; no_model if the objective asks for an energy that nobody knows.
Result<Scenario> make_scenario(const Net& net, const Costs& device, const Costs& server, const Link& link,
                               const Question& question);

}  // namespace ns
