#include "kernels/onednn/integer_paths.hpp"

#include <cstring>

namespace ns::onednn {
namespace {

/// From [filter][channel][tap] to [filter][tap][channel], or [tap][channel] of depthwise ones, in pairs of
/// bytes.
std::vector<float> packed(const std::vector<float>& filters, const IntegerWork& work, std::int64_t taps) {
  const auto channels = work.channels / work.groups;
  std::vector<std::int16_t> numbers(filters.size());
  for (std::int64_t f = 0; f < work.filters; ++f)
    for (std::int64_t c = 0; c < channels; ++c)
      for (std::int64_t tap = 0; tap < taps; ++tap) {
        const auto to = work.is_depthwise ? tap * work.channels + f : (f * taps + tap) * channels + c;
        numbers[static_cast<std::size_t>(to)] =
            static_cast<std::int16_t>(filters[static_cast<std::size_t>((f * channels + c) * taps + tap)]);
      }
  std::vector<float> words((numbers.size() + 1) / 2);
  std::memcpy(words.data(), numbers.data(), numbers.size() * sizeof(std::int16_t));
  return words;
}

/// Room that the loop asks for.
View room_of(const IntegerProduct& product, const IntegerWork& work, Builder& plan) {
  constexpr std::int64_t windows_at_once = 8;
  const auto shorts = product.window.in_plane() * work.channels +
                      windows_at_once * product.window.taps() * work.channels / work.groups;
  const auto bytes = static_cast<std::size_t>(work.channels) * sizeof(std::int32_t) +
                     static_cast<std::size_t>(shorts) * sizeof(std::int16_t);
  return plan.scratch(bytes + sizeof(float));
}

}  // namespace

void build_loops(const IntegerProduct& product, const IntegerWeights& stored, Builder& plan) {
  const IntegerWork work = work_of(product);
  const View source = read_pixels(product, plan);
  const View weights = plan.constant(packed(stored.filters, work, product.window.taps()));
  const View factors = plan.constant(stored.factors);
  const View bias = plan.constant(stored.bias);
  const Loops& loops = *plan.device().loops;
  if (!product.quantisation.dynamic) {
    const View destination = write_pixels(product, plan);
    plan.run("loops:int8",
             [work, &loops](float* const* memory) {
               loops.convolve_integers(work, memory[0], reinterpret_cast<const std::int16_t*>(memory[1]),
                                       memory[2], memory[3], memory[4], memory[5]);
             },
             {source, weights, bias, factors, destination, room_of(product, work, plan)});
    return;
  }
  // The numbers are made whole and centred, multiplied as such, and only then have the scale that is known
  // by now.
  const auto count = product.in.elements();
  const auto pixels = product.out.elements() / work.filters;
  const View whole = plan.temporary(dense(Dims{count}));
  const View scaling = plan.temporary(dense(Dims{2}));
  const View no_bias = plan.constant(std::vector<float>(stored.bias.size(), 0.0F));
  plan.run("loops:int8",
           [count, &loops](float* const* memory) {
             loops.find_scaling(count, memory[0], memory[1]);
             loops.make_whole(count, memory[1], memory[0], memory[2]);
           },
           {source, scaling, whole});
  const View destination = write_pixels(product, plan);
  plan.run("loops:int8",
           [work, pixels, &loops](float* const* memory) {
             loops.convolve_integers(work, memory[0], reinterpret_cast<const std::int16_t*>(memory[1]),
                                     memory[2], memory[3], memory[4], memory[5]);
             loops.make_real(pixels, work.filters, memory[6], memory[7], memory[4]);
           },
           {whole, weights, no_bias, factors, destination, room_of(product, work, plan), scaling, bias});
}

}  // namespace ns::onednn
