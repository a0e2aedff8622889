// A clock that stands still until a test moves it.
#pragma once

#include "domain/clock.h"

#include <atomic>
#include <chrono>

namespace ledger::test {

/// Starts at 2026-11-23T12:00:00Z. Thread-safe.
class FakeClock final : public Clock {
 public:
  [[nodiscard]] Timestamp now() const noexcept override { return Timestamp(std::chrono::milliseconds(now_ms_.load())); }
  [[nodiscard]] std::chrono::milliseconds elapsed() const noexcept override { return std::chrono::milliseconds(elapsed_ms_.load()); }
  /// Moves the wall's alone.
  void set(Timestamp moment) noexcept { now_ms_ = moment.time_since_epoch().count(); }
  void advance(std::chrono::milliseconds by) noexcept {
    now_ms_ += by.count();
    elapsed_ms_ += by.count();
  }

 private:
  std::atomic<std::chrono::milliseconds::rep> now_ms_{1'795'435'200'000};
  std::atomic<std::chrono::milliseconds::rep> elapsed_ms_{0};
};

}  // namespace ledger::test
