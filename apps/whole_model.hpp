/// The ONNX model that is cut: the file that the user named, or one that is written of a Caffe or native net
/// while its halves are exported.
#pragma once

#include "apps/export_options.hpp"
#include "core/error.hpp"
#include "net/onnx/onnx.hpp"

#include <filesystem>
#include <string>

namespace ns {

class WholeModel {
 public:
  /// Of a net that is no ONNX model the weights are those of `request`; usage if it names none, or names some
  /// for an ONNX model. Errors name the file.
  static Result<WholeModel> open(const std::string& path, const onnx::Bindings& bindings,
                                 const ExportRequest& request);

  WholeModel(WholeModel&& other) noexcept;
  WholeModel& operator=(WholeModel&&) = delete;
  WholeModel(const WholeModel&) = delete;
  WholeModel& operator=(const WholeModel&) = delete;
  ~WholeModel();  // removes what was written

  [[nodiscard]] onnx::ModelFile& file() { return file_; }

 private:
  WholeModel(onnx::ModelFile file, std::filesystem::path written);

  onnx::ModelFile file_;
  std::filesystem::path written_;  // a folder; empty if there is none
};

}  // namespace ns
