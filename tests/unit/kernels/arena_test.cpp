#include "kernels/arena.hpp"

#include <gtest/gtest.h>
#include <random>

namespace ns {
namespace {

constexpr std::size_t alignment = 64;

Lifetime activation(std::size_t bytes, std::size_t first, std::size_t last) {
  return {bytes, first, last, false};
}

TEST(Arena, TensorsThatNeverMeetShareMemory) {
  // A chain: each step reads one buffer and writes the next, so two places are enough.
  const std::vector<Lifetime> chain{activation(640, 0, 1), activation(640, 1, 2), activation(640, 2, 3),
                                    activation(640, 3, 4)};
  EXPECT_EQ(arrange(chain, alignment).bytes, 2U * 640U);
}

TEST(Arena, InputsAndOutputsOfTheNetKeepTheirMemory) {
  std::vector<Lifetime> chain{activation(640, 0, 1), activation(640, 5, 6)};
  chain[0].persistent = true;
  EXPECT_EQ(arrange(chain, alignment).bytes, 2U * 640U);
}

TEST(Arena, TensorsAliveTogetherNeverOverlap) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    std::mt19937_64 random{seed};
    std::vector<Lifetime> buffers;
    for (std::size_t i = 0; i < 1 + random() % 30; ++i) {
      const std::size_t first = random() % 20;
      buffers.push_back(activation(1 + random() % 5000, first, first + random() % 6));
      buffers.back().persistent = random() % 10 == 0;
    }
    const Arena arena = arrange(buffers, alignment);
    for (std::size_t a = 0; a < buffers.size(); ++a) {
      EXPECT_LE(arena.offsets[a] + buffers[a].bytes, arena.bytes) << "seed " << seed;
      for (std::size_t b = 0; b < a; ++b) {
        const bool meet =
            buffers[a].persistent || buffers[b].persistent ||
            !(buffers[a].last_step < buffers[b].first_step || buffers[b].last_step < buffers[a].first_step);
        const bool apart = arena.offsets[a] + buffers[a].bytes <= arena.offsets[b] ||
                           arena.offsets[b] + buffers[b].bytes <= arena.offsets[a];
        EXPECT_TRUE(!meet || apart) << "seed " << seed;
      }
    }
  }
}

}  // namespace
}  // namespace ns
