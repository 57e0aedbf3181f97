// A command that prints watts, one reading a line: any meter with a program of its own.
#include "core/text.hpp"
#include "profiler/power/openers.hpp"
#include "profiler/power/text_lines.hpp"
#include "profiler/shell_process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ns {
namespace {

constexpr Seconds asked{0.005};
constexpr Seconds patience{10.0};   // for the first readings
constexpr Seconds last_words{1.0};  // a command that is told to end has, before it is made to
constexpr std::size_t first_readings = 3;

/// A shell command whose output is read, ended with the object.
class Child {
 public:
  Child(pid_t process, int output) : process_{process}, output_{output} {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    ::close(output_);
    ::kill(-process_, SIGTERM);
    const auto clock = steady_clock();
    for (const auto deadline = clock.now() + last_words; clock.now() < deadline; clock.pause(asked))
      if (::waitpid(process_, nullptr, WNOHANG) != 0) return;
    ::kill(-process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }

  /// What is there; nothing behind its end. Never waits.
  std::string read() {
    constexpr std::size_t most = std::size_t{1}
                                 << 20;  // at once, so that a command that floods does not hold us
    std::string bytes;
    std::array<char, 4096> piece{};
    while (bytes.size() < most) {
      const auto got = ::read(output_, piece.data(), piece.size());
      if (got == 0) ended_ = true;
      if (got <= 0) break;
      bytes.append(piece.data(), static_cast<std::size_t>(got));
    }
    return bytes;
  }
  [[nodiscard]] bool ended() const { return ended_; }

 private:
  pid_t process_;
  int output_;
  bool ended_ = false;
};

Result<std::unique_ptr<Child>> start(const std::string& command) {
  const auto started = start_shell(command, ShellInput::ours);
  if (!started) return tl::unexpected{started.error()};
  ::fcntl(started->output, F_SETFL, O_NONBLOCK);
  return std::make_unique<Child>(started->process, started->output);
}

class ExecMeter final : public Meter {
 public:
  ExecMeter(MeterFacts facts, std::unique_ptr<Child> child, Clock clock)
      : facts_{std::move(facts)}, child_{std::move(child)}, clock_{std::move(clock)} {}

  [[nodiscard]] const MeterFacts& facts() const override { return facts_; }
  [[nodiscard]] Clock clock() const override { return clock_; }

  void read(std::span<Trace> traces) override {
    for (const auto& reading : collect()) traces[0].add(reading);
    if (child_->ended() && !said_end_) {
      traces[0].fail(clock_.now(), fmt::format("the command ended: {}", facts_.total));
      said_end_ = true;
    }
  }

  /// Waits for the first readings, which tell the period.
  Result<void> begin() {
    std::vector<Seconds> times;
    const auto deadline = clock_.now() + patience;
    while (times.size() < first_readings && !child_->ended() && clock_.now() < deadline) {
      for (const auto& reading : collect()) times.push_back(reading.time);
      clock_.pause(asked);
    }
    if (times.size() < first_readings)
      return failure(
          Errc::no_device,
          fmt::format(
              "exec: {} and {} from '{}'{}; it must print one 'WATTS' or 'SECONDS WATTS' a "
              "line, unbuffered, as long as it runs",
              counted(times.size(), "reading"), counted(lines_.unread(), "other line"), facts_.total,
              child_->ended() ? ", which then ended" : fmt::format(" in {:.0f} s", patience.count())));
    facts_.period = (times.back() - times.front()) / static_cast<double>(times.size() - 1);
    facts_.window = facts_.period;
    facts_.rails.front().period = facts_.period;
    return {};
  }

 private:
  /// Stamps are of the command's clock. The least delay between a stamp and its coming is the offset.
  std::vector<Reading> collect() {
    std::vector<Reading> readings;
    const auto bytes = child_->read();
    const auto now = clock_.now();
    for (const auto& [stamp, power] : lines_.take(bytes)) {
      if (!stamp) {
        // Of several that came at once nobody knows when the others were; the last is the present one.
        if (!readings.empty()) readings.pop_back();
        readings.push_back(Reading{now, power});
        continue;
      }
      if (!offset_ || now - *stamp < *offset_) offset_ = now - *stamp;
      readings.push_back(Reading{*stamp + *offset_, power});
    }
    return readings;
  }

  MeterFacts facts_;
  std::unique_ptr<Child> child_;
  Clock clock_;
  TextLines lines_;
  std::optional<Seconds> offset_;
  bool said_end_ = false;
};

}  // namespace

OpenedMeter open_exec(std::string_view argument, const MeterDoors& doors) {
  if (argument.empty())
    return failure(Errc::usage, "--meter exec: no command; write it like --meter 'exec:my-meter --watts'");
  const std::string command{argument};
  auto child = start(command);
  if (!child) return failure_within(std::move(child), fmt::format("exec: cannot start '{}'", command));
  MeterFacts facts{.name = "exec", .total = command, .note = "whatever the command measures"};
  facts.ask_every = asked;
  facts.rails.push_back(Rail{.label = "exec", .repeats = false});
  auto meter = std::make_unique<ExecMeter>(std::move(facts), std::move(*child), doors.clock);
  if (auto begun = meter->begin(); !begun) return tl::unexpected{std::move(begun.error())};
  return meter;
}

}  // namespace ns
