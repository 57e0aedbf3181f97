#include "net/prototxt/message.hpp"

#include "net/prototxt/lexer.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace ns::prototxt {
namespace {

constexpr int deepest = 100;                  // as protobuf's own limit
constexpr std::size_t most_fields = 200'000;  // of one tree; only a dump of weights has more

class Parser {
 public:
  Parser(std::string_view text, Places& places) : text_{text}, lexer_{text}, places_{places} {}

  Result<void> document(const std::function<bool(std::string_view, std::size_t)>& wanted,
                        const std::function<Result<void>(Field)>& take) {
    Message top;
    while (lexer_.peek().kind != Token::Kind::end) {
      fields_ = 0;
      auto name = field_name("a field name");
      if (!name) return tl::unexpected{std::move(name.error())};
      const bool kept = wanted(name->text, name->offset);
      if (auto read = field_values(*name, kept ? &top : nullptr, 0); !read) return read;
      for (auto& field : top.fields)
        if (auto taken = take(std::move(field)); !taken) return taken;
      top.fields.clear();
    }
    return {};
  }

 private:
  tl::unexpected<Error> fail_at(std::size_t offset, std::string_view sentence) {
    return bad_input(fmt::format("{}: {}", places_.at(offset), sentence));
  }

  tl::unexpected<Error> expected(std::string_view what) {
    const auto& token = lexer_.peek();
    if (token.kind == Token::Kind::broken) return fail_at(token.offset, token.text);
    if (token.kind == Token::Kind::end)
      return fail_at(token.offset,
                     fmt::format("the file ends where {} should be; it may be truncated", what));
    return fail_at(token.offset, fmt::format("expected {}, found {}", what, token.text.substr(0, 40)));
  }

  /// A name, or that of an extension, which stands in brackets.
  Result<Token> field_name(std::string_view what) {
    if (!lexer_.peek().is('[')) {
      if (lexer_.peek().kind != Token::Kind::word) return expected(what);
      return lexer_.take();
    }
    lexer_.take();
    if (lexer_.peek().kind != Token::Kind::word) return expected("an extension's name");
    const auto name = lexer_.take();
    if (!lexer_.peek().is(']')) return expected("]");
    lexer_.take();
    return name;
  }

  /// What stands behind a name: one value, or a list of them. Nothing is kept without `into`.
  Result<void> field_values(const Token& name, Message* into, int depth) {
    const bool colon = lexer_.peek().is(':');
    if (colon) lexer_.take();
    auto read = lexer_.peek().is('[') ? list(name, into, depth) : value(name, colon, into, depth);
    if (!read) return read;
    if (lexer_.peek().is(',') || lexer_.peek().is(';')) lexer_.take();
    return {};
  }

  Result<void> list(const Token& name, Message* into, int depth) {
    lexer_.take();
    while (!lexer_.peek().is(']')) {
      if (auto read = value(name, true, into, depth); !read) return read;
      if (lexer_.peek().is(','))
        lexer_.take();
      else if (!lexer_.peek().is(']'))
        return expected("a comma or ]");
    }
    lexer_.take();
    return {};
  }

  Result<void> value(const Token& name, bool colon, Message* into, int depth) {
    const auto& token = lexer_.peek();
    if (token.is('{') || token.is('<')) return message(name, into, depth);
    if (!colon) return expected(fmt::format(": or {{ after {}", name.text.substr(0, 40)));
    if (token.kind == Token::Kind::word) {
      const auto word = lexer_.take();
      return keep(into, Field{name.text, name.offset, word.text, nullptr});
    }
    if (token.kind != Token::Kind::string)
      return expected(fmt::format("a value of {}", name.text.substr(0, 40)));
    const auto begin = token.offset;
    auto end = begin;
    while (lexer_.peek().kind == Token::Kind::string) {
      const auto part = lexer_.take();
      end = part.offset + part.text.size();
    }
    return keep(into, Field{name.text, name.offset, text_.substr(begin, end - begin), nullptr});
  }

  Result<void> message(const Token& name, Message* into, int depth) {
    if (depth == deepest)
      return fail_at(name.offset, fmt::format("messages are nested more than {} deep", deepest));
    const auto open = lexer_.take();
    const char close = open.is('{') ? '}' : '>';
    auto made = into != nullptr ? std::make_unique<Message>() : nullptr;
    if (made) made->offset = name.offset;
    while (!lexer_.peek().is(close)) {
      if (lexer_.peek().kind == Token::Kind::end)
        return fail_at(open.offset, fmt::format("the {} of {} is never closed; add {} or get the whole file",
                                                open.text, name.text.substr(0, 40), close));
      auto inner = field_name(fmt::format("a field name or {}", close));
      if (!inner) return tl::unexpected{std::move(inner.error())};
      if (auto read = field_values(*inner, made.get(), depth + 1); !read) return read;
    }
    lexer_.take();
    return keep(into, Field{name.text, name.offset, {}, std::move(made)});
  }

  Result<void> keep(Message* into, Field field) {
    if (into == nullptr) return {};
    if (++fields_ > most_fields)
      return fail_at(field.offset,
                     fmt::format("more than {} fields in one layer; remove its blobs", most_fields));
    into->fields.push_back(std::move(field));
    return {};
  }

  std::string_view text_;
  Lexer lexer_;
  Places& places_;
  std::size_t fields_ = 0;
};

}  // namespace

std::string Field::text() const {
  if (!is_string()) return std::string{literal};
  std::string joined;
  Lexer lexer{literal};
  while (lexer.peek().kind == Token::Kind::string) joined += unescape(lexer.take().text);
  return joined;
}

const Field* Message::find(std::string_view name) const {
  const auto found =
      std::find_if(fields.rbegin(), fields.rend(), [&](const Field& field) { return field.name == name; });
  return found == fields.rend() ? nullptr : &*found;
}

const Message* Message::find_message(std::string_view name) const {
  const auto* field = find(name);
  return field != nullptr ? field->message.get() : nullptr;
}

std::vector<const Field*> Message::all(std::string_view name) const {
  std::vector<const Field*> found;
  for (const auto& field : fields)
    if (field.name == name) found.push_back(&field);
  return found;
}

std::vector<std::string> Message::texts(std::string_view name) const {
  std::vector<std::string> found;
  for (const auto& field : fields)
    if (field.name == name) found.push_back(field.text());
  return found;
}

std::string Places::at(std::size_t offset) {
  if (offset < offset_) {
    offset_ = 0;
    line_ = 1;
    line_start_ = 0;
  }
  for (; offset_ < offset && offset_ < text_.size(); ++offset_) {
    if (text_[offset_] != '\n') continue;
    ++line_;
    line_start_ = offset_ + 1;
  }
  const bool marked = line_start_ == 0 && text_.substr(0, 3) == "\xEF\xBB\xBF" && offset >= 3;
  const auto first = line_start_ + (marked ? 3 : 0);  // editors do not count a byte order mark
  return fmt::format("{}:{}:{}", file_, line_, offset - first + 1);
}

Result<void> for_each_field(std::string_view text, Places& places,
                            const std::function<bool(std::string_view name, std::size_t offset)>& wanted,
                            const std::function<Result<void>(Field)>& take) {
  return Parser{text, places}.document(wanted, take);
}

}  // namespace ns::prototxt
