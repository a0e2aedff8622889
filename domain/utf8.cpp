// UTF-8 by the table of well-formed sequences (RFC 3629, section 4).
#include "domain/utf8.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace ledger {
namespace {

bool is_between(char byte, std::uint8_t low, std::uint8_t high) noexcept {
  const auto value = static_cast<std::uint8_t>(byte);
  return value >= low && value <= high;
}

/// Length of the first sequence, 0 if it is malformed. REQUIRES that `bytes` is not empty.
std::size_t sequence_length(std::string_view bytes) noexcept {
  const auto lead = static_cast<std::uint8_t>(bytes.front());
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const std::size_t length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (bytes.size() < length) return 0;
  // Over-long forms, surrogates and values above U+10FFFF differ from all others in the second byte.
  const std::uint8_t low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  const std::uint8_t high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  if (!is_between(bytes[1], low, high)) return 0;
  const std::string_view tail = bytes.substr(2, length - 2);
  return std::all_of(tail.begin(), tail.end(), [](char byte) { return is_between(byte, 0x80, 0xbf); }) ? length : 0;
}

/// Length of an ASCII prefix of `bytes`. It reads eight bytes at a time and stops before the eight in which it finds another byte: nearly everything
/// that this service reads is ASCII.
std::size_t ascii_prefix(std::string_view bytes) noexcept {
  constexpr std::uint64_t kHighBits = 0x8080808080808080;
  std::uint64_t eight = 0;
  std::size_t count = 0;
  for (; bytes.size() - count >= sizeof eight; count += sizeof eight) {
    std::memcpy(&eight, bytes.data() + count, sizeof eight);
    if ((eight & kHighBits) != 0) break;
  }
  return count;
}

}  // namespace

bool is_valid_utf8(std::string_view bytes) noexcept {
  while (true) {
    bytes.remove_prefix(ascii_prefix(bytes));
    if (bytes.empty()) return true;
    const std::size_t length = sequence_length(bytes);
    if (length == 0) return false;
    bytes.remove_prefix(length);
  }
}

std::optional<Utf8Character> first_utf8_character(std::string_view bytes) noexcept {
  const std::size_t length = bytes.empty() ? 0 : sequence_length(bytes);
  if (length == 0) return std::nullopt;
  const auto lead = static_cast<std::uint8_t>(bytes.front());
  char32_t code_point = length == 1 ? lead : lead & (0x7fU >> length);
  for (const char byte : bytes.substr(1, length - 1)) code_point = (code_point << 6U) | (static_cast<std::uint8_t>(byte) & 0x3fU);
  return Utf8Character{code_point, length};
}

void append_utf8(std::string& text, char32_t code_point) {
  const auto tail = [code_point](unsigned shift) { return static_cast<char>(0x80U | ((code_point >> shift) & 0x3fU)); };
  if (code_point < 0x80) {
    text.push_back(static_cast<char>(code_point));
  } else if (code_point < 0x800) {
    text.append({static_cast<char>(0xc0U | (code_point >> 6U)), tail(0)});
  } else if (code_point < 0x10000) {
    text.append({static_cast<char>(0xe0U | (code_point >> 12U)), tail(6), tail(0)});
  } else {
    text.append({static_cast<char>(0xf0U | (code_point >> 18U)), tail(12), tail(6), tail(0)});
  }
}

}  // namespace ledger
