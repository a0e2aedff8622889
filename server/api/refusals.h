// Deliveries that were refused: their numbers, and the warnings about them.
#pragma once

#include "domain/clock.h"
#include "domain/log.h"
#include "sync/mutex.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
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

  /// `reason` has static storage. `path` is shown in the log.
  void count(std::string_view reason, std::string path);
  /// Counts a delivery whose signature is valid.
  void count_verified() noexcept;
  /// Writes the warnings that are due.
  void report() noexcept;

  /// The refusals since the start, by reason.
  [[nodiscard]] std::map<std::string_view, std::uint64_t> totals() const;

 private:
  struct Reason {
    std::uint64_t total = 0;
    std::uint64_t unreported = 0;
    std::uint64_t verified_before = 0;  ///< Verified deliveries when the last warning was written.
    std::optional<std::chrono::milliseconds> warned_at;
    std::string path;  ///< Of the last refusal.
  };

  void report_due() noexcept LEDGER_REQUIRES(mutex_);
  void warn(std::string_view name, const Reason& reason) noexcept LEDGER_REQUIRES(mutex_);

  const Clock& clock_;
  Log& log_;
  mutable Mutex mutex_;
  std::map<std::string_view, Reason> reasons_ LEDGER_GUARDED_BY(mutex_);
  std::uint64_t verified_ LEDGER_GUARDED_BY(mutex_) = 0;
  std::chrono::milliseconds verified_at_ LEDGER_GUARDED_BY(mutex_){0};
};

}  // namespace ledger::server
