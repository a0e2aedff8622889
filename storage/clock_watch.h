// Warns when the wall clock is wrong, as far as the ledger can know.
#pragma once

#include "domain/clock.h"
#include "domain/log.h"

#include <chrono>

namespace ledger::storage {

/// Compares the wall clock with the steady clock and with the last event. `recorded_at` never decreases, so a clock that was ahead once leaves its
/// mark until the right time has passed it. Logs one warning a minute at most. Not thread-safe.
class ClockWatch {
 public:
  /// What is tolerated, in both directions.
  static constexpr std::chrono::minutes kTolerance{1};

  /// `clock` and `log` must outlive the object.
  ClockWatch(const Clock& clock, Log& log);

  /// Warns if the clock has stepped since the last call ("clock_stepped"), or is behind the last event ("clock_behind").
  void look(Timestamp last_recorded_at);

 private:
  const Clock& clock_;
  Log& log_;
  std::chrono::milliseconds offset_;        ///< Of the wall clock from the steady one.
  std::chrono::milliseconds silent_until_;  ///< By the clock's elapsed().
};

}  // namespace ledger::storage
