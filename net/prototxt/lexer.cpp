#include "net/prototxt/lexer.hpp"

#include <algorithm>
#include <array>

namespace ns::prototxt {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

bool is_word(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || is_digit(letter) ||
         letter == '_' || letter == '.' || letter == '-' || letter == '+' || letter == '/';
}

bool is_blank(char letter) { return letter == ' ' || (letter >= '\t' && letter <= '\r'); }

/// Value of a hexadecimal or octal digit, or 16.
unsigned digit_value(char letter) {
  if (is_digit(letter)) return static_cast<unsigned>(letter - '0');
  if (letter >= 'a' && letter <= 'f') return static_cast<unsigned>(letter - 'a') + 10U;
  if (letter >= 'A' && letter <= 'F') return static_cast<unsigned>(letter - 'A') + 10U;
  return 16U;
}

/// Reads up to `most` digits of `base` at `at` and moves it behind them.
char numeric_escape(std::string_view text, std::size_t& at, unsigned base, std::size_t most) {
  unsigned value = 0;
  for (std::size_t i = 0; i < most && at < text.size() && digit_value(text[at]) < base; ++i)
    value = value * base + digit_value(text[at++]);
  return static_cast<char>(value & 0xFFU);
}

}  // namespace

Lexer::Lexer(std::string_view text) : text_{text} {
  if (text_.substr(0, byte_order_mark.size()) == byte_order_mark) at_ = byte_order_mark.size();
  advance();
}

Token Lexer::take() {
  const auto taken = token_;
  if (taken.kind != Token::Kind::end && taken.kind != Token::Kind::broken) advance();
  return taken;
}

void Lexer::skip_blanks() {
  while (at_ < text_.size()) {
    if (text_[at_] == '#')
      at_ = std::min(text_.find('\n', at_), text_.size());
    else if (is_blank(text_[at_]))
      ++at_;
    else
      return;
  }
}

void Lexer::advance() {
  using enum Token::Kind;
  skip_blanks();
  if (at_ == text_.size()) {
    token_ = {end, at_, {}};
    return;
  }
  const auto begin = at_;
  const auto letter = text_[begin];
  if (is_word(letter)) {
    while (at_ < text_.size() && is_word(text_[at_])) ++at_;
    token_ = {word, begin, text_.substr(begin, at_ - begin)};
  } else if (letter == '"' || letter == '\'') {
    token_ = string_at(begin);
    at_ = begin + (token_.kind == string ? token_.text.size() : 0);
  } else if (std::string_view{"{}<>[]:,;"}.find(letter) != std::string_view::npos) {
    token_ = {sign, begin, text_.substr(at_++, 1)};
  } else {
    token_ = {broken, begin, "this character has no meaning here; quote it or remove it"};
  }
}

Token Lexer::string_at(std::size_t begin) const {
  const auto quote = text_[begin];
  for (auto at = begin + 1; at < text_.size() && text_[at] != '\n'; ++at) {
    if (text_[at] == quote) return {Token::Kind::string, begin, text_.substr(begin, at + 1 - begin)};
    if (text_[at] == '\\' && at + 1 < text_.size()) ++at;
  }
  return {Token::Kind::broken, begin, "a string is not closed on its line; add the quote"};
}

std::string unescape(std::string_view literal) {
  static constexpr std::string_view letters = "abfnrtv";
  static constexpr std::string_view values = "\a\b\f\n\r\t\v";
  const auto body = literal.substr(1, literal.size() - 2);
  std::string text;
  for (std::size_t at = 0; at < body.size();) {
    const auto letter = body[at++];
    if (letter != '\\' || at == body.size()) {
      text += letter;
      continue;
    }
    if (digit_value(body[at]) < 8) {
      text += numeric_escape(body, at, 8, 3);
    } else if (const auto escape = body[at++]; escape == 'x' || escape == 'X') {
      text += numeric_escape(body, at, 16, 2);
    } else {
      const auto found = letters.find(escape);
      text += found == std::string_view::npos ? escape : values[found];
    }
  }
  return text;
}

}  // namespace ns::prototxt
