/// A door through which a user's file or words come in, and what is done with what it lets through: what is
/// fuzzed, and what the replay of findings goes through again.
#pragma once

#include <span>
#include <string_view>

namespace ns::fuzz {

/// Reads the bytes as a user's: whether they were let through. A broken promise of the reader ends the
/// process.
using Door = bool (*)(std::string_view bytes);

struct Reader {
  std::string_view name;  // "onnx": also the folder of its findings, tests/data/fuzz/onnx
  Door read;
};

/// All of them, in the order of their names.
std::span<const Reader> readers();

// One file each, called like the reader.
bool read_costs(std::string_view bytes);
bool read_device(std::string_view bytes);
bool read_export(std::string_view bytes);
bool read_layer(std::string_view bytes);
bool read_link(std::string_view bytes);
bool read_net(std::string_view bytes);
bool read_npy(std::string_view bytes);
bool read_npz(std::string_view bytes);
bool read_onnx(std::string_view bytes);
bool read_options(std::string_view bytes);
bool read_power_log(std::string_view bytes);
bool read_predictor(std::string_view bytes);
bool read_profile(std::string_view bytes);
bool read_prototxt(std::string_view bytes);
bool read_sweep(std::string_view bytes);
bool read_text(std::string_view bytes);

}  // namespace ns::fuzz
