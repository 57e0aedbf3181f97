#include "ledger.hpp"

#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <string>
#include <unistd.h>

namespace fakegpu {
namespace {

constexpr int leaked = 99;

struct Ledger {
  std::mutex mutex;
  long calls = 0;
  long fails_at = number("NS_FAKEGPU_FAIL", 0);
  std::string failed;
  std::map<const void*, std::string> alive;
  std::FILE* log = nullptr;

  Ledger() {
    if (const char* const path = std::getenv("NS_FAKEGPU_LOG")) log = std::fopen(path, "a");
  }
};

/// Never destroyed: libraries give handles back while the process ends.
Ledger& ledger() {
  static auto* const made = new Ledger;
  return *made;
}

/// Behind all of the program's own destructors, for libraries that it needs are finished after it.
__attribute__((destructor)) void report_leaks() {
  Ledger& self = ledger();
  if (self.log != nullptr) std::fclose(self.log);
  if (self.alive.empty()) return;
  std::map<std::string, int> kinds;
  for (const auto& [object, kind] : self.alive) ++kinds[kind];
  for (const auto& [kind, count] : kinds)
    std::fprintf(stderr, "fakegpu: %d of %s never given back\n", count, kind.c_str());
  std::fflush(stderr);
  _exit(leaked);
}

}  // namespace

long number(const char* variable, long otherwise) {
  const char* const text = std::getenv(variable);
  return text == nullptr ? otherwise : std::atol(text);
}

bool begin_call(std::string_view name) {
  Ledger& self = ledger();
  const std::lock_guard lock{self.mutex};
  ++self.calls;
  const bool fails = self.calls == self.fails_at;
  if (fails) self.failed = name;
  if (self.log != nullptr)
    std::fprintf(self.log, "%ld %.*s%s\n", self.calls, static_cast<int>(name.size()), name.data(),
                 fails ? " fails" : "");
  return !fails;
}

void hand_out(std::string_view kind, const void* object) {
  const std::lock_guard lock{ledger().mutex};
  ledger().alive.emplace(object, kind);
}

bool take_back(std::string_view kind, const void* object) {
  const std::lock_guard lock{ledger().mutex};
  const auto found = ledger().alive.find(object);
  if (found == ledger().alive.end() || found->second != kind) return false;
  ledger().alive.erase(found);
  return true;
}

bool is_alive(std::string_view kind, const void* object) {
  const std::lock_guard lock{ledger().mutex};
  const auto found = ledger().alive.find(object);
  return found != ledger().alive.end() && found->second == kind;
}

}  // namespace fakegpu

void fakegpu_fail(long count) {
  auto& self = fakegpu::ledger();
  const std::lock_guard lock{self.mutex};
  self.fails_at = count == 0 ? 0 : self.calls + count;
  self.failed.clear();
}

long fakegpu_calls() { return fakegpu::ledger().calls; }

const char* fakegpu_failed() { return fakegpu::ledger().failed.c_str(); }

long fakegpu_alive() { return static_cast<long>(fakegpu::ledger().alive.size()); }
