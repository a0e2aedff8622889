// Escaping text, and joining fields to a line.
#include "app/logging.h"

#include "domain/utf8.h"

#include <algorithm>
#include <variant>

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

/// `text` as a JSON string: in quotes, with '"' and '\\' escaped too.
std::string json_string(std::string_view text) {
  std::string out = "\"";
  append(out, text, Quoting::json);
  out += '"';
  return out;
}

std::string_view name(LogLevel level) noexcept {
  switch (level) {
    case LogLevel::debug: return "debug";
    case LogLevel::info: return "info";
    case LogLevel::warning: return "warning";
    case LogLevel::error: return "error";
  }
  return "error";
}

/// Whether a value needs no quotes in key=value.
bool is_plain(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f && c != '"' && c != '=' && c != '\\'; });
}

void append_value(std::string& line, LogFormat format, const LogField& field) {
  if (const auto* number = std::get_if<std::int64_t>(&field.value)) {
    line += std::to_string(*number);
    return;
  }
  const std::string_view text = std::get<std::string_view>(field.value);
  if (format == LogFormat::key_value && is_plain(text)) {
    line += text;
  } else {
    line += json_string(text);
  }
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  append(out, text, Quoting::none);
  return out;
}

std::string format_log_line(LogFormat format, Timestamp time, LogLevel level, std::string_view event, std::span<const LogField> fields) {
  const bool json = format == LogFormat::json;
  const std::string moment = format_rfc3339(time);
  std::string line = json ? "{" : "";
  bool is_first = true;
  const auto add = [&](const LogField& field) {
    if (!is_first) line += json ? "," : " ";
    is_first = false;
    line += json ? json_string(field.name) + ":" : std::string(field.name) + "=";
    append_value(line, format, field);
  };
  add({"time", std::string_view(moment)});
  add({"level", name(level)});
  add({"event", event});
  for (const LogField& field : fields) {
    const auto* text = std::get_if<std::string_view>(&field.value);
    if (text == nullptr || !text->empty()) add(field);
  }
  if (json) line += "}";
  return line;
}

}  // namespace ledger::app
