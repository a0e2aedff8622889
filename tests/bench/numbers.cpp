// Formats numbers.
#include "tests/bench/numbers.h"

#include <array>
#include <cmath>
#include <cstdio>

namespace ledger::bench {

std::string decimal(double number, int digits) {
  if (!std::isfinite(number)) return "–";
  std::array<char, 400> written{};
  const int size = std::snprintf(written.data(), written.size(), "%.*f", digits, number);
  std::string text(written.data(), static_cast<std::size_t>(size));
  const std::size_t first = text.starts_with('-') ? 1 : 0;
  const std::size_t point = std::min(text.find('.'), text.size());
  for (std::size_t place = point; place > first + 3; place -= 3) text.insert(place - 3, ",");
  return text;
}

std::string whole(double number) {
  return decimal(number, 0);
}

std::string times(double number) {
  return std::isfinite(number) ? decimal(number, 2) + "x" : "–";
}

std::string duration(double microseconds) {
  if (!std::isfinite(microseconds)) return "–";
  if (microseconds < 1000) return decimal(microseconds, 0) + " µs";
  if (microseconds < 1'000'000) return decimal(microseconds / 1000, microseconds < 100'000 ? 1 : 0) + " ms";
  return decimal(microseconds / 1'000'000, 2) + " s";
}

}  // namespace ledger::bench
