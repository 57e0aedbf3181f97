#include "tests/fuzz/reader.hpp"

#include <array>

namespace ns::fuzz {

std::span<const Reader> readers() {
  static constexpr std::array table{
      Reader{"costs", &read_costs},
      Reader{"device", &read_device},
      Reader{"export", &read_export},
      Reader{"layer", &read_layer},
      Reader{"link", &read_link},
      Reader{"net", &read_net},
      Reader{"npy", &read_npy},
      Reader{"npz", &read_npz},
      Reader{"onnx", &read_onnx},
      Reader{"options", &read_options},
      Reader{"power_log", &read_power_log},
      Reader{"predictor", &read_predictor},
      Reader{"profile", &read_profile},
      Reader{"prototxt", &read_prototxt},
      Reader{"sweep", &read_sweep},
      Reader{"text", &read_text},
  };
  return table;
}

}  // namespace ns::fuzz
