// Moments in time, as the platform writes them and as this service answers them.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace ledger {

/// UTC with milliseconds, years 0001 to 9999.
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

/// Whether it lies in those years. What this service makes and reads does; a number from elsewhere need not.
[[nodiscard]] bool is_in_range(Timestamp moment) noexcept;

/// Reads an RFC 3339 date-time ("2026-11-07T12:46:45.953Z", any offset). Digits past the millisecond are cut off. Leap seconds (":60") and
/// moments outside years 0001 to 9999 are refused.
[[nodiscard]] std::optional<Timestamp> parse_rfc3339(std::string_view text);

/// Writes "2026-11-07T12:46:45.953Z": always UTC, always three digits, so that text order is time order. REQUIRES is_in_range().
[[nodiscard]] std::string format_rfc3339(Timestamp moment);

}  // namespace ledger
