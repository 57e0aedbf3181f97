/// What was measured on one device, row by row: the file profile.jsonl (schema ns.profile/1,
/// docs/formats.md).
#pragma once

#include "core/error.hpp"
#include "core/gpu_facts.hpp"
#include "core/units.hpp"
#include "net/group.hpp"
#include "net/layer.hpp"
#include "profiler/power_row.hpp"
#include "profiler/row_status.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ns {

/// The machine a profile was taken on: a resume elsewhere is refused.
struct Fingerprint {
  std::string cpu;  // model name and family/model/stepping
  std::int64_t cores = 0;
  std::string instructions;       // "sse4.1 avx2 avx512f avx512_vnni"
  std::string caches;             // "32K/1M/32M"
  std::string memory;             // "24 GiB"
  std::string kernel;             // operating system and release
  std::string library;            // Backend::description()
  std::optional<GpuFacts> gpu{};  // none for a CPU, and in files of older versions, whose library says it

  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};

struct ProfileHeader {
  std::string device;   // its name: "core-sse41"
  std::string backend;  // settings: "onednn:threads=1,isa=sse41"
  Fingerprint machine;
  FusionRules rules;
  std::string measured_at;  // ISO 8601, UTC
  std::string version;      // of the toolkit
  std::uint64_t seed = 0;
};

/// Raw samples, in the order taken, and what they sum up to.
struct Timing {
  std::vector<Seconds> samples{};
  std::vector<bool> disturbed{};    // one per sample
  std::optional<Seconds> median{};  // of the undisturbed samples; none if there are none
  bool settled = false;
  std::vector<std::string> notes{};  // what spoils it: "drift +30 %", "bimodal: 15.0 ms and 60.0 ms"

  friend bool operator==(const Timing&, const Timing&) = default;
};

struct LayerRow {
  std::string layer{};  // the text form of the LayerConfig
  RowStatus status = RowStatus::ok;
  std::string reason{};  // if not ok
  Timing timing{};
  std::optional<Watts> power{};
  std::optional<Joules> energy{};  // per run
  std::string implementation{};
  std::string origin{};  // "sweep", or the name of the net whose group it is

  friend bool operator==(const LayerRow&, const LayerRow&) = default;
};

struct GroupTime {
  std::vector<std::string> layers{};  // source names
  std::string config{};               // text form
  Seconds time{};                     // median in place, weights evicted
  std::string implementation{};

  friend bool operator==(const GroupTime&, const GroupTime&) = default;
};

struct NetRow {
  std::string net{};   // its name
  std::string hash{};  // of its structure
  RowStatus status = RowStatus::ok;
  std::string reason{};
  Timing cold{};  // weights evicted before each run: the net's time
  Timing warm{};  // back to back
  std::vector<GroupTime> groups{};

  friend bool operator==(const NetRow&, const NetRow&) = default;
};

struct BoundaryRow {
  std::string direction{};  // "export" or "import"
  std::string tensor{};     // text form of its type
  Bytes size{};
  Timing timing{};
  RowStatus status = RowStatus::ok;
  std::string reason{};

  friend bool operator==(const BoundaryRow&, const BoundaryRow&) = default;
};

/// Work that does nothing, launched on a GPU.
struct LaunchRow {
  std::string clock{};  // "device", by events around it, or "host", from the call to the end of waiting
  Timing timing{};
  RowStatus status = RowStatus::ok;
  std::string reason{};

  friend bool operator==(const LaunchRow&, const LaunchRow&) = default;
};

/// One net's time after pauses; idle power stands in the rows of kind power.
struct IdleRow {
  std::string net{};
  Seconds pause{};
  Timing timing{};
  std::optional<Watts> power{};
  RowStatus status = RowStatus::ok;
  std::string reason{};

  friend bool operator==(const IdleRow&, const IdleRow&) = default;
};

using ProfileRow = std::variant<LayerRow, NetRow, BoundaryRow, IdleRow, LaunchRow, PowerRow>;

struct Profile {
  ProfileHeader header;
  std::vector<ProfileRow> rows;
  std::string hash;  // of the file's content
};

/// Reads a profile, plain or gzipped; a last line cut off by a crash is dropped. Errors name file and line.
Result<Profile> read_profile(const std::string& path);

/// One line each, without the line break.
std::string print(const ProfileHeader& header);
std::string print(const ProfileRow& row);

/// The inverse for one row; errors name the key.
Result<ProfileRow> parse_row(std::string_view line);
/// The inverse for the header, rules by their texts.
Result<ProfileHeader> parse_header(std::string_view line);

/// What a row is about, without what was measured: two rows with one key are the same measurement.
std::string key(const ProfileRow& row);

RowStatus status_of(const ProfileRow& row);
/// Whether the noise target was met, of all that the row holds.
bool is_settled(const ProfileRow& row);

}  // namespace ns
