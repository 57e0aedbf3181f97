#include "kernels/cudnn/descriptors.hpp"
#include "kernels/cudnn/kernels/parameters.hpp"
#include "kernels/cudnn/layers.hpp"

#include <algorithm>
#include <optional>

namespace ns::cudnn {
namespace {

/// What cuDNN has an operation for.
std::optional<cudnnReduceTensorOp_t> operation_of(Reduce::Kind kind) {
  switch (kind) {
    case Reduce::Kind::sum:
      return CUDNN_REDUCE_TENSOR_ADD;
    case Reduce::Kind::mean:
      return CUDNN_REDUCE_TENSOR_AVG;
    case Reduce::Kind::max:
      return CUDNN_REDUCE_TENSOR_MAX;
    case Reduce::Kind::min:
      return CUDNN_REDUCE_TENSOR_MIN;
    case Reduce::Kind::prod:
      return CUDNN_REDUCE_TENSOR_MUL;
    case Reduce::Kind::l1:
      return CUDNN_REDUCE_TENSOR_NORM1;
    case Reduce::Kind::l2:
      return CUDNN_REDUCE_TENSOR_NORM2;
    default:
      return {};
  }
}

struct ReduceCall {
  ReduceDescriptor reduction;
  TensorDescriptor from;
  TensorDescriptor to;
  std::size_t workspace = 0;
};

/// Input and output as cuDNN sees them: all axes, reduced ones with an extent of 1 in the output.
Result<std::shared_ptr<ReduceCall>> call_of(cudnnReduceTensorOp_t operation, const Shape& input,
                                            const std::vector<bool>& reduced, Element element,
                                            const Device& device) {
  Shape output = input;
  for (std::size_t axis = 0; axis < input.rank(); ++axis)
    if (reduced[axis]) output[axis] = 1;
  auto reduction = reduction_of(operation);
  if (!reduction) return tl::unexpected{std::move(reduction.error())};
  auto from = tensor_of(input.extents(), {element});
  if (!from) return tl::unexpected{std::move(from.error())};
  auto to = tensor_of(output.extents(), {element});
  if (!to) return tl::unexpected{std::move(to.error())};
  auto call =
      std::make_shared<ReduceCall>(ReduceCall{std::move(*reduction), std::move(*from), std::move(*to), 0});
  auto asked = check(cudnnGetReductionWorkspaceSize(device.dnn(), call->reduction.get(), call->from.get(),
                                                    call->to.get(), &call->workspace),
                     "cudnnGetReductionWorkspaceSize");
  if (!asked) return tl::unexpected{std::move(asked.error())};
  return call;
}

Result<void> build_with_library(cudnnReduceTensorOp_t operation, const std::vector<bool>& reduced,
                                Builder& plan) {
  const auto call = call_of(operation, plan.in(), reduced, plan.out_element(), plan.device());
  if (!call) return tl::unexpected{call.error()};
  plan.run("cudnn:reduce", {plan.read(), plan.scratch((*call)->workspace), plan.write()},
           [&device = plan.device(), call = *call](std::span<void* const> memory) {
             const float one = 1.0F;
             const float zero = 0.0F;
             return check(cudnnReduceTensor(device.dnn(), call->reduction.get(), nullptr, 0, memory[1],
                                            call->workspace, &one, call->from.get(), memory[0], &zero,
                                            call->to.get(), memory[2]),
                          "cudnnReduceTensor");
           });
  return {};
}

Reduction reduction_of(Reduce::Kind kind) {
  switch (kind) {
    case Reduce::Kind::log_sum:
      return Reduction::log_sum;
    case Reduce::Kind::log_sum_exp:
      return Reduction::log_sum_exp;
    case Reduce::Kind::sum_square:
      return Reduction::sum_square;
    case Reduce::Kind::l1:
    case Reduce::Kind::l2:
      return Reduction::magnitudes;
    default:
      return Reduction::sum;
  }
}

ReduceTask task_of(const Reduce& layer, const Shape& input, const std::vector<bool>& reduced) {
  ReduceTask task{};
  task.count = 1;
  task.outputs = 1;
  task.reduction = reduction_of(layer.kind);
  for (std::size_t axis = 0; axis < input.rank(); ++axis) {
    const auto extent = static_cast<int>(input[axis]);
    const auto stride = static_cast<int>(input.elements(axis + 1, input.rank()));
    if (reduced[axis]) {
      task.reduced[task.reduced_axes] = extent;
      task.reduced_strides[task.reduced_axes++] = stride;
      task.count *= static_cast<unsigned>(extent);
    } else {
      task.kept[task.kept_axes] = extent;
      task.kept_strides[task.kept_axes++] = stride;
      task.outputs *= static_cast<unsigned>(extent);
    }
  }
  return task;
}

}  // namespace

/// Where axes of one element alone are reduced, cuDNN has nothing to do, and it does not say that it would.
Result<void> build(const Reduce& layer, Builder& plan) {
  const auto reduced = reduced_axes(layer, plan.in().rank());
  const ReduceTask task = task_of(layer, plan.in(), reduced);
  const auto operation = operation_of(layer.kind);
  if (operation && task.count > 1) return build_with_library(*operation, reduced, plan);
  plan.run("kernel:reduce", {plan.read(), plan.write()},
           [&device = plan.device(), task, element = plan.out_element()](std::span<void* const> memory) {
             return device.kernels().launch(device.stream(), Kernel::reduce, element,
                                            grid_of_lines(task.outputs, task.count), task, memory[0],
                                            memory[1]);
           });
  return {};
}

}  // namespace ns::cudnn
