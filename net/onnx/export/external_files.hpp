/// The files that a model's weights are in: its own, and those of external data.
#pragma once

#include "core/error.hpp"
#include "net/onnx/contents.hpp"
#include "net/onnx/export/rope.hpp"
#include "net/wire/source.hpp"

#include <deque>
#include <map>
#include <string>

namespace ns::onnx {

class ExternalFiles {
 public:
  /// `contents.source` outlives it.
  explicit ExternalFiles(Contents contents) : contents_{std::move(contents)} {}

  struct Place {
    FileId file = model_file;
    Range range;
  };
  /// Where the elements of a tensor are whose storage is raw or external. bad_input or io, naming the tensor,
  /// for a file that is missing, too short or outside the model's folder.
  Result<Place> find(const TensorData& tensor);

  [[nodiscard]] Source& source(FileId file) {
    return file == model_file ? *contents_.source : opened_[file - 1].source;
  }
  /// "weights.bin" as the user would find it; of a file of external data.
  [[nodiscard]] const std::string& path(FileId file) const { return opened_[file - 1].path; }

 private:
  struct Opened {
    std::string path;
    Source source;
  };
  Result<FileId> open(const TensorData& tensor);

  Contents contents_;
  std::deque<Opened> opened_;
  std::map<std::string, FileId, std::less<>> ids_;  // by location
};

}  // namespace ns::onnx
