#include "kernels/cudnn/epilogue.hpp"
#include "kernels/cudnn/layers.hpp"
#include "kernels/cudnn/product.hpp"

namespace ns::cudnn {

Result<void> build(const Fc& layer, Builder& plan) {
  if (layer.quantisation.is_integer()) return build_integer(layer, plan);
  const auto weight = plan.stored_weight(0);
  if (!weight) return tl::unexpected{weight.error()};
  const auto bias = plan.stored_weight_if(layer.bias, layer.quantisation.bias_slot());
  if (!bias) return tl::unexpected{bias.error()};
  Product product;
  product.m = plan.out().elements() / layer.features;
  product.n = layer.features;
  product.k = plan.in().elements() / product.m;
  product.transpose_b = true;  // [features, columns]
  const BufferId output = plan.write();
  append_products(plan, {product, {{0, 0, 0}}}, plan.read(), *weight, output);
  append_epilogue(plan, epilogue_of(plan, *bias), output, layer.features, 1);
  return {};
}

}  // namespace ns::cudnn
