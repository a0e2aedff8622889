// Strict UTF-8, the only encoding that this service reads.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace ledger {

/// True for well-formed UTF-8 (RFC 3629): shortest forms only, no surrogates, nothing above U+10FFFF. The empty text is well-formed.
[[nodiscard]] bool is_valid_utf8(std::string_view bytes) noexcept;

struct Utf8Character {
  char32_t code_point;
  std::size_t bytes;  ///< Length of its encoding, 1 to 4.
};

/// The first character of `bytes`. nullopt if `bytes` is empty or does not begin with well-formed UTF-8.
[[nodiscard]] std::optional<Utf8Character> first_utf8_character(std::string_view bytes) noexcept;

/// Appends the encoding of a code point. REQUIRES a scalar value: at most U+10FFFF, and not a surrogate.
void append_utf8(std::string& text, char32_t code_point);

}  // namespace ledger
