// Counts the events that were answered "ignored", by type.
#pragma once

#include "sync/mutex.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace ledger::server {

/// Thread-safe. Counts up to kTypesMax types by name; further ones, and those of a name longer than kTypeBytesMax, together as "other".
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

}  // namespace ledger::server
