// Formats numbers for the report. NaN and infinity become a dash.
#pragma once

#include <string>

namespace ledger::bench {

/// 1234567.8 as "1,234,568".
[[nodiscard]] std::string whole(double number);
/// 1234.567 with two digits as "1,234.57".
[[nodiscard]] std::string decimal(double number, int digits);
/// 12.345 as "12.35x". Two digits, so 1.19x does not look like 1.2x.
[[nodiscard]] std::string times(double number);
/// "850 µs", "12.3 ms" or "1.20 s".
[[nodiscard]] std::string duration(double microseconds);

}  // namespace ledger::bench
