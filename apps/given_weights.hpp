/// Weights that a command line gives to a net whose own file has none.
#pragma once

#include "core/error.hpp"
#include "net/net.hpp"
#include "net/weights.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace ns {

struct WeightsRequest {
  std::string caffemodel;             // a file; empty if there is none
  std::optional<std::uint64_t> seed;  // of random ones instead

  [[nodiscard]] bool given() const { return seed || !caffemodel.empty(); }
};

/// What is wrong with a seed on the command line; empty if nothing is.
std::string check_seed(const std::string& text);

/// usage if the request gives any to the ONNX model of `path`, which has its own.
Result<void> check_none_given(const WeightsRequest& request, const std::string& path);

/// usage, saying what `purpose` needs ("the halves need"), if the request gives neither; errors of the file
/// and of layers that it does not fit name both.
Result<std::unique_ptr<Weights>> given_weights(const Net& net, const WeightsRequest& request,
                                               std::string_view purpose);

}  // namespace ns
