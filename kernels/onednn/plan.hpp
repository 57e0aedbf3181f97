/// A net's groups as bound steps: memory placed, primitives made, arguments ready.
#pragma once

#include "kernels/backend.hpp"
#include "kernels/onednn/builder.hpp"

#include <memory>
#include <vector>

namespace ns::onednn {

class OnednnPlan final : public Plan {
 public:
  static Result<std::unique_ptr<Plan>> prepare(std::shared_ptr<const Device> device, const Net& net,
                                               std::span<const Group> groups, const Weights& weights,
                                               bool isolated);

  void write_input(std::size_t index, std::span<const float> values) override;
  void run() override;
  [[nodiscard]] std::vector<float> read_output(std::size_t index) const override;
  void evict_weights() override;
  Sample time() override;
  Sample time_groups(std::span<Seconds> times) override;
  [[nodiscard]] std::string implementation(std::size_t index) const override;
  [[nodiscard]] Bytes weight_bytes() const override;
  [[nodiscard]] Bytes activation_bytes() const override;

 private:
  /// A step with its memory: what runs in the timed region and nothing else.
  struct Bound {
    dnnl::primitive primitive;
    std::vector<dnnl::memory> memories;  // that `arguments` refers to
    std::vector<dnnl_exec_arg_t> arguments;
    Loop loop;
    std::vector<float*> operands;
  };
  struct Input {
    Shape shape;
    View view;
    Memory values;  // as last written, if a step writes over them; else empty
  };

  OnednnPlan(std::shared_ptr<const Device> device, Builder::Product product, std::size_t groups,
             bool isolated);
  void bind(Step& step);
  dnnl_status_t execute(const Bound& step) const;
  Result<void> try_once(const Net& net, std::span<const Group> groups);
  void execute_all() const;
  void restore_inputs();
  void warm_up();
  [[nodiscard]] std::byte* address(const View& view) const;

  std::shared_ptr<const Device> device_;
  std::vector<Buffer> buffers_;
  WeightStore weights_;
  Memory activations_;
  Memory scratch_;
  std::vector<std::size_t> offsets_;
  std::vector<Bound> steps_;
  std::vector<std::size_t> group_ends_;  // one past a group's last step
  std::vector<std::string> implementations_;
  bool isolated_ = false;
  std::vector<Input> inputs_;
  std::vector<View> outputs_;
  std::vector<Shape> output_shapes_;
};

}  // namespace ns::onednn
