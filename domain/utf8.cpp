// UTF-8 validation by the table of well-formed sequences (RFC 3629, section 4).
#include "domain/utf8.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace ledger {
namespace {

bool is_between(char byte, std::uint8_t low, std::uint8_t high) noexcept {
  const auto value = static_cast<std::uint8_t>(byte);
  return value >= low && value <= high;
}

/// Length of the sequence in front, 0 when it is malformed. REQUIRES bytes not empty.
std::size_t sequence_length(std::string_view bytes) noexcept {
  const auto lead = static_cast<std::uint8_t>(bytes.front());
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const std::size_t length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (bytes.size() < length) return 0;
  // The second byte alone tells over-long forms, surrogates and values above U+10FFFF from the rest.
  const std::uint8_t low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  const std::uint8_t high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  if (!is_between(bytes[1], low, high)) return 0;
  const std::string_view tail = bytes.substr(2, length - 2);
  return std::all_of(tail.begin(), tail.end(), [](char byte) { return is_between(byte, 0x80, 0xbf); }) ? length : 0;
}

}  // namespace

bool is_valid_utf8(std::string_view bytes) noexcept {
  while (!bytes.empty()) {
    const std::size_t length = sequence_length(bytes);
    if (length == 0) return false;
    bytes.remove_prefix(length);
  }
  return true;
}

}  // namespace ledger
