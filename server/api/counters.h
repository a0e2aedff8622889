// Counts the outcomes of deliveries since the start, across threads.
#pragma once

#include "domain/event.h"
#include "server/api/ignored_types.h"

#include <array>
#include <atomic>
#include <cstdint>

namespace ledger::server {

/// Thread-safe. Each number is exact; together they are not a snapshot.
struct Counters {
  std::atomic<std::uint64_t> recorded{0};
  std::array<std::atomic<std::uint64_t>, kEventFlags.size()> flagged{};  ///< Of those recorded, for each of kEventFlags.
  std::atomic<std::uint64_t> duplicate{0};
  std::atomic<std::uint64_t> ignored{0};
  IgnoredTypes ignored_types;
  std::atomic<std::uint64_t> quarantined{0};
  std::atomic<std::uint64_t> unauthenticated{0};  ///< 401
  std::atomic<std::uint64_t> undecodable{0};      ///< 400, development mode only
  std::atomic<std::uint64_t> refused{0};          ///< 429
  std::atomic<std::uint64_t> late_results{0};     ///< Results of the store that came after their request's deadline.
};

}  // namespace ledger::server
