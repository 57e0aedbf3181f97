// The words of the command line that have a grammar of their own.
#include "core/quantity.hpp"
#include "kernels/settings.hpp"
#include "partition/link.hpp"
#include "partition/objective.hpp"
#include "tests/fuzz/promise.hpp"
#include "tests/fuzz/reader.hpp"

#include <array>
#include <string>

namespace ns::fuzz {

bool read_options(std::string_view bytes) {
  static const std::array<std::string, 2> known{"threads", "isa"};
  bool read = false;
  const auto note = [&](const auto& result) { read = value_of(result) != nullptr || read; };
  note(parse_duration(bytes));
  note(parse_rate(bytes));
  note(parse_size(bytes));
  note(parse_pin(bytes));
  if (const auto objective = parse_objective(bytes); value_of(objective) != nullptr) {
    promise(parse_objective(print(*objective)).has_value(), "a printed objective reads back");
    read = true;
  }
  if (const auto settings = Settings::parse(bytes, "onednn", known); value_of(settings) != nullptr) {
    read = true;
    value_of(settings->number("threads", 1.0, 1.0));
    value_of(settings->integer("threads", 1, 1, 64));
  }
  // A path in it would be opened, and what stands there is not what is tested.
  if (bytes.find('/') == std::string_view::npos && bytes.find('=') != std::string_view::npos)
    note(find_link(std::string{bytes}, {}));
  return read;
}

}  // namespace ns::fuzz
