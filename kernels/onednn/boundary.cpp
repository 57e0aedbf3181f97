#include "kernels/onednn/boundary.hpp"

#include "kernels/cpu_clock.hpp"
#include "kernels/memory_limit.hpp"
#include "kernels/onednn/layout.hpp"
#include "kernels/onednn/memory.hpp"

#include <cstring>
#include <fmt/format.h>
#include <new>

namespace ns::onednn {
namespace {

class Boundary final : public Timed {
 public:
  Boundary(std::shared_ptr<const Device> device, const Desc& from, const Desc& to)
      : device_{std::move(device)},
        source_bytes_{from.get_size()},
        target_bytes_{to.get_size()},
        source_{from, device_->engine, source_bytes_.data()},
        target_{to, device_->engine, target_bytes_.data()},
        copy_{source_, target_} {}

  /// There are none; the tensor itself stays warm, as its maker or reader has just touched it.
  void evict_weights() override {}

  Sample time() override {
    device_->use_threads();
    std::memset(source_bytes_.data(), 0, source_bytes_.bytes().size());
    dnnl::stream stream = device_->stream;
    return time_on_cpu([&] { copy_.execute(stream, source_, target_); }, device_->threads);
  }

 private:
  std::shared_ptr<const Device> device_;
  Memory source_bytes_;
  Memory target_bytes_;
  dnnl::memory source_;
  dnnl::memory target_;
  dnnl::reorder copy_;
};

}  // namespace

Result<std::unique_ptr<Timed>> prepare_boundary(std::shared_ptr<const Device> device, const TensorType& type,
                                                Direction direction) try {
  if (type.dtype != DType::float32 || type.shape.elements() == 0) {
    return failure(Errc::unsupported,
                   fmt::format("boundary {}: only float32 tensors with elements cross it", print(type)));
  }
  if (auto fits = check_memory(type); !fits)
    return failure_within(std::move(fits), "boundary " + print(type));
  const Desc inside = behind_convolution(device->engine, type.shape);
  const Desc outside = dense(type.shape);
  const bool leaves = direction == Direction::export_;
  return std::make_unique<Boundary>(std::move(device), leaves ? inside : outside, leaves ? outside : inside);
} catch (const dnnl::error& error) {
  return failure(Errc::unsupported,
                 fmt::format("boundary {}: oneDNN refused: {}", print(type), error.what()));
} catch (const std::bad_alloc&) {
  return failure(Errc::unsupported,
                 fmt::format("boundary {}: there is not enough memory for it", print(type)));
}

}  // namespace ns::onednn
