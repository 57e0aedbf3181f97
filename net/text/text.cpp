#include "net/text/text.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <fmt/format.h>
#include <optional>

namespace ns {
namespace {

struct Word {
  std::string text;
  std::size_t column = 1;
  bool quoted = false;
  bool labels = false;  // a colon ends it: the name of the layer that follows

  [[nodiscard]] bool is(std::string_view sign) const { return !quoted && !labels && text == sign; }
};

/// Far more than any net has; without limits a bad file could take many times its size.
constexpr std::size_t most_words = 10'000;  // of a line
constexpr std::size_t most_inputs = 10'000;
constexpr std::size_t most_outputs = 100'000;

bool is_blank(char letter) { return letter == ' ' || letter == '\t' || letter == '\r'; }

/// The letters that escapes stand for, and those that stand for themselves.
constexpr std::string_view escapes = "ntr\"\\";
constexpr std::string_view escaped = "\n\t\r\"\\";

/// One line's words. A mistake is a sentence without its place.
class LineReader {
 public:
  explicit LineReader(std::string_view line) : line_{line} {}

  Result<std::vector<Word>> words() {
    std::vector<Word> list;
    while (true) {
      while (at_ < line_.size() && is_blank(line_[at_])) ++at_;
      if (at_ == line_.size() || line_[at_] == '#') return list;
      if (list.size() == most_words)
        return bad_input(fmt::format("more than {} words on a line", most_words));
      auto word = line_[at_] == '"' ? quoted_word() : bare_word(list.empty());
      if (!word) return tl::unexpected{std::move(word.error())};
      list.push_back(std::move(*word));
    }
  }
  [[nodiscard]] std::size_t column() const { return at_ + 1; }

 private:
  Result<Word> bare_word(bool first) {
    const auto begin = at_;
    while (at_ < line_.size() && !is_blank(line_[at_]) && line_[at_] != '#' && line_[at_] != '"') ++at_;
    Word word{std::string{line_.substr(begin, at_ - begin)}, begin + 1};
    if (first && word.text.size() > 1 && word.text.back() == ':') {
      word.text.pop_back();
      word.labels = true;
    }
    return word;
  }

  Result<Word> quoted_word() {
    Word word{{}, at_ + 1, true};
    for (++at_; at_ < line_.size() && line_[at_] != '"'; ++at_) {
      if (line_[at_] != '\\') {
        word.text += line_[at_];
        continue;
      }
      const auto letter = escape();
      if (!letter) return bad_input("unknown escape; known are \\\" \\\\ \\n \\t \\r and \\xNN");
      word.text += *letter;
    }
    if (at_ == line_.size()) return bad_input("a quote is not closed on its line");
    ++at_;
    if (at_ < line_.size() && line_[at_] == ':') {
      word.labels = true;
      ++at_;
    }
    return word;
  }

  /// The letter that an escape at the backslash stands for; moves to the escape's end.
  std::optional<char> escape() {
    if (++at_ == line_.size()) return std::nullopt;
    if (const auto found = escapes.find(line_[at_]); found != std::string_view::npos) return escaped[found];
    if (line_[at_] != 'x' || at_ + 2 >= line_.size()) return std::nullopt;
    unsigned value = 0;
    const auto* const digits = line_.data() + at_ + 1;
    const auto [end, status] = std::from_chars(digits, digits + 2, value, 16);
    if (status != std::errc{} || end != digits + 2) return std::nullopt;
    at_ += 2;
    return static_cast<char>(value);
  }

  std::string_view line_;
  std::size_t at_ = 0;
};

class TextParser {
 public:
  explicit TextParser(const std::string& file)
      : file_{file}, name_{std::filesystem::path{file}.stem().string()}, builder_{""} {}

  Result<void> line(std::string_view line) {
    ++line_;
    LineReader reader{line};
    auto words = reader.words();
    if (!words) return fail(reader.column(), words.error().message);
    if (words->empty()) return {};
    const auto equals = std::ranges::find_if(*words, [](const Word& word) { return word.is("="); });
    if (equals != words->end()) return layer(*words, static_cast<std::size_t>(equals - words->begin()));
    return keyword(*words);
  }

  Result<Net> finish() && {
    auto net = std::move(builder_).finish(outputs_);
    if (!net) return fail(1, fmt::format("{}; is the file complete?", net.error().message));
    net->name = std::move(name_);
    net->file = file_;
    net->format = "text";
    return net;
  }

 private:
  tl::unexpected<Error> fail(std::size_t column, std::string_view sentence) const {
    return bad_input(fmt::format("{}:{}:{}: {}", file_, line_, column, sentence));
  }

