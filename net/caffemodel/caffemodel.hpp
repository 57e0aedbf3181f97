/// A .caffemodel: a trained net as Caffe stores it, of which only names and places are read.
#pragma once

#include "core/error.hpp"
#include "net/caffemodel/blob.hpp"
#include "net/wire/source.hpp"

#include <string>
#include <vector>

namespace ns::caffemodel {

/// What a layer has learned, in Caffe's order: filters, then bias, say.
struct TrainedLayer {
  std::string name;
  std::vector<Blob> blobs;
  std::vector<std::string> shared;  // names of blobs that layers share, "" where one has none
  bool transposed = false;          // an inner product's weights are [inputs, outputs]
};

/// NetParameter: layers of the present syntax, of version 1 and of version 0, in the file's order.
struct Caffemodel {
  std::string path;  // as the user named it
  wire::Source source;
  std::vector<TrainedLayer> layers;
};

/// Errors begin with the path. bad_input, with the byte's offset, for a truncated or damaged file, and for
/// what is no .caffemodel (named where it is something else); nothing is allocated by a number that the file
/// holds.
Result<Caffemodel> read_caffemodel(const std::string& path);
/// The same of a source that is open already.
Result<Caffemodel> read_caffemodel(wire::Source source, const std::string& path);

}  // namespace ns::caffemodel
