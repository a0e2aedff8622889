// How many rounds a random test runs.
#include "tests/support/rounds.h"

#include <algorithm>
#include <cstdlib>

namespace ledger::test {

std::size_t scaled(std::size_t rounds) {
  const char* given = std::getenv("LEDGER_TEST_SCALE_PERCENT");
  const std::size_t percent = given == nullptr ? 10 : std::strtoull(given, nullptr, 10);
  return std::max<std::size_t>(1, rounds * percent / 100);
}

}  // namespace ledger::test
