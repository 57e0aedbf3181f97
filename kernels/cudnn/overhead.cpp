#include "kernels/cudnn/overhead.hpp"

#include "kernels/cudnn/stopwatch.hpp"

namespace ns::cudnn {
namespace {

class Launch final : public Timed {
 public:
  static Result<std::unique_ptr<Timed>> make(std::shared_ptr<const Device> device, LaunchClock clock) {
    if (auto used = device->use(); !used) return tl::unexpected{std::move(used.error())};
    std::unique_ptr<Launch> made{new Launch{std::move(device), clock}};
    auto stopwatch = Stopwatch::create();
    if (!stopwatch) return tl::unexpected{std::move(stopwatch.error())};
    made->stopwatch_ = std::move(*stopwatch);
    return made;
  }
  ~Launch() override { static_cast<void>(device_->use()); }
  Launch(const Launch&) = delete;
  Launch& operator=(const Launch&) = delete;

  void evict_weights() override {}

  Sample time() override {
    if (health_) health_ = device_->use();
    if (!health_) return {{}, true};
    const Stream& stream = device_->stream();
    const auto enqueue = [&] { return launch(); };
    const auto sample =
        clock_ == LaunchClock::device ? stopwatch_.time(stream, enqueue) : time_on_host(stream, enqueue);
    if (sample) return *sample;
    health_ = tl::unexpected{sample.error()};
    return {{}, true};
  }

  [[nodiscard]] Result<void> health() const override { return health_; }

 private:
  Launch(std::shared_ptr<const Device> device, LaunchClock clock)
      : device_{std::move(device)}, clock_{clock} {}

  [[nodiscard]] Result<void> launch() const {
    return device_->kernels().launch(device_->stream(), Kernel::nothing, Element::float32, Grid{});
  }

  std::shared_ptr<const Device> device_;
  LaunchClock clock_;
  Stopwatch stopwatch_;
  Result<void> health_;
};

}  // namespace

Result<std::unique_ptr<Timed>> prepare_launch(std::shared_ptr<const Device> device, LaunchClock clock) {
  return Launch::make(std::move(device), clock);
}

}  // namespace ns::cudnn
