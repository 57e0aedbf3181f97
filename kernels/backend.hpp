/// The door to one compute library on one device.
#pragma once

#include "core/error.hpp"
#include "core/gpu_facts.hpp"
#include "core/units.hpp"
#include "net/group.hpp"
#include "net/net.hpp"
#include "net/weights.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// One timed run, on the device's own clock, from idle to idle.
struct Sample {
  Seconds time{};
  bool disturbed = false;  // something else had the processor meanwhile: kept, but not summarised
};

/// Something that can be timed again and again: a net, one of its groups alone, or a copy over the device's
/// border.
class Timed {
 public:
  virtual ~Timed() = default;
  /// Pushes the weights' lines out of the caches; activations stay warm.
  virtual void evict_weights() = 0;
  /// One run. Precondition: prepared; the inputs hold whatever was last written.
  virtual Sample time() = 0;
  /// Nothing as long as the device works; once it failed a run, why. From then on times are 0 and disturbed,
  /// outputs zeros.
  [[nodiscard]] virtual Result<void> health() const { return {}; }
};

/// A net's groups prepared on one backend: memory allocated, layouts chosen, weights packed (untimed). A
/// layer alone is the plan of a net of one group (net_of).
class Plan : public Timed {
 public:
  /// The net's input `index`, fp32, dense, NCHW. Precondition: as many values as its shape has elements.
  virtual void write_input(std::size_t index, std::span<const float> values) = 0;
  /// One inference.
  virtual void run() = 0;
  /// The net's output `index`, fp32, dense, NCHW, of the last run.
  [[nodiscard]] virtual std::vector<float> read_output(std::size_t index) const = 0;

  /// One inference with the time of each group in place (their sum is a little less than the whole).
  virtual Sample time_groups(std::span<Seconds> times) = 0;
  /// What runs group `index`: "jit:avx512_core", "gemm:jit", ..., joined by '+' where a reorder comes before.
  [[nodiscard]] virtual std::string implementation(std::size_t index) const = 0;
  /// Bytes that the plan holds for weights, as packed, and for activations.
  [[nodiscard]] virtual Bytes weight_bytes() const = 0;
  [[nodiscard]] virtual Bytes activation_bytes() const = 0;
};

/// Which way a tensor crosses the border of the device: out of the backend's layout into a dense NCHW buffer,
/// or back.
enum class Direction { export_, import_ };

/// Whose time of a launch is meant.
enum class LaunchClock { device, host };

class Backend {
 public:
  virtual ~Backend() = default;

  /// "onednn:threads=1,isa=sse41": canonical, as `--device` takes it.
  [[nodiscard]] virtual std::string settings() const = 0;
  /// Library, version and instruction set in use: "oneDNN 2.6.3, SSE4.1, 1 thread".
  [[nodiscard]] virtual std::string description() const = 0;
  /// Of the GPU, where it is one.
  [[nodiscard]] virtual std::optional<GpuFacts> gpu() const { return std::nullopt; }
  /// Sentences about settings that could not be had as asked ("avx512 is absent here; using avx2").
  [[nodiscard]] virtual std::vector<std::string> warnings() const = 0;
  [[nodiscard]] virtual const FusionRules& rules() const = 0;

  /// Nothing if prepare() makes sense for `layer`, else why not. Allocates nothing large.
  [[nodiscard]] virtual Result<void> supports(const LayerConfig& layer) const = 0;

  /// `net` is folded; `groups` are group(net, rules()) or coarser lists of one group each. Inputs of the net
  /// arrive in the layout that the first reader prefers when `isolated` (a layer measured alone), dense
  /// otherwise.
  virtual Result<std::unique_ptr<Plan>> prepare(const Net& net, std::span<const Group> groups,
                                                const Weights& weights, bool isolated) = 0;

  /// Copies a tensor of `type` over the border; unsupported if there is none.
  virtual Result<std::unique_ptr<Timed>> prepare_boundary(const TensorType& type, Direction direction) = 0;

  /// Launches work that does nothing; unsupported where work is not launched.
  virtual Result<std::unique_ptr<Timed>> prepare_launch(LaunchClock) {
    return failure(Errc::unsupported, "nothing is launched here; a GPU has launches");
  }
};

/// A row of the table behind `--device BACKEND:...`. A row that was not built keeps its name and says why.
struct BackendEntry {
  std::string_view name;
  std::string_view remedy;  // empty if built
  Result<std::unique_ptr<Backend>> (*open)(std::string_view settings);
};

std::span<const BackendEntry> backends();

/// Opens "onednn:threads=1,isa=sse41"; usage error naming the choices for an unknown backend or setting.
Result<std::unique_ptr<Backend>> open_backend(std::string_view settings);

}  // namespace ns
