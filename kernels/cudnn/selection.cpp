#include "kernels/cudnn/selection.hpp"

#include "core/quantity.hpp"
#include "core/text.hpp"
#include "kernels/settings.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace ns::cudnn {
namespace {

constexpr int most_devices = 1024;

/// A word of a setting and what it stands for; the first is the default.
template <class Value>
struct Word {
  std::string_view text;
  Value value;
};

constexpr std::array math_words{Word<Math>{"fp32", Math::fp32}, Word<Math>{"tf32", Math::tf32},
                                Word<Math>{"fp16", Math::fp16}, Word<Math>{"bf16", Math::bf16}};
constexpr std::array layout_words{Word<Layout>{"nchw", Layout::nchw}, Word<Layout>{"nhwc", Layout::nhwc}};
constexpr std::array host_words{Word<HostMemory>{"pinned", HostMemory::pinned},
                                Word<HostMemory>{"pageable", HostMemory::pageable}};

template <class Words, class Value>
Result<void> take(const Settings& settings, std::string_view key, const Words& words, Value& value) {
  const auto text = settings.find(key);
  if (!text) return {};
  std::vector<std::string> choices;
  for (const auto& word : words) {
    if (word.text == *text) {
      value = word.value;
      return {};
    }
    choices.emplace_back(word.text);
  }
  return failure(Errc::usage, fmt::format("device cudnn: {}={} is not known; it is {}{}", key, *text,
                                          list_of(choices), suggestion(*text, choices)));
}

template <class Words, class Value>
std::string_view word_of(const Words& words, Value value) {
  return std::ranges::find(words, value, &Word<Value>::value)->text;
}

/// "64MB", "64.5MB", or bytes where that is shorter.
std::string print_size(Bytes size) {
  constexpr double mega = 1e6;
  const double count = size.value() / mega;
  return fmt::format("{}MB", print_number(count));
}

Result<void> take_index(std::string_view text, Selection& selection) {
  const auto index = parse_integer(text);
  if (!index || *index < 0 || *index >= most_devices)
    return failure(Errc::usage,
                   fmt::format("device cudnn: '{}' is no GPU; write its number first, as in cudnn:0", text));
  selection.index = static_cast<int>(*index);
  return {};
}

}  // namespace

std::string Selection::canonical() const {
  return fmt::format("cudnn:{},math={},workspace={}{}{}", index, word_of(math_words, math),
                     print_size(workspace), host == HostMemory::pageable ? ",host=pageable" : "",
                     layout == Layout::nhwc ? ",layout=nhwc" : "");
}

Result<Selection> parse_selection(std::string_view text) {
  static const std::array<std::string, 4> known{"math", "workspace", "host", "layout"};
  Selection selection;
  const std::string_view first = text.substr(0, text.find(','));
  if (!first.empty() && first.find('=') == std::string_view::npos) {
    if (auto taken = take_index(first, selection); !taken) return tl::unexpected{std::move(taken.error())};
    text.remove_prefix(std::min(text.size(), first.size() + 1));
  }
  const auto settings = Settings::parse(text, "cudnn", known);
  if (!settings) return tl::unexpected{settings.error()};
  auto taken = take(*settings, "math", math_words, selection.math);
  if (taken) taken = take(*settings, "host", host_words, selection.host);
  if (taken) taken = take(*settings, "layout", layout_words, selection.layout);
  if (!taken) return tl::unexpected{std::move(taken.error())};
  if (const auto size = settings->find("workspace")) {
    const auto parsed = parse_size(*size);
    if (!parsed) return failure(Errc::usage, "device cudnn: workspace: " + parsed.error().message);
    selection.workspace = *parsed;
  }
  return selection;
}

}  // namespace ns::cudnn
