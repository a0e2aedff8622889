// One measurement of one system that runs.
#pragma once

#include "tests/bench/load.h"
#include "tests/bench/measurement.h"
#include "tests/bench/systems.h"

namespace ledger::bench {

struct Trial {
  Measurement measured;
  LoadResult load;
};

/// Loads the system and watches what it uses meanwhile. The port and the callbacks of `options` are set here. Throws std::runtime_error when any
/// answer was not as expected: there is no speed of wrong answers.
[[nodiscard]] Trial measure(RunningSystem& system, Requests& requests, LoadOptions options);

}  // namespace ledger::bench
