// UUIDs in 16 bytes instead of 36: what most webhook ids are.
#include "storage/uuid.h"

#include "domain/check.h"

#include <cstddef>

namespace ledger::storage {
namespace {

constexpr std::size_t kBytes = 16;
constexpr std::size_t kCharacters = 36;
constexpr std::string_view kDigits = "0123456789abcdef";

bool is_dash_before(std::size_t byte) noexcept {
  return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

}  // namespace

std::optional<std::string> uuid_bytes(std::string_view text) {
  if (text.size() != kCharacters) return std::nullopt;
  std::string bytes;
  bytes.reserve(kBytes);
  for (std::size_t at = 0; bytes.size() < kBytes; at += 2) {
    if (is_dash_before(bytes.size()) && text[at++] != '-') return std::nullopt;
    const std::size_t high = kDigits.find(text[at]);
    const std::size_t low = kDigits.find(text[at + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    bytes.push_back(static_cast<char>(high << 4U | low));
  }
  return bytes;
}

std::string uuid_text(std::string_view bytes) {
  LEDGER_CHECK(bytes.size() == kBytes);
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
