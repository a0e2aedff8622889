// Commas, quotes and escapes (RFC 8259).
#include "server/http/json_writer.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>

namespace ledger::server {
namespace {

bool is_escaped(char c) noexcept {
  return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
}

/// Whether one of eight characters is_escaped(). Each line finds bytes by the carry that they cause in a subtraction.
bool has_escaped(std::uint64_t eight) noexcept {
  constexpr std::uint64_t kOnes = 0x0101010101010101U;
  constexpr std::uint64_t kHighBits = 0x80 * kOnes;
  const std::uint64_t quotes = eight ^ ('"' * kOnes);
  const std::uint64_t backslashes = eight ^ ('\\' * kOnes);
  const std::uint64_t found = ((eight - 0x20 * kOnes) & ~eight) | ((quotes - kOnes) & ~quotes) | ((backslashes - kOnes) & ~backslashes);
  return (found & kHighBits) != 0;
}

/// How many characters at the start of `text` need no escape.
std::size_t plain_length(std::string_view text) noexcept {
  std::size_t length = 0;
  for (; length + sizeof(std::uint64_t) <= text.size(); length += sizeof(std::uint64_t)) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, text.data() + length, sizeof(eight));
    if (has_escaped(eight)) break;
  }
  while (length < text.size() && !is_escaped(text[length])) ++length;
  return length;
}

}  // namespace

void JsonWriter::separate() {
  if (!first_) out_.push_back(',');
  first_ = false;
}

void JsonWriter::write_name(std::string_view name) {
  separate();
  out_.push_back('"');
  out_.append(name);
  out_.append("\":", 2);
}

void JsonWriter::write_text(std::string_view text) {
  out_.push_back('"');
  // Most texts need no escape and are copied as one block.
  const std::size_t plain = plain_length(text);
  out_.append(text.substr(0, plain));
  for (const char c : text.substr(plain)) write_escaped(c);
  out_.push_back('"');
}

void JsonWriter::write_escaped(char c) {
  constexpr char kDigits[] = "0123456789abcdef";
  switch (c) {
    case '"': out_.append("\\\""); return;
    case '\\': out_.append("\\\\"); return;
    case '\n': out_.append("\\n"); return;
    case '\r': out_.append("\\r"); return;
    case '\t': out_.append("\\t"); return;
    default: break;
  }
  if (is_escaped(c)) {
    out_.append("\\u00").append({kDigits[c >> 4], kDigits[c & 0xf]});
  } else {
    out_.push_back(c);
  }
}

void JsonWriter::begin_object() {
  separate();
  out_.push_back('{');
  first_ = true;
}

void JsonWriter::begin_object(std::string_view name) {
  write_name(name);
  out_.push_back('{');
  first_ = true;
}

void JsonWriter::end_object() {
  out_.push_back('}');
  first_ = false;
}

void JsonWriter::begin_array(std::string_view name) {
  write_name(name);
  out_.push_back('[');
  first_ = true;
}

void JsonWriter::end_array() {
  out_.push_back(']');
  first_ = false;
}

void JsonWriter::member(std::string_view name, std::string_view text) {
  write_name(name);
  write_text(text);
}

void JsonWriter::write_number(std::string_view name, std::int64_t number) {
  write_name(name);
  std::array<char, 20> digits{};
  out_.append(digits.data(), std::to_chars(digits.begin(), digits.end(), number).ptr);
}

void JsonWriter::truth_member(std::string_view name, bool value) {
  write_name(name);
  out_.append(value ? "true" : "false");
}

void JsonWriter::member(std::string_view name, Timestamp moment) {
  member(name, std::string_view(format_rfc3339(moment)));
}

void JsonWriter::nullable(std::string_view name, const std::optional<std::string>& text) {
  if (text) {
    member(name, std::string_view(*text));
  } else {
    null_member(name);
  }
}

void JsonWriter::nullable(std::string_view name, std::optional<Timestamp> moment) {
  if (moment) {
    member(name, *moment);
  } else {
    null_member(name);
  }
}

void JsonWriter::null_member(std::string_view name) {
  write_name(name);
  out_.append("null");
}

void JsonWriter::item(std::string_view text) {
  separate();
  write_text(text);
}

}  // namespace ledger::server
