// UUIDs in 16 bytes instead of 36: what most webhook ids are.
#include "storage/sqlite/uuid.h"

#include <cstddef>
#include <stdexcept>

namespace ledger::storage {
namespace {

constexpr std::size_t kBytes = 16;
constexpr std::size_t kCharacters = 36;
constexpr std::string_view kDigits = "0123456789abcdef";

bool is_dash_before(std::size_t byte) noexcept {
  return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

/// Of a lower-case hex digit; -1 of anything else.
int value_of(char digit) noexcept {
  if (digit >= '0' && digit <= '9') return digit - '0';
  return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

}  // namespace

std::optional<std::string> uuid_bytes(std::string_view text) {
  if (text.size() != kCharacters) return std::nullopt;
  std::string bytes;
  bytes.reserve(kBytes);
  for (std::size_t at = 0; bytes.size() < kBytes; at += 2) {
    if (is_dash_before(bytes.size()) && text[at++] != '-') return std::nullopt;
    const int high = value_of(text[at]);
    const int low = value_of(text[at + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes.push_back(static_cast<char>(high * 16 + low));
  }
  return bytes;
}

std::string uuid_text(std::string_view bytes) {
  if (bytes.size() != kBytes) throw std::runtime_error("a stored UUID has not 16 bytes");
  std::string text;
  text.reserve(kCharacters);
  for (std::size_t i = 0; i < kBytes; ++i) {
    if (is_dash_before(i)) text.push_back('-');
    const auto byte = static_cast<unsigned char>(bytes[i]);
    text.push_back(kDigits[byte >> 4U]);
    text.push_back(kDigits[byte & 0x0fU]);
  }
  return text;
}

}  // namespace ledger::storage