  Result<void> keyword(const std::vector<Word>& words) {
    const auto& first = words[0];
    if (first.is("net") && words.size() == 2) {
      name_ = words[1].text;
      return {};
    }
    if (first.is("input") && words.size() == 3) {
      if (++inputs_ > most_inputs) return fail(first.column, fmt::format("more than {} inputs", most_inputs));
      auto type = parse_tensor_type(words[2].text);
      if (!type) return fail(words[2].column, type.error().message);
      auto added = builder_.add_input(words[1].text, std::move(*type));
      if (!added) return fail(words[1].column, added.error().message);
      return {};
    }
    if (first.is("output") && words.size() > 1) {
      for (std::size_t i = 1; i < words.size(); ++i) outputs_.push_back(words[i].text);
      if (outputs_.size() > most_outputs)
        return fail(first.column, fmt::format("more than {} outputs", most_outputs));
      return {};
    }
    return fail(first.column,
                "a line is 'net NAME', 'input NAME SHAPE', 'output NAMES' or 'TENSORS = PARAMETERS INPUTS'");
  }

  Result<void> layer(const std::vector<Word>& words, std::size_t equals) {
    const std::size_t named = words[0].labels ? 1 : 0;
    if (equals == named) return fail(words[equals].column, "no tensor stands before the =");
    if (equals + 1 == words.size())
      return fail(words[equals].column, "a layer's parameters are missing behind the =");
    const auto& parameters = words[equals + 1];
    std::vector<std::string> outputs;
    std::vector<std::string> inputs;
    for (auto i = named; i < equals; ++i) outputs.push_back(words[i].text);
    for (auto i = equals + 2; i < words.size(); ++i) inputs.push_back(words[i].text);

    const auto* const type = inputs.empty() ? nullptr : builder_.find(inputs[0]);
    const auto rank = type == nullptr ? std::size_t{0} : type->shape.rank();
    auto params = parse_params(parameters.text, rank < 2 ? 0 : rank - 2);
    if (!params) {
      // Windows cannot be read without their input: an unknown input is the cause, not the consequence.
      if (type != nullptr || inputs.empty()) return fail(parameters.column, params.error().message);
      params = Identity{};
    }
    std::string op{type_of(*params)};
    const auto& name = named == 1 ? words[0].text : outputs[0];
    auto added = builder_.add_layer(name, std::move(op), std::move(*params), inputs, outputs);
    if (!added) return fail(words[0].column, added.error().message);
    return {};
  }

  std::string file_;
  std::string name_;
  std::size_t line_ = 0;
  std::size_t inputs_ = 0;
  NetBuilder builder_;
  std::vector<std::string> outputs_;
};

/// The name as the form writes it: bare, or in quotes with escapes.
std::string written(const std::string& name) {
  const auto needs_quotes = [](char letter) {
    const auto byte = static_cast<unsigned char>(letter);
    return byte <= ' ' || byte == 0x7f || std::string_view{"#=:\"\\"}.find(letter) != std::string_view::npos;
  };
  if (!name.empty() && std::ranges::none_of(name, needs_quotes)) return name;
  std::string text = "\"";
  for (const auto letter : name) {
    const auto byte = static_cast<unsigned char>(letter);
    if (const auto found = escaped.find(letter); found != std::string_view::npos)
      text += fmt::format("\\{}", escapes[found]);
    else if (byte < ' ' || byte == 0x7f)
      text += fmt::format("\\x{:02x}", byte);
    else
      text += letter;
  }
  return text + '"';
}

std::size_t spatial_rank(const Net& net, const Layer& layer) {
  if (layer.inputs.empty()) return 0;
  const auto rank = net.tensors[layer.inputs[0]].type.shape.rank();
  return rank < 2 ? 0 : rank - 2;
}

}  // namespace

Result<Net> parse_net_text(std::string_view text, const std::string& file) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (text.substr(0, byte_order_mark.size()) == byte_order_mark) text.remove_prefix(byte_order_mark.size());
  TextParser parser{file};
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    if (auto read = parser.line(text.substr(0, end)); !read) return tl::unexpected{std::move(read.error())};
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return std::move(parser).finish();
}

std::string print_net_text(const Net& net) {
  const auto name = [&](TensorId id) { return written(net.tensors[id].name); };
  auto text = fmt::format("net {}\n", written(net.name));
  for (const auto input : net.inputs)
    text += fmt::format("input {} {}\n", name(input), print(net.tensors[input].type));
  for (const auto& layer : net.layers) {
    if (layer.name != net.tensors[layer.outputs[0]].name) text += written(layer.name) + ": ";
    for (const auto output : layer.outputs) text += name(output) + ' ';
    text += "= " + print(layer.params, spatial_rank(net, layer));
    for (const auto input : layer.inputs) text += ' ' + name(input);
    text += '\n';
  }
  for (const auto output : net.outputs) text += fmt::format("output {}\n", name(output));
  return text;
}

}  // namespace ns
