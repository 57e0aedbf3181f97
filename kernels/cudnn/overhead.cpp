#include "kernels/cudnn/overhead.hpp"

#include "kernels/cudnn/gate.hpp"

#include <chrono>

namespace ns::cudnn {
namespace {

class Launch final : public Timed {
 public:
  static Result<std::unique_ptr<Timed>> make(std::shared_ptr<const Device> device, LaunchClock clock) {
    if (auto used = device->use(); !used) return tl::unexpected{std::move(used.error())};
    std::unique_ptr<Launch> made{new Launch{std::move(device), clock}};
    auto begin = Event::create();
    if (!begin) return tl::unexpected{std::move(begin.error())};
    made->begin_ = std::move(*begin);
    auto end = Event::create();
    if (!end) return tl::unexpected{std::move(end.error())};
    made->end_ = std::move(*end);
    return made;
  }
  ~Launch() override { static_cast<void>(device_->use()); }
  Launch(const Launch&) = delete;
  Launch& operator=(const Launch&) = delete;

  void evict_weights() override {}

  Sample time() override {
    if (health_) health_ = device_->use();
    if (!health_) return {{}, true};
    const auto sample = clock_ == LaunchClock::device ? time_on_device() : time_on_host();
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

  [[nodiscard]] Result<Sample> time_on_device() const {
    const Stream& stream = device_->stream();
    const auto held = run_behind_gate(stream, [&]() -> Result<void> {
      auto done = begin_.record(stream);
      if (done) done = launch();
      return done ? end_.record(stream) : done;
    });
    if (!held) return tl::unexpected{held.error()};
    const auto time = time_between(begin_, end_);
    if (!time) return tl::unexpected{time.error()};
    return Sample{*time, !*held};
  }

  [[nodiscard]] Result<Sample> time_on_host() const {
    const auto before = std::chrono::steady_clock::now();
    auto done = launch();
    if (done) done = device_->stream().synchronise();
    const Seconds time = std::chrono::steady_clock::now() - before;
    if (!done) return tl::unexpected{std::move(done.error())};
    return Sample{time, false};
  }

  std::shared_ptr<const Device> device_;
  LaunchClock clock_;
  Event begin_;
  Event end_;
  Result<void> health_;
};

}  // namespace

Result<std::unique_ptr<Timed>> prepare_launch(std::shared_ptr<const Device> device, LaunchClock clock) {
  return Launch::make(std::move(device), clock);
}

}  // namespace ns::cudnn
