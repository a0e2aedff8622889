// Remembers what was seen, so that a warning about it is given once.
#pragma once

#include "sync/mutex.h"

#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <string_view>

namespace ledger::server {

/// Thread-safe. Holds kMax texts. When it is full it forgets all of them, so a text can be "first" again.
class FirstSight {
 public:
  static constexpr std::size_t kMax = 256;

  [[nodiscard]] bool is_first(std::string_view text) {
    MutexLock lock(mutex_);
    if (seen_.contains(text)) return false;
    if (seen_.size() == kMax) seen_.clear();
    seen_.emplace(text);
    return true;
  }

 private:
  Mutex mutex_;
  std::set<std::string, std::less<>> seen_ LEDGER_GUARDED_BY(mutex_);
};

}  // namespace ledger::server
