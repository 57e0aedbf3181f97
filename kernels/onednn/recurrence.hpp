/// What the files of recurrent layers share: one direction's loop and the memory of its states.
#pragma once

#include "kernels/onednn/builder.hpp"
#include "net/layers/rnn.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace ns::onednn {

RecurrentWork work_of(const Rnn& layer, const Builder& plan, std::int64_t direction);

/// One direction of a weight [directions, ...].
std::vector<float> part(const std::vector<float>& values, std::int64_t direction, const Rnn& layer);

/// First states that are stored, in the order of Rnn::stored.
Result<std::vector<std::vector<float>>> read_stored_states(const Rnn& layer, Builder& plan);

/// Where a loop finds the states of one direction among its operands.
class StatePlaces {
 public:
  /// Appends their memory to `operands`. Precondition: the plan's outputs have memory already.
  StatePlaces(const Rnn& layer, Builder& plan, const std::vector<std::vector<float>>& stored,
              std::int64_t direction, std::vector<View>& operands);

  [[nodiscard]] RecurrentStates in(float* const* memory) const;

 private:
  std::int64_t offset_;      // of the direction
  std::size_t first_h_ = 0;  // 0: there is none
  std::size_t first_c_ = 0;
  std::size_t y_ = 0;
  std::size_t last_h_ = 0;
  std::size_t last_c_ = 0;
};

}  // namespace ns::onednn
