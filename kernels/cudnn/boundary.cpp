#include "kernels/cudnn/boundary.hpp"

#include "kernels/cudnn/conversion.hpp"
#include "kernels/cudnn/stopwatch.hpp"
#include "kernels/memory_limit.hpp"

#include <cstring>
#include <fmt/format.h>
#include <new>

namespace ns::cudnn {
namespace {

class Boundary final : public Timed {
 public:
  static Result<std::unique_ptr<Timed>> make(std::shared_ptr<const Device> device, const Shape& shape,
                                             Direction direction);
  ~Boundary() override { static_cast<void>(device_->use()); }
  Boundary(const Boundary&) = delete;
  Boundary& operator=(const Boundary&) = delete;

  /// There are none; the tensor itself stays warm, as its maker or reader has just touched it.
  void evict_weights() override {}

  Sample time() override {
    if (health_) health_ = device_->use();
    if (!health_) return {{}, true};
    std::memset(host_, 0, outside().bytes());
    const Stream& stream = device_->stream();
    const auto enqueue = [&] { return copy(); };
    auto sample = pageable_.empty() ? stopwatch_.time(stream, enqueue) : time_on_host(stream, enqueue);
    if (sample) return *sample;
    health_ = tl::unexpected{std::move(sample.error())};
    return {{}, true};
  }

  [[nodiscard]] Result<void> health() const override { return health_; }

 private:
  Boundary(std::shared_ptr<const Device> device, const Shape& shape, Direction direction)
      : device_{std::move(device)},
        direction_{direction},
        kept_{{element_of_math(device_->selection().math), device_->selection().layout}, shape} {}

  [[nodiscard]] Result<void> copy() const {
    const CUstream stream = device_->stream().get();
    const CUdeviceptr address = outside().address();
    const std::size_t bytes = outside().bytes();
    if (direction_ == Direction::export_) {
      auto made = kept_.is_as_outside() ? Result<void>{}
                                        : convert(*device_, inside_.data(), kept_, between_.data(), Form{});
      return made ? check(cuMemcpyDtoHAsync(host_, address, bytes, stream), "cuMemcpyDtoHAsync") : made;
    }
    auto copied = check(cuMemcpyHtoDAsync(address, host_, bytes, stream), "cuMemcpyHtoDAsync");
    if (!copied || kept_.is_as_outside()) return copied;
    return convert(*device_, between_.data(), {Form{}, kept_.shape}, inside_.data(), kept_.form);
  }

  /// The tensor as the host has it.
  [[nodiscard]] const DeviceMemory& outside() const { return kept_.is_as_outside() ? inside_ : between_; }

  std::shared_ptr<const Device> device_;
  Direction direction_;
  Kept kept_;             // in the form that a plan leaves it in where it chooses
  DeviceMemory inside_;   // there
  DeviceMemory between_;  // as the host has it, where that is another form
  PinnedMemory pinned_;
  std::vector<std::byte> pageable_;
  void* host_ = nullptr;
  Stopwatch stopwatch_;
  Result<void> health_;
};

Result<std::unique_ptr<Timed>> Boundary::make(std::shared_ptr<const Device> device, const Shape& shape,
                                              Direction direction) {
  if (auto used = device->use(); !used) return tl::unexpected{std::move(used.error())};
  std::unique_ptr<Boundary> made{new Boundary{std::move(device), shape, direction}};
  auto inside = DeviceMemory::allocate(made->kept_.bytes());
  if (!inside) return tl::unexpected{std::move(inside.error())};
  made->inside_ = std::move(*inside);
  const std::size_t bytes = Kept{Form{}, shape}.bytes();
  auto between = DeviceMemory::allocate(made->kept_.is_as_outside() ? 0 : bytes);
  if (!between) return tl::unexpected{std::move(between.error())};
  made->between_ = std::move(*between);
  if (made->device_->selection().host == HostMemory::pageable) {
    made->pageable_.resize(bytes);
    made->host_ = made->pageable_.data();
  } else {
    auto pinned = PinnedMemory::allocate(bytes);
    if (!pinned) return tl::unexpected{std::move(pinned.error())};
    made->pinned_ = std::move(*pinned);
    made->host_ = made->pinned_.data();
  }
  auto stopwatch = Stopwatch::create();
  if (!stopwatch) return tl::unexpected{std::move(stopwatch.error())};
  made->stopwatch_ = std::move(*stopwatch);
  return made;
}

}  // namespace

Result<std::unique_ptr<Timed>> prepare_boundary(std::shared_ptr<const Device> device, const TensorType& type,
                                                Direction direction) try {
  const std::string place = "boundary " + print(type);
  if (type.dtype != DType::float32 || type.shape.elements() == 0)
    return failure(Errc::unsupported, place + ": only float32 tensors with elements cross it");
  if (auto fits = check_memory(type); !fits) return failure_within(std::move(fits), place);
  auto made = Boundary::make(std::move(device), type.shape, direction);
  if (!made) return failure_within(std::move(made), place);
  return made;
} catch (const std::bad_alloc&) {
  return failure(Errc::unsupported,
                 fmt::format("boundary {}: there is not enough memory for it", print(type)));
}

}  // namespace ns::cudnn
