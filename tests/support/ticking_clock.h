// A clock in which everything takes time.
#pragma once

#include "domain/clock.h"

#include <chrono>

namespace ledger::test {

/// Goes on by a step each time it is asked what has elapsed: so long does whatever stands between two readings take. Not thread-safe.
struct TickingClock final : Clock {
  explicit TickingClock(std::chrono::milliseconds given) : step(given) {}
  [[nodiscard]] Timestamp now() const noexcept override { return {}; }
  [[nodiscard]] std::chrono::milliseconds elapsed() const noexcept override { return passed += step; }

  std::chrono::milliseconds step;
  mutable std::chrono::milliseconds passed{0};
};

}  // namespace ledger::test
