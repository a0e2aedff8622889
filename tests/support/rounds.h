// How many rounds a random test runs: few in a test run, all of them in a soak.
#pragma once

#include <cstddef>

namespace ledger::test {

/// `rounds` times LEDGER_TEST_SCALE_PERCENT / 100, at least 1. The default is 10 percent; `./dev soak` sets 100.
[[nodiscard]] std::size_t scaled(std::size_t rounds);

}  // namespace ledger::test
