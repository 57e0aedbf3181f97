// ns-peak: how near the multiplying layers of a profile come to what their GPU can do at most.
#include "apps/command.hpp"
#include "core/quantity.hpp"
#include "core/table.hpp"
#include "profiler/profile.hpp"

#include <CLI/CLI.hpp>
#include <array>
#include <fmt/format.h>
#include <string_view>

namespace {

using namespace ns;

/// Multiply-accumulates per clock of one multiprocessor, in single precision and by its tensor cores in TF32
/// and in 16 bits (dense, the fastest of an architecture's models): NVIDIA's CUDA C++ programming guide
/// (arithmetic instructions) and the architectures' whitepapers.
struct Architecture {
  int capability;
  int fp32;
  int tf32;  // as fp32 where there is none
  int half;  // float16, and bfloat16 where there is that
};

constexpr std::array architectures{
    Architecture{60, 64, 64, 128},      Architecture{61, 128, 128, 128},   Architecture{62, 128, 128, 256},
    Architecture{70, 64, 64, 512},      Architecture{72, 64, 64, 512},     Architecture{75, 64, 64, 512},
    Architecture{80, 64, 512, 1024},    Architecture{86, 128, 128, 512},   Architecture{87, 128, 256, 1024},
    Architecture{89, 128, 128, 512},    Architecture{90, 128, 1024, 2048}, Architecture{100, 128, 2048, 4096},
    Architecture{103, 128, 2048, 4096}, Architecture{120, 128, 128, 512},  Architecture{121, 128, 128, 512}};

int macs_of(const Architecture& known, std::string_view backend) {
  const auto has = [&](std::string_view math) { return backend.find(math) != std::string_view::npos; };
  if (has("math=fp16") || has("math=bf16")) return known.half;
  return has("math=tf32") ? known.tf32 : known.fp32;
}

Result<FlopsPerSecond> peak_of(const ProfileHeader& header) {
  const auto& gpu = header.machine.gpu;
  if (!gpu)
    return failure(
        Errc::unsupported,
        fmt::format("{} has no facts of a GPU in its fingerprint; ns-profile writes them for cudnn:N",
                    header.backend));
  for (const auto& known : architectures) {
    if (known.capability != gpu->capability) continue;
    const auto per_clock = static_cast<double>(macs_of(known, header.backend) * gpu->multiprocessors);
    return FlopsPerSecond{2.0 * per_clock * static_cast<double>(gpu->clock_mhz) * 1e6};
  }
  return failure(Errc::unsupported, fmt::format("the peak of sm_{} is not known here", gpu->capability));
}

struct Fastest {
  std::size_t rows = 0;
  FlopsPerSecond rate{};
  std::string layer;
};

Fastest fastest(const Profile& profile, std::string_view type) {
  Fastest found;
  for (const auto& row : profile.rows) {
    const auto* const measured = std::get_if<LayerRow>(&row);
    if (measured == nullptr || measured->status != RowStatus::ok || !measured->timing.median) continue;
    const auto layer = parse_layer(measured->layer);
    if (!layer || type_of(layer->params) != type) continue;
    const auto costs = cost(*layer);
    if (!costs || !(*measured->timing.median > Seconds{0})) continue;
    ++found.rows;
    if (const auto rate = costs->flops / *measured->timing.median; rate > found.rate) {
      found.rate = rate;
      found.layer = measured->layer;
    }
  }
  return found;
}

Result<int> run(const std::string& path, const CommonOptions& common) {
  const auto profile = read_profile(path);
  if (!profile) return tl::unexpected{profile.error()};
  const auto peak = peak_of(profile->header);
  if (!peak) return tl::unexpected{peak.error()};
  Table table;
  table.column("type", Align::left).column("rows").column("fastest (GFLOP/s)").column("of the peak (%)");
  table.column("layer", Align::left);
  for (const std::string_view type : {"conv", "fc", "matmul"}) {
    const auto found = fastest(*profile, type);
    if (found.rows == 0)
      table.row({std::string{type}, "0", "", "", ""});
    else
      table.row({std::string{type}, std::to_string(found.rows),
                 fmt::format("{:.0f}", found.rate.value() / 1e9),
                 fmt::format("{:.1f}", 100.0 * (found.rate / *peak)), found.layer});
  }
  const auto text = common.format == Format::csv
                        ? table.csv()
                        : fmt::format("Peak of {}: {:.0f} GFLOP/s.\n\n{}", profile->header.backend,
                                      peak->value() / 1e9, table.text());
  return write_output(common, text).map([] { return status_done; });
}

}  // namespace

int main(int argc, char** argv) {
  CommonOptions common;
  std::string path;
  return run_command(
      argc, argv, "says how near the convolutions and products of a profile come to their GPU's peak",
      "ns-peak profile.jsonl\n"
      "ns-peak profile.jsonl.gz --format csv",
      common,
      [&](CLI::App& app) {
        app.add_option("PROFILE", path, "what ns-profile measured on a GPU")->required();
      },
      [&] { return run(path, common); });
}
