// Finds the end of each member, and decodes the strings that are asked for.
#include "domain/json_object_reader.h"

#include "domain/utf8.h"

#include <algorithm>
#include <utility>

namespace ledger {
namespace {

constexpr char32_t kReplacement = 0xfffd;

bool is_blank(char c) noexcept {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// The characters of numbers and of `true`, `false` and `null`, and of what other writers put in their place (`NaN`, `-Infinity`).
bool is_word_character(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
}

/// ASCII that stands for itself in a string.
bool is_plain(char c) noexcept {
  const auto value = static_cast<unsigned char>(c);
  return value >= 0x20 && value < 0x80 && c != '\\';
}

/// Whether the character after `text`, which begins a string, is escaped: `text` ends in an odd number of backslashes.
bool is_in_escape(std::string_view text) noexcept {
  const std::size_t last_other = text.find_last_not_of('\\');
  const std::size_t backslashes = text.size() - (last_other == std::string_view::npos ? 0 : last_other + 1);
  return backslashes % 2 == 1;
}

JsonKind kind_of(std::string_view word) noexcept {
  if (word == "null") return JsonKind::null;
  const char first = word.front();
  return first == '-' || (first >= '0' && first <= '9') ? JsonKind::number : JsonKind::other;
}

/// The value of the "\uXXXX" with which `text` begins, if it does.
std::optional<char32_t> unicode_escape(std::string_view text) noexcept {
  constexpr std::size_t kLength = 6;
  if (text.size() < kLength || !text.starts_with("\\u")) return std::nullopt;
  char32_t value = 0;
  for (const char digit : text.substr(2, kLength - 2)) {
    value <<= 4U;
    if (digit >= '0' && digit <= '9') {
      value += static_cast<char32_t>(digit - '0');
    } else if (digit >= 'a' && digit <= 'f') {
      value += static_cast<char32_t>(digit - 'a') + 10;
    } else if (digit >= 'A' && digit <= 'F') {
      value += static_cast<char32_t>(digit - 'A') + 10;
    } else {
      return std::nullopt;
    }
  }
  return value;
}

/// Decodes a string piece by piece, from the front.
class StringDecoder {
 public:
  explicit StringDecoder(std::string_view written) : rest_(written) { decoded_.text.reserve(written.size()); }

  [[nodiscard]] std::optional<JsonText> decode() && {
    decoded_.is_exact = true;
    while (true) {
      take_plain_ascii();
      if (rest_.empty()) return std::move(decoded_);
      if (rest_.front() == '\\') {
        if (!take_escape()) return std::nullopt;
      } else if (static_cast<unsigned char>(rest_.front()) < 0x20) {
        return std::nullopt;
      } else if (const auto character = first_utf8_character(rest_)) {
        take(character->bytes);
      } else {
        replace(1);
      }
    }
  }

 private:
  void take(std::size_t length) {
    decoded_.text.append(rest_.substr(0, length));
    rest_.remove_prefix(length);
  }

  void take_plain_ascii() {
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), [](char c) { return is_plain(c); });
    take(static_cast<std::size_t>(end - rest_.begin()));
  }

  [[nodiscard]] bool take_escape() {
    constexpr std::string_view kShort = "\"\\/bfnrt";
    constexpr std::string_view kMeaning = "\"\\/\b\f\n\r\t";
    if (rest_.size() < 2) return false;
    if (rest_[1] == 'u') return take_unicode_escape();
    const std::size_t at = kShort.find(rest_[1]);
    if (at == std::string_view::npos) return false;
    decoded_.text.push_back(kMeaning[at]);
    rest_.remove_prefix(2);
    return true;
  }

  [[nodiscard]] bool take_unicode_escape() {
    const auto first = unicode_escape(rest_);
    if (!first) return false;
    if (*first < 0xd800 || *first > 0xdfff) {
      append_utf8(decoded_.text, *first);
      rest_.remove_prefix(6);
      return true;
    }
    const auto second = unicode_escape(rest_.substr(6));
    if (*first >= 0xdc00 || !second || *second < 0xdc00 || *second > 0xdfff) {
      replace(6);
      return true;
    }
    append_utf8(decoded_.text, 0x10000 + ((*first - 0xd800) << 10U) + (*second - 0xdc00));
    rest_.remove_prefix(12);
    return true;
  }

