/// Models whose weights have elements, without a file.
#pragma once

#include "graph_maker.hpp"
#include "net/onnx/onnx.hpp"

#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace ns::onnx {

/// The bytes that tensors of a model lie in.
class Elements {
 public:
  /// A tensor with these elements in raw_data.
  template <class Number = float>
  TensorData tensor(std::string name, std::vector<std::int64_t> dims, const std::vector<Number>& values,
                    DType dtype = DType::float32) {
    std::string bytes(values.size() * sizeof(Number), '\0');
    if (!values.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
    return raw(std::move(name), std::move(dims), dtype, bytes);
  }

  TensorData raw(std::string name, std::vector<std::int64_t> dims, DType dtype, const std::string& bytes) {
    TensorData made;
    made.name = std::move(name);
    made.dims = std::move(dims);
    made.dtype = dtype;
    made.storage.place = Storage::Place::raw;
    made.storage.range = {bytes_.size(), bytes.size()};
    bytes_ += bytes;
    return made;
  }

  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

inline Attribute attribute(std::string name, TensorData tensor) {
  Attribute made;
  made.name = std::move(name);
  made.type = Attribute::Type::tensor;
  made.tensors.push_back(std::move(tensor));
  return made;
}

/// What read_model() makes of a file that holds this graph.
inline ModelFile file_of(Model model, const Elements& elements = {}, const Bindings& bindings = {}) {
  ModelFile file{"model.onnx", Source::of(elements.bytes()), "/nowhere", std::move(model), {}};
  auto inferred = infer(file.model, file.contents(), bindings);
  EXPECT_TRUE(inferred) << inferred.error().message;
  if (inferred) file.inferred = std::move(*inferred);
  return file;
}

}  // namespace ns::onnx
