// One measurement of one running system.
#pragma once

#include "tests/bench/load.h"
#include "tests/bench/measurement.h"
#include "tests/bench/systems.h"

#include <cstdint>

namespace ledger::bench {

struct Trial {
  Measurement measured;
  std::uint64_t answered_in_all = 0;  ///< Responses before, in and after the window.
};

/// Sends load to the system and measures what it uses. Sets the port and the callbacks of `options`. Throws std::runtime_error if a response was not
/// the expected one: a rate of wrong responses means nothing.
[[nodiscard]] Trial measure(RunningSystem& system, Requests& requests, LoadOptions options);

/// Measures the processor time that the system uses in `window_s` seconds without traffic.
[[nodiscard]] Measurement measure_idle(RunningSystem& system, double window_s);

}  // namespace ledger::bench
