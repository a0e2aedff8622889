// The port through which time enters: the domain itself never asks what time it is.
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

  /// Of the wall: may step backwards, and forwards.
  [[nodiscard]] virtual Timestamp now() const noexcept = 0;
  /// Never steps: for how long something takes. Since when is nobody's business.
  [[nodiscard]] virtual std::chrono::milliseconds elapsed() const noexcept = 0;
};

}  // namespace ledger
