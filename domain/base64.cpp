// Base64 in both alphabets, with one encoder and one decoder.
#include "domain/base64.h"

#include <array>
#include <cstdint>

namespace ledger {
namespace {

enum class Padding { none, required };

constexpr std::string_view kStandardAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrlAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr std::uint8_t kNoDigit = 0xff;
using DigitTable = std::array<std::uint8_t, 256>;

constexpr DigitTable make_digit_table(std::string_view alphabet) {
  DigitTable table{};
  table.fill(kNoDigit);
  std::uint8_t value = 0;
  for (const char digit : alphabet) table[static_cast<std::uint8_t>(digit)] = value++;
  return table;
}

constexpr DigitTable kStandardDigits = make_digit_table(kStandardAlphabet);
constexpr DigitTable kUrlDigits = make_digit_table(kUrlAlphabet);

std::string encode(std::string_view bytes, std::string_view alphabet, Padding padding) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  std::uint32_t buffer = 0;
  unsigned bits = 0;
  for (const char byte : bytes) {
    buffer = (buffer << 8U) | static_cast<std::uint8_t>(byte);
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      text.push_back(alphabet[(buffer >> bits) & 0x3fU]);
    }
  }
  if (bits > 0) text.push_back(alphabet[(buffer << (6 - bits)) & 0x3fU]);
  while (padding == Padding::required && text.size() % 4 != 0) text.push_back('=');
  return text;
}

/// `digits` has no padding.
std::optional<std::string> decode(std::string_view digits, const DigitTable& table) {
  if (digits.size() % 4 == 1) return std::nullopt;  // Six bits do not make a byte.
  std::string bytes;
  bytes.reserve(digits.size() * 3 / 4);
  std::uint32_t buffer = 0;
  unsigned bits = 0;
  for (const char digit : digits) {
    const std::uint8_t value = table[static_cast<std::uint8_t>(digit)];
    if (value == kNoDigit) return std::nullopt;
    buffer = (buffer << 6U) | value;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes.push_back(static_cast<char>((buffer >> bits) & 0xffU));
    }
  }
  const std::uint32_t unused = buffer & ((1U << bits) - 1U);
  if (unused != 0) return std::nullopt;
  return bytes;
}

}  // namespace

std::string base64_encode(std::string_view bytes) {
  return encode(bytes, kStandardAlphabet, Padding::required);
}

std::optional<std::string> base64_decode(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
  return decode(text, kStandardDigits);
}

std::string base64url_encode(std::string_view bytes) {
  return encode(bytes, kUrlAlphabet, Padding::none);
}

std::optional<std::string> base64url_decode(std::string_view text) {
  return decode(text, kUrlDigits);
}

}  // namespace ledger
