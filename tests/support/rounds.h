// How long a test goes on that could go on for ever: as long as a developer waits, unless the environment asks for more or less.
#pragma once

#include <cstddef>

namespace ledger::test {

/// `rounds` times LEDGER_TEST_SCALE_PERCENT / 100 (default 100), at least 1. Sanitized builds run a part, a soak runs a multiple.
[[nodiscard]] std::size_t scaled(std::size_t rounds);

}  // namespace ledger::test
