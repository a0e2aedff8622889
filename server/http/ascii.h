// Characters, numbers and lists of HTTP: ASCII, independent of the locale.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string_view>
#include <system_error>

namespace ledger::server {

[[nodiscard]] constexpr bool is_ascii_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

[[nodiscard]] constexpr char to_ascii_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

[[nodiscard]] constexpr bool is_ascii_alnum(char c) noexcept {
  const char lower = to_ascii_lower(c);
  return is_ascii_digit(c) || (lower >= 'a' && lower <= 'z');
}

/// RFC 9110, section 5.6.2: tchar.
[[nodiscard]] constexpr bool is_token_char(char c) noexcept {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return is_ascii_alnum(c) || kOthers.find(c) != std::string_view::npos;
}

/// Horizontal tab, space, visible ASCII and bytes above it: what a field value and a quoted string may hold. No other control character.
[[nodiscard]] constexpr bool is_field_char(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return c == '\t' || (byte >= 0x20 && byte != 0x7f);
}

/// Whether the texts are equal, without regard to the case of ASCII letters.
[[nodiscard]] constexpr bool iequals(std::string_view left, std::string_view right) noexcept {
  return std::ranges::equal(left, right, {}, to_ascii_lower, to_ascii_lower);
}

template <class Predicate>
[[nodiscard]] constexpr bool all_of(std::string_view text, Predicate predicate) noexcept {
  return std::ranges::all_of(text, predicate);
}

/// Returns `text` without the spaces and tabs at both ends.
[[nodiscard]] constexpr std::string_view trim(std::string_view text) noexcept {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return text.substr(text.size());
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

struct Number {
  std::int64_t value = 0;
  std::errc fault{};  ///< invalid_argument: not a number. result_out_of_range: more than 64 bits.
};

/// Reads a decimal whole number.
[[nodiscard]] inline Number parse_number(std::string_view text) noexcept {
  Number number;
  const char* const end = text.data() + text.size();
  const auto [stopped, fault] = std::from_chars(text.data(), end, number.value);
  number.fault = stopped == end ? fault : std::errc::invalid_argument;
  return number;
}

/// Calls `visit` with each trimmed item of a comma-separated list.
template <class Visit>
constexpr void for_each_list_item(std::string_view list, Visit visit) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    visit(trim(list.substr(0, comma)));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
}

}  // namespace ledger::server
