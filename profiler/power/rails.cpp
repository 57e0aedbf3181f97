#include "profiler/power/rails.hpp"

#include <algorithm>
#include <array>

namespace ns {
namespace {

struct Board {
  std::array<std::string_view, 6> labels;  // all of which there must be, "" for none
  std::string_view note;
};

constexpr std::array boards{
    Board{{"POM_5V_IN"},
          "the whole module (Nano): POM_5V_GPU and POM_5V_CPU are inside it; the carrier is not"},
    Board{{"VDD_IN"}, "the whole module: its other rails are inside it; the carrier is not"},
    Board{{"VIN"}, "the whole board"},
    Board{
        {"GPU", "CPU", "SOC", "CV", "VDDRQ", "SYS5V"},
        "no rail stands for the whole module (AGX Xavier): its six rails together; the carrier is not in it"},
    Board{{"VDD_GPU_SOC", "VDD_CPU_CV", "VIN_SYS_5V0"},
          "no rail stands for the whole module (AGX Orin): these three together; VDDQ_VDD2_1V8AO is fed by "
          "VIN_SYS_5V0, the carrier is not in it"},
    Board{{"VDD_GPU", "VDD_CPU_SOC_MSS", "VIN_SYS_5V0"},
          "no rail of this sensor stands for the whole board (Thor): these three together; meter ina238 has "
          "VIN"},
};

}  // namespace

std::optional<RailSum> whole_board(std::span<const std::string> labels) {
  for (const auto& board : boards) {
    RailSum sum{{}, std::string{board.note}};
    bool all = true;
    for (const auto label : board.labels) {
      if (label.empty()) continue;
      all = all && std::ranges::find(labels, label) != labels.end();
      sum.labels.emplace_back(label);
    }
    if (all) return sum;
  }
  return std::nullopt;
}

}  // namespace ns
