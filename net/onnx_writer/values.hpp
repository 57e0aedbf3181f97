/// Streams an initializer's values into a file.
#pragma once

#include "core/error.hpp"
#include "core/output_file.hpp"
#include "net/net.hpp"
#include "net/onnx_writer/graph.hpp"
#include "net/weights.hpp"

#include <vector>

namespace ns::onnx_writer {

class ValueStream {
 public:
  ValueStream(const Net& net, const Weights& weights) : net_{net}, weights_{weights} {}

  /// Appends the values as raw_data has them: little-endian, row-major.
  Result<void> append(const Initializer& initializer, OutputFile& file);

 private:
  Result<double> factor_of(const Trained& trained) const;
  Result<void> append_trained(const Initializer& initializer, const Trained& trained, OutputFile& file);
  Result<void> append_fill(const Initializer& initializer, const Fill& fill, OutputFile& file);

  const Net& net_;
  const Weights& weights_;
  std::vector<float> buffer_;  // what is in memory at a time
};

}  // namespace ns::onnx_writer
