#include "small_net.hpp"

#include "net/layer.hpp"

namespace ns::test {

Net small_net(const std::vector<std::pair<std::string, std::int64_t>>& inputs,
              const std::vector<SmallLayer>& layers, const std::vector<std::string>& outputs) {
  NetBuilder builder{"small"};
  for (const auto& [name, floats] : inputs)
    builder.add_input(name, TensorType{Shape{1, floats}, DType::float32}).value();
  for (const auto& layer : layers) {
    const LayerParams params = layer.free
                                   ? LayerParams{Identity{}}
                                   : LayerParams{Opaque{"Small", {"1x" + std::to_string(layer.floats)}}};
    builder.add_layer(layer.name, "Small", params, layer.inputs, {layer.name}).value();
  }
  return std::move(builder).finish(outputs).value();
}

Costs small_costs(const std::string& device,
                  const std::vector<std::pair<std::string, double>>& milliseconds) {
  Costs costs;
  costs.device = device;
  for (const auto& [layer, time] : milliseconds) {
    GroupCost group;
    group.layers = {layer};
    group.time = Seconds{time * 1e-3};
    costs.groups.push_back(group);
  }
  return costs;
}

Link small_link(double bytes_per_second, Seconds rtt) {
  Link link;
  link.name = "small";
  link.uplink = BytesPerSecond{bytes_per_second};
  link.downlink = BytesPerSecond{bytes_per_second};
  link.rtt = rtt;
  return link;
}

Net residual_net() {
  NetBuilder builder{"residual"};
  builder.add_input("x", TensorType{Shape{1, 64, 56, 56}, DType::float32}).value();
  const auto conv = parse_params("conv:filters=64,kernel=3,pad=1", 2).value();
  builder.add_layer("a", "Conv", conv, {"x"}, {"a"}).value();
  builder.add_layer("r", "Relu", parse_params("act:relu", 2).value(), {"a"}, {"r"}).value();
  builder.add_layer("b", "Conv", conv, {"r"}, {"b"}).value();
  builder.add_layer("s", "Add", Opaque{"Add", {"1x64x56x56"}}, {"b", "r"}, {"s"}).value();
  builder.add_layer("g", "GlobalAveragePool", Opaque{"GlobalAveragePool", {"1x64"}}, {"s"}, {"g"}).value();
  builder.add_layer("y", "Gemm", Opaque{"Gemm", {"1x1000"}}, {"g"}, {"y"}).value();
  return std::move(builder).finish().value();
}

Costs residual_costs(const std::string& device, double factor) {
  return small_costs(device, {{"a", 10.0 * factor},
                              {"r", 1.0 * factor},
                              {"b", 10.0 * factor},
                              {"s", 1.0 * factor},
                              {"g", 0.5 * factor},
                              {"y", 2.0 * factor}});
}

std::vector<std::string> device_layers(const Net& net, const Scenario& scenario,
                                       const std::vector<bool>& on_device) {
  std::vector<std::string> names;
  for (LayerId layer = 0; layer < net.layers.size(); ++layer)
    if (on_device[scenario.graph.block_of[layer]]) names.push_back(net.layers[layer].name);
  return names;
}

}  // namespace ns::test
