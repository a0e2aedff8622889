// Numbers as the report writes them. What was not measured is a dash.
#pragma once

#include <string>

namespace ledger::bench {

/// 1234567.8 as "1,234,568".
[[nodiscard]] std::string whole(double number);
/// 1234.567 with two digits as "1,234.57".
[[nodiscard]] std::string decimal(double number, int digits);
/// 12.34 as "12.3x".
[[nodiscard]] std::string times(double number);
/// "850 µs", "12.3 ms" or "1.20 s", whichever reads best.
[[nodiscard]] std::string duration(double microseconds);

}  // namespace ledger::bench
