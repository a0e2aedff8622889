// Deliveries that were refused: their numbers, and the warnings about them.
#pragma once

#include "domain/clock.h"
#include "domain/log.h"
#include "sync/mutex.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>

namespace ledger::server {

/// Counts refused deliveries by reason, and writes the warning "webhooks_refused", for each reason at most once a minute.
///
/// The first refusal is reported at once. Those of the minute after it are reported together, by the first call of count() or report() after that
/// minute. A warning about signatures says how many deliveries were verified since the one before, so that a forged delivery can be told from a wrong
/// key. Thread-safe. The references outlive the object.
class Refusals {
 public:
  Refusals(const Clock& clock, Log& log) noexcept : clock_(clock), log_(log) {}

  /// `reason` has static storage, and its number is bounded. `path` is shown in the log.
  void count(std::string_view reason, std::string_view path) noexcept;
  /// Counts a delivery whose signature is valid.
  void count_verified() noexcept;
  /// Writes the warnings that are due. Cheap if there are none.
  void report() noexcept;

  /// The refusals since the start, by reason.
  [[nodiscard]] std::map<std::string_view, std::uint64_t> totals() const;

 private:
  struct Reason {
    std::uint64_t total = 0;
    std::uint64_t unreported = 0;
    std::uint64_t verified_before = 0;  ///< Verified deliveries when the last warning was written.
    std::chrono::milliseconds due{std::chrono::milliseconds::min()};
    std::string path;  ///< Of the last refusal.
  };

  void report_due() noexcept LEDGER_REQUIRES(mutex_);
  void warn(std::string_view name, Reason& reason) noexcept LEDGER_REQUIRES(mutex_);

  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

  const Clock& clock_;
  Log& log_;
  std::atomic<std::int64_t> next_due_ms_{kNever};
  std::atomic<std::uint64_t> verified_{0};
  std::atomic<std::int64_t> last_verified_ms_{0};  ///< By Clock::elapsed().

  mutable Mutex mutex_;
  std::map<std::string_view, Reason> reasons_ LEDGER_GUARDED_BY(mutex_);
};

}  // namespace ledger::server
