/// Reader of Caffe's deploy and training prototxt, old and new syntax; the inference view (phase TEST) of the
/// net.
#pragma once

#include "net/net.hpp"

#include <string>
#include <string_view>

namespace ns {

/// `file` stands in errors and in Net::file. Layers that only train or score (Accuracy, losses) are dropped
/// with a warning; unknown layer types become opaque with a warning.
Result<Net> parse_prototxt(std::string_view text, const std::string& file);

}  // namespace ns
