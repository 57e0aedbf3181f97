/// Tensors between the forms that they are kept in.
#pragma once

#include "kernels/cudnn/device.hpp"
#include "kernels/cudnn/form.hpp"

#include <span>

namespace ns::cudnn {

/// How a plan keeps a tensor.
struct Kept {
  Form form;
  Shape shape;

  [[nodiscard]] std::size_t bytes() const {
    return static_cast<std::size_t>(shape.elements()) * size_of(form.element);
  }
  /// Whether its bytes are those that the host has: float32, channel by channel.
  [[nodiscard]] bool is_as_outside() const {
    return form.element == Element::float32 && (form.layout == Layout::nchw || !has_layouts(shape));
  }
};

/// Enqueues a copy in another form: numbers become the nearest, of two the even one, and infinite beyond the
/// largest. Precondition: one of the elements is float32, or both are the same.
Result<void> convert(const Device& device, const void* from, const Kept& kept, void* to, Form form);

/// Copies between the host and memory of the device. Both wait for what the stream has to do before.
Result<void> send(void* to, std::span<const float> values, const Kept& kept, const Device& device);
Result<void> fetch(std::span<float> values, const void* from, const Kept& kept, const Device& device);

}  // namespace ns::cudnn
