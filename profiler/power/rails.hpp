/// Which rails of a board add up to its power, and why: some stand for all, others are parts of them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// Rails whose sum is a board's or a module's power.
struct RailSum {
  std::vector<std::string> labels;
  std::string note;
};

/// From the labels of all rails that the board's sensors name; nothing for a board that is not known.
/// (Labels as NVIDIA's device trees give them for the Jetson modules.)
std::optional<RailSum> whole_board(std::span<const std::string> labels);

}  // namespace ns
