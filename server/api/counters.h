// Counts the outcomes of deliveries since the start, across threads.
#pragma once

#include "domain/event.h"
#include "sync/mutex.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace ledger::server {

/// Events that were answered "ignored". Thread-safe. Counts up to kTypesMax types by name; further ones, and those of a name longer than
/// kTypeBytesMax, together as "other".
class IgnoredTypes {
 public:
  static constexpr std::size_t kTypesMax = 256;
  static constexpr std::size_t kTypeBytesMax = 64;
  using Totals = std::map<std::string, std::uint64_t, std::less<>>;

  void count(std::string_view type) {
    const MutexLock lock(mutex_);
    const bool is_named = totals_.contains(type) || (type.size() <= kTypeBytesMax && totals_.size() < kTypesMax);
    ++totals_[std::string(is_named ? type : "other")];
  }

  [[nodiscard]] Totals totals() const {
    const MutexLock lock(mutex_);
    return totals_;
  }

 private:
  mutable Mutex mutex_;
  Totals totals_ LEDGER_GUARDED_BY(mutex_);
};

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
