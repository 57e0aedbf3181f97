/// The door of export: the two halves of a cut of an ONNX model, as files.
#pragma once

#include "core/error.hpp"
#include "net/onnx/onnx.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace ns::onnx {

enum class ExportFormat : std::uint8_t {
  onnx,    // head.onnx and tail.onnx
  triton,  // head.onnx, and the tail as a model repository of Triton: NAME/config.pbtxt, NAME/1/model.onnx
  kserve,  // the same, and NAME.yaml: an InferenceService that serves it
};

struct ExportOptions {
  std::filesystem::path folder;  // made if it is not there
  bool force = false;  // replaces files that are there, and removes a head.onnx or tail.onnx not made now
  ExportFormat format = ExportFormat::onnx;
  std::string storage_uri;  // kserve: where the repository will be; empty: pvc://models

  /// Weights of a half stand in a file of their own beside it ("head.onnx.data") where they are more bytes
  /// than this, or where more than `external_above` bytes of them are in such a file already.
  std::uint64_t weights_above = std::uint64_t{1} << 30U;
  std::uint64_t external_above = std::uint64_t{64} << 20U;
};

/// An input or output of a half. Free dimensions have the file's names.
struct Port {
  std::string name;
  DeclaredType type;
};

struct ExportedHalf {
  std::filesystem::path path;
  std::uint64_t bytes = 0;       // of the model's file
  std::uint64_t data_bytes = 0;  // of the file beside it; 0 where there is none
  std::size_t nodes = 0;
  std::vector<Port> inputs;
  std::vector<Port> outputs;
};

struct ExportReport {
  std::optional<ExportedHalf> head;  // none where nothing runs on the device
  std::optional<ExportedHalf> tail;
  std::vector<Port> crossing;                    // outputs of the head that are inputs of the tail
  std::vector<std::filesystem::path> manifests;  // what serves the tail
  std::vector<std::string> notes;                // what the user should know
};

/// Writes the halves: `on_device` says, by index of the file's nodes, which run on the device; constant nodes
/// (NodeCost::constant) go to each half that needs them. Names, types, symbols, opsets, functions and
/// metadata are the file's; messages are copied as bytes, weights in small pieces. All files appear at once
/// or none does. usage where a file is there and may not be replaced, or is the model itself; bad_input where
/// the device reads what the server makes, where weights are missing and where a crossing tensor's type is
/// not known; io where writing fails.
Result<ExportReport> export_halves(ModelFile& file, const std::vector<bool>& on_device,
                                   const ExportOptions& options);

}  // namespace ns::onnx