  void replace(std::size_t length) {
    append_utf8(decoded_.text, kReplacement);
    decoded_.is_exact = false;
    rest_.remove_prefix(length);
  }

  std::string_view rest_;
  JsonText decoded_;
};

}  // namespace

std::optional<JsonMember> JsonObjectReader::next() {
  if (place_ == Place::at_end) return std::nullopt;
  const bool found = place_ == Place::before_object ? begin() : has_another();
  if (!found) return std::nullopt;
  place_ = Place::after_member;

  JsonMember member;
  const auto name = take_string();
  if (!name) return fail_malformed();
  member.name = *name;
  skip_blanks();
  if (!take(':')) return fail_malformed();
  skip_blanks();
  if (!take_value(member)) return fail_malformed();
  skip_blanks();
  return member;
}

/// Goes to the first member.
bool JsonObjectReader::begin() {
  if (rest_.empty()) {
    fail("empty-body", "The body is empty.");
    return false;
  }
  skip_blanks();
  if (!take('{')) {
    fail("not-an-object", "The body is not a JSON object.");
    return false;
  }
  skip_blanks();
  return !rest_.starts_with('}') || has_another();
}

/// Goes from the end of a member to the next one, if there is one.
bool JsonObjectReader::has_another() {
  if (take(',')) {
    skip_blanks();
    return true;
  }
  const bool is_closed = take('}');
  skip_blanks();
  if (!is_closed || !rest_.empty()) fail_malformed();
  place_ = Place::at_end;
  return false;
}

std::nullopt_t JsonObjectReader::fail(std::string_view reason, std::string detail) {
  place_ = Place::at_end;
  fault_ = Error{Errc::invalid_request, reason, std::move(detail)};
  return std::nullopt;
}

std::nullopt_t JsonObjectReader::fail_malformed() {
  return fail("malformed-json", "The body is not JSON.");
}

void JsonObjectReader::skip_blanks() noexcept {
  while (!rest_.empty() && is_blank(rest_.front())) rest_.remove_prefix(1);
}

bool JsonObjectReader::take(char wanted) noexcept {
  if (!rest_.starts_with(wanted)) return false;
  rest_.remove_prefix(1);
  return true;
}

/// What is between the quotes. nullopt if there is no string, or if it does not end.
std::optional<std::string_view> JsonObjectReader::take_string() noexcept {
  if (!take('"')) return std::nullopt;
  for (std::size_t quote = rest_.find('"'); quote != std::string_view::npos; quote = rest_.find('"', quote + 1)) {
    const std::string_view text = rest_.substr(0, quote);
    if (is_in_escape(text)) continue;
    rest_.remove_prefix(quote + 1);
    return text;
  }
  return std::nullopt;
}

std::optional<std::string_view> JsonObjectReader::take_word() noexcept {
  const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_word_character);
  const std::string_view word = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
  if (word.empty()) return std::nullopt;
  rest_.remove_prefix(word.size());
  return word;
}

/// Skips an object or an array.
bool JsonObjectReader::skip_nested() {
  std::string closers;  // Of the brackets that are open.
  do {
    const char c = rest_.empty() ? '\0' : rest_.front();
    if (c == '"') {
      if (!take_string()) return false;
      continue;
    }
    if (c == '{' || c == '[') {
      closers.push_back(c == '{' ? '}' : ']');
    } else if (c == '}' || c == ']') {
      if (closers.back() != c) return false;
      closers.pop_back();
    } else if (!is_blank(c) && !is_word_character(c) && c != ',' && c != ':') {
      return false;
    }
    rest_.remove_prefix(1);
  } while (!closers.empty());
  return true;
}

bool JsonObjectReader::take_value(JsonMember& member) {
  if (rest_.starts_with('"')) {
    const auto text = take_string();
    member.kind = JsonKind::string;
    member.value = text.value_or(std::string_view());
    return text.has_value();
  }
  if (rest_.starts_with('{') || rest_.starts_with('[')) {
    const std::string_view begin = rest_;
    member.kind = JsonKind::other;
    if (!skip_nested()) return false;
    member.value = begin.substr(0, begin.size() - rest_.size());
    return true;
  }
  const auto word = take_word();
  if (!word) return false;
  member.kind = kind_of(*word);
  member.value = *word;
  return true;
}

std::optional<JsonText> decode_json_string(std::string_view written) {
  return StringDecoder(written).decode();
}

}  // namespace ledger
