/// Whether a backend computes what the reference computes: asked before anything is timed.
#pragma once

#include "kernels/backend.hpp"
#include "kernels/precision.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>

namespace ns {

/// The reference does about 1 GMAC/s: a larger layer is verified on a smaller twin.
inline constexpr Macs largest_verified{20e6};

/// `layer` with extents, then channels and features, and at last rows halved until it has at most `most`
/// MACs. Window, stride, groups and epilogue stay. The layer itself if it is small enough or cannot shrink.
LayerConfig twin_of(const LayerConfig& layer, Macs most = largest_verified);

/// The largest difference that rounding explains, as a share of the largest reference value; by type.
double tolerance_of(const LayerParams& params);

/// Nothing if each value is within `tolerance` of the largest expected magnitude; else a sentence with the
/// worst place.
std::optional<std::string> compare(std::span<const float> got, std::span<const float> expected,
                                   double tolerance);

/// The same of sums that are rounded to whole numbers: one that lies in the middle may fall either way, so
/// that one value, and one more in a thousand, may be one off.
std::optional<std::string> compare_rounded(std::span<const float> got, std::span<const float> expected);

class Verifier {
 public:
  /// Precondition: both outlive the verifier.
  Verifier(Backend& backend, Backend& reference, std::uint64_t seed)
      : backend_{&backend}, reference_{&reference}, seed_{seed} {}

  /// Nothing if they agree; else a sentence that holds the layer that was tried, so that it can be tried
  /// again. An error if one of them could not run. Remembers twins it has seen.
  Result<std::optional<std::string>> check(const LayerConfig& layer);

 private:
  Result<std::optional<std::string>> run_both(const LayerConfig& twin);

  Backend* backend_;
  Backend* reference_;
  std::uint64_t seed_;
  std::unordered_map<std::string, std::optional<std::string>> known_;
};

/// The one group that runs all of `net_of(layer)`.
Group whole_group(const Net& net, const LayerConfig& layer);

/// Fills the plan's inputs with seeded values in [-1, 1) that are kept exactly.
void write_random_inputs(Plan& plan, const Net& net, std::uint64_t seed, const Precision& precision = {});

}  // namespace ns
