#include "apps/given_weights.hpp"

#include "core/text.hpp"
#include "net/caffemodel/match.hpp"

#include <fmt/format.h>
#include <utility>

namespace ns {

std::string check_seed(const std::string& text) {
  if (parse_integer(text).value_or(-1) >= 0) return {};
  return fmt::format("'{}' is no seed; it must be a whole number of at least 0", text);
}

Result<void> check_none_given(const WeightsRequest& request, const std::string& path) {
  if (!request.given()) return {};
  return failure(Errc::usage, fmt::format("{}: is an ONNX model, which has weights of its own; leave out "
                                          "--weights and --random-weights",
                                          path));
}

Result<std::unique_ptr<Weights>> given_weights(const Net& net, const WeightsRequest& request,
                                               std::string_view purpose) {
  if (request.seed && !request.caffemodel.empty())
    return failure(Errc::usage,
                   "--random-weights: weights are given by --weights already; leave one of them out");
  if (request.seed) return std::make_unique<RandomWeights>(*request.seed);
  if (request.caffemodel.empty())
    return failure(Errc::usage, fmt::format("{}: says nothing of weights, which {}; add --weights "
                                            "FILE.caffemodel, or --random-weights 1 to try it",
                                            net.file, purpose));
  auto model = caffemodel::read_caffemodel(request.caffemodel);
  if (!model) return tl::unexpected{std::move(model.error())};
  auto matched = caffemodel::CaffemodelWeights::match(std::move(*model), net);
  if (!matched) return tl::unexpected{std::move(matched.error())};
  return std::make_unique<caffemodel::CaffemodelWeights>(std::move(*matched));
}

}  // namespace ns
