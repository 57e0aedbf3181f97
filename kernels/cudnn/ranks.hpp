/// Lines along one axis, and the kernels that rank their elements.
#pragma once

#include "kernels/cudnn/builder.hpp"
#include "kernels/cudnn/kernels/parameters.hpp"

namespace ns::cudnn {

/// The largest element alone of each line along `axis`.
RankTask rank_task(const Shape& shape, std::int64_t axis);

/// From input 0 to output 0.
void append_ranking(Builder& plan, Kernel kernel, std::string implementation, const RankTask& task);

}  // namespace ns::cudnn
