// Fills a database through the service's store without HTTP, so a large one takes minutes.
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

/// Appends the first `events` events of a Filling to a new database and closes it. Calls `progress` with the number of events so far, every 100,000.
/// Throws std::runtime_error if an event is not recorded.
FillResult fill_database(const std::string& database, std::uint64_t events, std::size_t locations,
                         const std::function<void(std::uint64_t)>& progress);

}  // namespace ledger::bench
