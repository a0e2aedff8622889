// Commas, quotes and escapes (RFC 8259).
#include "server/http/json_writer.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <utility>

namespace ledger::server {
namespace {

bool is_escaped(char c) noexcept {
  return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
}

constexpr std::size_t kWord = sizeof(std::uint64_t);

/// Whether one of the eight characters from `at` on is_escaped(). Such a byte causes a carry in one of the subtractions.
bool has_escaped(const char* at) noexcept {
  constexpr std::uint64_t kOnes = 0x0101010101010101U;
  constexpr std::uint64_t kHighBits = 0x80 * kOnes;
  std::uint64_t eight = 0;
  std::memcpy(&eight, at, kWord);
  const std::uint64_t controls = eight - 0x20 * kOnes;
  const std::uint64_t quotes = (eight ^ ('"' * kOnes)) - kOnes;
  const std::uint64_t backslashes = (eight ^ ('\\' * kOnes)) - kOnes;
  return ((controls | quotes | backslashes) & ~eight & kHighBits) != 0;
}

/// How many characters at the start of `text` need no escape.
std::size_t plain_length(std::string_view text) noexcept {
  std::size_t length = 0;
  while (length + kWord <= text.size() && !has_escaped(text.data() + length)) length += kWord;
  // The last word overlaps the one before it.
  if (length + kWord > text.size() && text.size() > kWord && !has_escaped(text.data() + text.size() - kWord)) return text.size();
  while (length < text.size() && !is_escaped(text[length])) ++length;
  return length;
}

}  // namespace

std::string JsonWriter::take() {
  text_.resize(size_);
  return std::move(text_);
}

inline char* JsonWriter::room(std::size_t bytes) {
  if (text_.size() - size_ < bytes) grow(bytes);
  return text_.data() + size_;
}

void JsonWriter::grow(std::size_t bytes) {
  text_.resize(2 * text_.size() + bytes);
}

void JsonWriter::put(char c) {
  *room(1) = c;
  ++size_;
}

void JsonWriter::put(std::string_view plain) {
  std::copy(plain.begin(), plain.end(), room(plain.size()));
  size_ += plain.size();
}

void JsonWriter::separate() {
  if (!first_) put(',');
  first_ = false;
}

JsonWriter& JsonWriter::write_name(std::string_view name) {
  char* at = room(name.size() + 4);
  if (!first_) *at++ = ',';
  *at++ = '"';
  at = std::copy(name.begin(), name.end(), at);
  *at++ = '"';
  *at++ = ':';
  size_ = static_cast<std::size_t>(at - text_.data());
  first_ = false;
  return *this;
}

void JsonWriter::write(std::string_view text) {
  // Most texts need no escape and are copied as one block.
  std::size_t plain = plain_length(text);
  char* const at = room(plain + 2);
  at[0] = '"';
  std::copy_n(text.begin(), plain, at + 1);
  size_ += plain + 1;
  while (plain < text.size()) {
    write_escaped(text[plain]);
    text.remove_prefix(plain + 1);
    plain = plain_length(text);
    put(text.substr(0, plain));
  }
  put('"');
}

void JsonWriter::write_escaped(char c) {
  constexpr char kDigits[] = "0123456789abcdef";
  switch (c) {
    case '"': return put("\\\"");
    case '\\': return put("\\\\");
    case '\n': return put("\\n");
    case '\r': return put("\\r");
    case '\t': return put("\\t");
    default: break;
  }
  if (!is_escaped(c)) return put(c);
  put("\\u00");
  put(kDigits[c >> 4]);
  put(kDigits[c & 0xf]);
}

void JsonWriter::begin_object() {
  separate();
  put('{');
  first_ = true;
}

void JsonWriter::begin_object(std::string_view name) {
  write_name(name).put('{');
  first_ = true;
}

void JsonWriter::end_object() {
  put('}');
  first_ = false;
}

void JsonWriter::begin_array(std::string_view name) {
  write_name(name).put('[');
  first_ = true;
}

void JsonWriter::end_array() {
  put(']');
  first_ = false;
}

void JsonWriter::write(std::int64_t number) {
  constexpr std::size_t kNumberBytesMax = 20;
  char* const begin = room(kNumberBytesMax);
  size_ += static_cast<std::size_t>(std::to_chars(begin, begin + kNumberBytesMax, number).ptr - begin);
}

void JsonWriter::write(Timestamp moment) {
  const Rfc3339 text = rfc3339_of(moment);
  put('"');
  put(std::string_view(text.data(), text.size()));
  put('"');
}

void JsonWriter::item(std::string_view text) {
  separate();
  write(text);
}

}  // namespace ledger::server
