// Fourier transforms and what goes with them; the table of operators on strings stands here too.
#include "net/onnx/rules.hpp"
#include "net/onnx/rules/element_type.hpp"
#include "net/onnx/rules/likeness.hpp"
#include "net/onnx/rules/text.hpp"

#include <array>
#include <fmt/format.h>
#include <utility>

namespace ns::onnx {
namespace {

/// Of n samples of a real signal as many frequencies differ.
Extent half_spectrum(const Extent& samples) { return Extent::floor_quotient(samples, 2) + 1; }

/// A scalar input; unknown where it is left out or not known.
Extent scalar_at(const NodeView& node, std::size_t input) {
  return node.has(input) ? scalar_of(node.in(input)).value_or(Extent{}) : Extent{};
}

/// The axis that is transformed: an attribute (1) in opset 17, an input (-2) from opset 20 on. Nothing where
/// it is not known.
Result<std::optional<std::size_t>> dft_axis(const NodeView& node, std::size_t rank) {
  auto number = node.opset() < 20 ? node.integer("axis", 1) : -2;
  if (node.opset() >= 20 && node.has(2)) {
    const auto given = scalar_at(node, 2);
    if (!given.is_known()) return std::optional<std::size_t>{};
    number = given.value();
  }
  const auto axis = node.axis(number, rank);
  if (!axis) return tl::unexpected{axis.error()};
  if (*axis + 1 == rank)
    return node.fail(fmt::format("axis {} is the last, which holds real and imaginary parts", number));
  return std::optional{*axis};
}

/// The extent of the transformed axis: dft_length, which is the input's where it is left out. One-sided, a
/// transform of a real signal keeps half of the spectrum, and the inverse makes a signal of such a half.
Extent transformed(const NodeView& node, const Extent& extent, bool inverse, bool onesided) {
  const auto length = node.has(1) ? scalar_at(node, 1) : inverse && onesided ? (extent - 1) * 2 : extent;
  return onesided && !inverse ? half_spectrum(length) : length;
}

Result<void> dft(NodeView& node) {
  const auto& input = node.in(0);
  auto dims = input.dims;
  if (dims) {
    const bool inverse = node.integer("inverse", 0) != 0;
    const bool onesided = node.integer("onesided", 0) != 0;
    if (dims->size() < 2)
      return node.fail(
          fmt::format("input 1 is {}; its last axis must hold real and imaginary parts", to_string(*dims)));
    const auto axis = dft_axis(node, dims->size());
    if (!axis) return tl::unexpected{axis.error()};
    if (*axis)
      (*dims)[**axis] = transformed(node, (*dims)[**axis], inverse, onesided);
    else
      for (std::size_t i = 0; i + 1 < dims->size(); ++i) (*dims)[i] = Extent{};
    dims->back() = inverse && onesided ? 1 : 2;
  }
  node.out(0, tensor(input.dtype, std::move(dims)));
  return {};
}

/// Images x frames x frequencies x 2; a frame is as long as input 4 says, else as the window.
Result<void> stft(NodeView& node) {
  const auto& signal = node.in(0);
  const auto step = scalar_at(node, 1);
  const auto frame = node.has(3) ? scalar_at(node, 3) : extent_at(node.in(2), 0);
  if (step.is_known() && step.value() < 1)
    return node.fail(fmt::format("frame_step is {}; it must be at least 1", step.value()));
  auto frames = Extent::floor_quotient(extent_at(signal, 1) - frame, step) + 1;
  if (frames.is_known() && frames.value() < 1)
    return node.fail(
        fmt::format("the signal is {}; a frame of {} is longer", to_string(*signal.dims), to_string(frame)));
  const auto bins = node.integer("onesided", 1) != 0 ? half_spectrum(frame) : frame;
  node.out(0, tensor(signal.dtype, Dims{extent_at(signal, 0), std::move(frames), bins, 2}));
  return {};
}

Result<void> mel_weight_matrix(NodeView& node) {
  node.out(0, tensor(element_type(node.integer("output_datatype", 1)),
                     Dims{half_spectrum(scalar_at(node, 1)), scalar_at(node, 0)}));
  return {};
}

/// com.microsoft: the spectrum of real signals along the last axis, real and imaginary parts behind it.
Result<void> real_dft(NodeView& node) {
  auto dims = node.in(0).dims;
  if (dims && !dims->empty()) {
    if (node.integer("onesided", 1) != 0) dims->back() = half_spectrum(dims->back());
    dims->emplace_back(2);
  }
  node.out(0, tensor(node.in(0).dtype, std::move(dims)));
  return {};
}

Result<void> inverse_real_dft(NodeView& node) {
  auto dims = node.in(0).dims;
  if (dims && dims->size() > 1) {
    dims->pop_back();
    if (node.integer("onesided", 1) != 0) dims->back() = (dims->back() - 1) * 2;
  }
  node.out(0, tensor(node.in(0).dtype, std::move(dims)));
  return {};
}

}  // namespace

std::span<const OpRule> signal_rules() {
  static constexpr std::array rules{
      OpRule{"", "DFT", &dft},
      OpRule{"", "STFT", &stft},
      OpRule{"", "MelWeightMatrix", &mel_weight_matrix},
      OpRule{"", "StringConcat", &string_concat},
      OpRule{"", "StringSplit", &string_split},
      OpRule{"", "StringNormalizer", &string_normalizer},
      OpRule{"", "RegexFullMatch", &same_shape<DType::boolean>},
      OpRule{"", "TfIdfVectorizer", &tf_idf_vectorizer},
      OpRule{contrib, "Rfft", &real_dft},
      OpRule{contrib, "Irfft", &inverse_real_dft},
  };
  return rules;
}

}  // namespace ns::onnx
