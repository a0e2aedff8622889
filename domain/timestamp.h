// Moments in time, and their text form (RFC 3339).
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace ledger {

/// UTC with milliseconds, years 0001 to 9999.
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

/// Whether `moment` is in these years. A number that was read from disk need not be.
[[nodiscard]] bool is_in_range(Timestamp moment) noexcept;

/// Reads an RFC 3339 date-time ("2026-11-07T12:46:45.953Z", any offset). Digits after the millisecond are ignored. Leap seconds (":60") and
/// moments outside years 0001 to 9999 are refused.
[[nodiscard]] std::optional<Timestamp> parse_rfc3339(std::string_view text);

/// Reads the time that a sender wrote: RFC 3339, also with a blank for the 'T', with the offset "+0000" or "+00", or without offset, which means UTC;
/// or a number of seconds or milliseconds since 1970, with or without a fraction or an exponent ("1794055605.953"). Numbers below 100,000,000,000 are
/// seconds, up to the year 5138; others are milliseconds, from March 1973. Zero and negative numbers are refused: they stand for "no time" in too
/// many programs.
[[nodiscard]] std::optional<Timestamp> parse_sender_time(std::string_view text);

/// Whether a sender says a time more than 24 hours after its delivery arrived. Such a time is not believed.
[[nodiscard]] bool is_ahead(Timestamp occurred_at, Timestamp received_at) noexcept;

/// Writes "2026-11-07T12:46:45.953Z": always UTC with three digits, so texts sort as times do. REQUIRES is_in_range().
[[nodiscard]] std::string format_rfc3339(Timestamp moment);

/// The same without an allocation.
using Rfc3339 = std::array<char, 24>;
[[nodiscard]] Rfc3339 rfc3339_of(Timestamp moment);

}  // namespace ledger
