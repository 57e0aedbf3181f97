/// Nets whose tensors have any size, and costs to go with them, for tests of the cut.
#pragma once

#include "net/net.hpp"
#include "partition/costs.hpp"
#include "partition/link.hpp"
#include "partition/scenario.hpp"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace ns::test {

/// A layer of no particular type: what it reads, and the number of floats it makes.
struct SmallLayer {
  std::string name;
  std::vector<std::string> inputs;
  std::int64_t floats = 1;
  bool free = false;  // identity, of its input's size
};

/// Layers are called like their tensors.
Net small_net(const std::vector<std::pair<std::string, std::int64_t>>& inputs,
              const std::vector<SmallLayer>& layers, const std::vector<std::string>& outputs = {});

/// One group a layer, times in milliseconds.
Costs small_costs(const std::string& device, const std::vector<std::pair<std::string, double>>& milliseconds);

/// So many bytes a second both ways.
Link small_link(double bytes_per_second, Seconds rtt = Seconds{});

/// x -> conv a -> relu r -> conv b -> add(b, r) s -> global pool g -> fc y, of real layers: the net with a
/// residual connection of the hand examples.
Net residual_net();
Costs residual_costs(const std::string& device, double factor);

/// Names of the layers on the device, in the file's order.
std::vector<std::string> device_layers(const Net& net, const Scenario& scenario,
                                       const std::vector<bool>& on_device);

}  // namespace ns::test
