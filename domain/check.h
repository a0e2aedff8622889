// Invariants that hold in release builds too: a ledger that is wrong must stop, not go on.
#pragma once

namespace ledger::detail {

/// Prints the broken invariant to standard error and aborts.
[[noreturn]] void check_failed(const char* expression, const char* file, int line) noexcept;

}  // namespace ledger::detail

/// Aborts when `expression` is false. For defects only; no input from outside may ever reach it unfiltered.
#define LEDGER_CHECK(expression) \
  (static_cast<bool>(expression) ? static_cast<void>(0) : ::ledger::detail::check_failed(#expression, __FILE__, __LINE__))
