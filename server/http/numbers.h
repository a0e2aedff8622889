// Decimal whole numbers in URLs.
#pragma once

#include <charconv>
#include <cstdint>
#include <string_view>
#include <system_error>

namespace ledger::server {

struct Number {
  std::int64_t value = 0;
  std::errc fault{};  ///< invalid_argument: not a number. result_out_of_range: more than 64 bits.
};

[[nodiscard]] inline Number parse_number(std::string_view text) noexcept {
  Number number;
  const char* const end = text.data() + text.size();
  const auto [stopped, fault] = std::from_chars(text.data(), end, number.value);
  number.fault = stopped == end ? fault : std::errc::invalid_argument;
  return number;
}

}  // namespace ledger::server
