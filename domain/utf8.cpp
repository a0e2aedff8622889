// UTF-8 by Boost.Locale, whose decoder refuses what RFC 3629 does not allow.
#include "domain/utf8.h"

#include <boost/locale/utf.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>

namespace ledger {
namespace {

namespace utf = boost::locale::utf;
using Traits = utf::utf_traits<char>;

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
    const auto character = first_utf8_character(bytes);
    if (!character) return false;
    bytes.remove_prefix(character->bytes);
  }
}

std::optional<Utf8Character> first_utf8_character(std::string_view bytes) noexcept {
  const auto* at = bytes.begin();
  const utf::code_point character = Traits::decode(at, bytes.end());
  if (!utf::is_valid_codepoint(character)) return std::nullopt;
  return Utf8Character{character, static_cast<std::size_t>(at - bytes.begin())};
}

void append_utf8(std::string& text, char32_t code_point) {
  Traits::encode(code_point, std::back_inserter(text));
}

}  // namespace ledger
