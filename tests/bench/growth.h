// Measures everything that can become slower with the size of the database.
#pragma once

#include "tests/bench/run.h"

namespace ledger::bench {

/// Fills one database with millions of events and measures on it. Adds rows and Results::growth. A part that fails adds a failure and has no numbers.
void measure_growth(const RunOptions& options, const Progress& progress, Results& results);

}  // namespace ledger::bench
