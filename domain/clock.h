// The port for the time. The domain itself never reads a clock.
#pragma once

#include "domain/timestamp.h"

#include <chrono>

namespace ledger {

/// Tells the time. Callable from any thread.
class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;

  /// The wall clock. It may step in both directions.
  [[nodiscard]] virtual Timestamp now() const noexcept = 0;
  /// A steady clock for durations. Its epoch is unspecified; use differences only.
  [[nodiscard]] virtual std::chrono::milliseconds elapsed() const noexcept = 0;
};

}  // namespace ledger
