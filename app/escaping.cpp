// Text that came from outside, made safe to print in a log line or on a terminal.
#include "app/escaping.h"

#include "domain/utf8.h"

namespace ledger::app {
namespace {

constexpr char32_t kReplacement = 0xfffd;

bool must_be_escaped(char32_t character) noexcept {
  const auto is_between = [character](char32_t first, char32_t last) { return character >= first && character <= last; };
  return character < 0x20 || is_between(0x7f, 0x9f) ||              // C0, DEL, C1
         is_between(0x2028, 0x2029) ||                              // line and paragraph separator
         character == 0x061c || is_between(0x200e, 0x200f) ||       // Arabic letter mark, left-to-right and right-to-left mark
         is_between(0x202a, 0x202e) || is_between(0x2066, 0x2069);  // bidirectional embeddings, overrides and isolates
}

/// REQUIRES a code point below U+10000.
void append_escape(std::string& out, char32_t character) {
  switch (character) {
    case '\b': out += "\\b"; return;
    case '\f': out += "\\f"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  constexpr std::string_view kDigits = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += kDigits[(character >> shift) & 0xfU];
}

enum class Quoting { none, json };

void append(std::string& out, std::string_view text, Quoting quoting) {
  while (!text.empty()) {
    const auto character = first_utf8_character(text);
    const std::size_t bytes = character ? character->bytes : 1;
    if (!character || must_be_escaped(character->code_point)) {
      append_escape(out, character ? character->code_point : kReplacement);
    } else {
      if (quoting == Quoting::json && (text.front() == '"' || text.front() == '\\')) out += '\\';
      out += text.substr(0, bytes);
    }
    text.remove_prefix(bytes);
  }
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  append(out, text, Quoting::none);
  return out;
}

std::string json_string(std::string_view text) {
  std::string out = "\"";
  append(out, text, Quoting::json);
  out += '"';
  return out;
}

}  // namespace ledger::app
