// One database of millions of events: filled once, then everything that size could slow down is measured on it.
#pragma once

#include "tests/bench/run.h"

namespace ledger::bench {

/// Adds rows and the numbers of Results::growth. A part that fails leaves its numbers unmeasured and a failure.
void measure_growth(const RunOptions& options, const Progress& progress, Results& results);

}  // namespace ledger::bench
