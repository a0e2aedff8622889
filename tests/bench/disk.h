// What the disk can do, whoever asks it: the ceilings that no ledger on it passes.
#pragma once

#include "tests/bench/results.h"

#include <string>

namespace ledger::bench {

/// Writes into `directory` for three times `seconds`. Throws std::runtime_error.
[[nodiscard]] DiskCeilings measure_disk(const std::string& directory, double seconds);

}  // namespace ledger::bench
