/// The layers that a fit learns from: profiles without their duplicates, by type.
#pragma once

#include "profiler/profile.hpp"
#include "regression/facts.hpp"
#include "regression/predictor.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ns {

/// One layer, measured once or more often.
struct MeasuredLayer {
  std::string layer;  // its text form
  LayerFacts facts;
  Seconds time{};
};

/// One layer whose power was measured, in a pass of its own; its time need not have been.
struct MeasuredPower {
  std::string layer;
  LayerFacts facts;
  Watts power;
  std::optional<Seconds> time;  // of one run meanwhile, back to back
};

struct TypeRows {
  std::string type;
  std::vector<MeasuredLayer>
      rows;  // in the order of their texts, so that the order of measuring is no matter
  std::vector<MeasuredPower> powers;  // likewise
};

struct Dataset {
  std::vector<TypeRows> types;  // in the order of layer_types(), those of whole numbers behind
  std::size_t merged = 0;       // rows that repeated an earlier one: the median of all speaks
  std::size_t unusable = 0;     // rows without a time: skipped, failed, wrong or too disturbed
  std::size_t unsettled = 0;    // used, though their noise target was not met
  std::size_t of_nets = 0;      // a net's own groups, which only the profile's reader compares
  std::optional<PowerSource> power;
  std::vector<std::string> warnings;
};

/// The layer rows of all `profiles` that a sweep asked for. A net's own groups are left out: what a fit saw
/// could not test it.
Dataset collect(std::span<const Profile> profiles);

}  // namespace ns
