// Fills a database without HTTP, through the same store that the service runs on, so that large ones can be had in minutes.
#pragma once

#include "tests/bench/filling.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace ledger::bench {

struct FillResult {
  double seconds = 0;
  std::uint64_t body_bytes = 0;
};

/// Appends the first `events` events of a filling (filling.h) to the new database, and ends it in order. `progress` hears how many are recorded, now
/// and then. Throws std::runtime_error when one is not recorded.
FillResult fill_database(const std::string& database, std::uint64_t events, std::size_t locations,
                         const std::function<void(std::uint64_t)>& progress);

}  // namespace ledger::bench
