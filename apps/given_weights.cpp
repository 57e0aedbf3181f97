#include "apps/given_weights.hpp"

#include "net/caffemodel/match.hpp"

#include <fmt/format.h>
#include <utility>

namespace ns {

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
