// The port through which time enters: the domain itself never asks what time it is.
#pragma once

#include "domain/timestamp.h"

namespace ledger {

/// Tells the wall-clock time. Callable from any thread; may step backwards, as wall clocks do.
class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;

  [[nodiscard]] virtual Timestamp now() const noexcept = 0;
};

}  // namespace ledger
