// Counting under a lock: refusals are few, or it does not matter how fast they are.
#include "server/api/refusals.h"

#include <algorithm>
#include <exception>

namespace ledger::server {
namespace {

/// The shortest time between two warnings of a reason.
constexpr std::chrono::minutes kSilence{1};

}  // namespace

void Refusals::count(std::string_view reason, std::string_view path) noexcept {
  const MutexLock lock(mutex_);
  try {
    Reason& counted = reasons_[reason];
    ++counted.total;
    ++counted.unreported;
    counted.path = path;
  } catch (const std::exception&) {
    // There is no memory for the name or the path.
  }
  report_due();
}

void Refusals::count_verified() noexcept {
  verified_.fetch_add(1, std::memory_order_relaxed);
  last_verified_ms_.store(clock_.elapsed().count(), std::memory_order_relaxed);
}

void Refusals::report() noexcept {
  if (clock_.elapsed().count() < next_due_ms_.load(std::memory_order_relaxed)) return;
  const MutexLock lock(mutex_);
  report_due();
}

void Refusals::report_due() noexcept {
  const std::chrono::milliseconds now = clock_.elapsed();
  std::int64_t next_due_ms = kNever;
  for (auto& [name, reason] : reasons_) {
    if (reason.unreported == 0) continue;
    if (now >= reason.due) {
      warn(name, reason);
      reason.due = now + kSilence;
    } else {
      next_due_ms = std::min(next_due_ms, reason.due.count());
    }
  }
  next_due_ms_.store(next_due_ms, std::memory_order_relaxed);
}

void Refusals::warn(std::string_view name, Reason& reason) noexcept {
  const LogField why{"reason", name};
  const LogField count{"count", static_cast<std::int64_t>(reason.unreported)};
  const LogField total{"total", static_cast<std::int64_t>(reason.total)};
  const LogField path{"path", std::string_view(reason.path)};
  if (name.starts_with("signature-")) {
    const std::uint64_t all = verified_.load(std::memory_order_relaxed);
    const LogField verified{"verified", static_cast<std::int64_t>(all - reason.verified_before)};
    const LogField verified_total{"verified_total", static_cast<std::int64_t>(all)};
    LogField seconds_ago{"last_verified_s_ago", std::string_view()};
    if (all > 0) seconds_ago.value = (clock_.elapsed().count() - last_verified_ms_.load(std::memory_order_relaxed)) / 1000;
    log_.write(LogLevel::warning, "webhooks_refused", {why, count, total, path, verified, verified_total, seconds_ago});
    reason.verified_before = all;
  } else {
    log_.write(LogLevel::warning, "webhooks_refused", {why, count, total, path});
  }
  reason.unreported = 0;
}

std::map<std::string_view, std::uint64_t> Refusals::totals() const {
  const MutexLock lock(mutex_);
  std::map<std::string_view, std::uint64_t> totals;
  for (const auto& [name, reason] : reasons_) totals.emplace(name, reason.total);
  return totals;
}

}  // namespace ledger::server
