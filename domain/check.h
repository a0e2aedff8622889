// Checks of invariants, in release builds too: a ledger with a broken invariant must stop.
#pragma once

namespace ledger::detail {

/// Prints the broken invariant to standard error and aborts.
[[noreturn]] void check_failed(const char* expression, const char* file, int line) noexcept;

}  // namespace ledger::detail

/// Aborts if `expression` is false. For defects of this code only: no input from outside may make it false.
#define LEDGER_CHECK(expression) \
  (static_cast<bool>(expression) ? static_cast<void>(0) : ::ledger::detail::check_failed(#expression, __FILE__, __LINE__))
