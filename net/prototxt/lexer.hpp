/// The words, strings and signs of protobuf's text format.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ns::prototxt {

struct Token {
  enum class Kind : std::uint8_t { word, string, sign, end, broken };
  Kind kind = Kind::end;
  std::size_t offset = 0;
  std::string_view text;  // of a string with its quotes; of `broken` what is wrong

  [[nodiscard]] bool is(char sign) const { return kind == Kind::sign && text[0] == sign; }
};

/// Cuts a text into tokens; blanks and comments (# to the line's end) fall away.
class Lexer {
 public:
  explicit Lexer(std::string_view text);

  /// The token that is next, which stays.
  [[nodiscard]] const Token& peek() const { return token_; }
  /// The token that is next, which is consumed.
  Token take();

 private:
  void advance();
  void skip_blanks();
  Token string_at(std::size_t begin) const;

  std::string_view text_;
  std::size_t at_ = 0;
  Token token_;
};

/// The content of one string literal (with its quotes): escapes of C undone.
std::string unescape(std::string_view literal);

}  // namespace ns::prototxt
