/// What was measured on one device, row by row: the file profile.jsonl (schema ns.profile/1,
/// docs/formats.md).
#pragma once

#include "core/error.hpp"
#include "core/units.hpp"
#include "net/group.hpp"
#include "net/layer.hpp"

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
  std::string instructions;  // "sse4.1 avx2 avx512f avx512_vnni"
  std::string caches;        // "32K/1M/32M"
  std::string memory;        // "24 GiB"
  std::string kernel;        // operating system and release
  std::string library;       // Backend::description()

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

/// skipped: the backend cannot; failed: it tried and could not; wrong: it computed something else than the
/// reference.
enum class RowStatus { ok, skipped, failed, wrong };

/// Raw samples, in the order taken, and what they sum up to.
struct Timing {
  std::vector<Seconds> samples;
  std::vector<bool> disturbed;  // one per sample
  std::optional<Seconds>
      median;  // of the undisturbed samples; none if over half are disturbed or there are none
  bool settled = false;
};

struct LayerRow {
  std::string layer;  // the text form of the LayerConfig
  RowStatus status = RowStatus::ok;
  std::string reason;  // if not ok
  Timing timing;
  std::optional<Watts> power;
  std::optional<Joules> energy;  // per run
  std::string implementation;
};

struct GroupTime {
  std::vector<std::string> layers;  // source names
  std::string config;               // text form
  Seconds time{};                   // median in place
  std::string implementation;
};

struct NetRow {
  std::string net;   // its name
  std::string hash;  // of its structure
  RowStatus status = RowStatus::ok;
  std::string reason;
  Timing cold;  // weights evicted before each run: the net's time
  Timing warm;  // back to back
  std::vector<GroupTime> groups;
};

struct BoundaryRow {
  std::string direction;  // "export" or "import"
  std::string tensor;     // text form of its type
  Bytes size;
  Timing timing;
};

/// One net's time after pauses, and idle power where there is a meter.
struct IdleRow {
  std::string net;
  Seconds pause{};
  Timing timing;
  std::optional<Watts> power;
};

using ProfileRow = std::variant<LayerRow, NetRow, BoundaryRow, IdleRow>;

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

}  // namespace ns
