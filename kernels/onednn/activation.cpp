#include "kernels/onednn/activation.hpp"

namespace ns::onednn {

std::vector<EltwiseStep> steps_of(const Act& act) {
  using dnnl::algorithm;
  const auto alpha = static_cast<float>(act.alpha);
  const auto beta = static_cast<float>(act.beta);
  const auto gamma = static_cast<float>(act.gamma);
  switch (act.kind) {
    case Act::Kind::relu:
      return {{algorithm::eltwise_relu, 0.0F, 0.0F}};
    case Act::Kind::relu6:
      return {{algorithm::eltwise_clip, 0.0F, 6.0F}};
    case Act::Kind::leaky_relu:
      return {{algorithm::eltwise_relu, alpha, 0.0F}};
    case Act::Kind::prelu:
      return {};
    case Act::Kind::elu:
      return {{algorithm::eltwise_elu, alpha, 0.0F}};
    case Act::Kind::clip:
      return {{algorithm::eltwise_clip, alpha, beta}};
    case Act::Kind::sigmoid:
      return {{algorithm::eltwise_logistic, 0.0F, 0.0F}};
    case Act::Kind::tanh:
      return {{algorithm::eltwise_tanh, 0.0F, 0.0F}};
    case Act::Kind::htanh:
      return {{algorithm::eltwise_clip, -1.0F, 1.0F}};
    // oneDNN 2.6 has no hardsigmoid: a line, then its bounds.
    case Act::Kind::hardsigmoid:
      return {{algorithm::eltwise_linear, alpha, beta}, {algorithm::eltwise_clip, 0.0F, 1.0F}};
    // 2.6 has the slope and offset built in and ignores these.
    case Act::Kind::hardswish:
      return {{algorithm::eltwise_hardswish, 1.0F / 6.0F, 0.5F}};
    case Act::Kind::silu:
      return {{algorithm::eltwise_swish, 1.0F, 0.0F}};
    case Act::Kind::gelu:
      return {{algorithm::eltwise_gelu_erf, 0.0F, 0.0F}};
    case Act::Kind::softplus:
      return {{algorithm::eltwise_soft_relu, 1.0F, 0.0F}};
    case Act::Kind::abs:
      return {{algorithm::eltwise_abs, 0.0F, 0.0F}};
    case Act::Kind::exp:
      return {{algorithm::eltwise_exp, 0.0F, 0.0F}};
    case Act::Kind::log:
      return {{algorithm::eltwise_log, 0.0F, 0.0F}};
    case Act::Kind::power:
      return {{algorithm::eltwise_linear, beta, gamma}, {algorithm::eltwise_pow, 1.0F, alpha}};
    case Act::Kind::sqrt:
      return {{algorithm::eltwise_sqrt, 0.0F, 0.0F}};
    case Act::Kind::neg:
      return {{algorithm::eltwise_linear, -1.0F, 0.0F}};
    case Act::Kind::round:
      return {{algorithm::eltwise_round, 0.0F, 0.0F}};
    case Act::Kind::mish:
      return {{algorithm::eltwise_mish, 0.0F, 0.0F}};
    case Act::Kind::gelu_tanh:
      return {{algorithm::eltwise_gelu_tanh, 0.0F, 0.0F}};
    case Act::Kind::quick_gelu:
      return {{algorithm::eltwise_swish, alpha, 0.0F}};
    default:
      break;  // a loop of ours
  }
  return {};
}

}  // namespace ns::onednn
