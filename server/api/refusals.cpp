// Counting under one lock, which is held for a moment.
#include "server/api/refusals.h"

#include <utility>

namespace ledger::server {
namespace {

/// The shortest time between two warnings of a reason.
constexpr std::chrono::minutes kSilence{1};

}  // namespace

void Refusals::count(std::string_view reason, std::string path) {
  const MutexLock lock(mutex_);
  Reason& counted = reasons_[reason];
  ++counted.total;
  ++counted.unreported;
  counted.path = std::move(path);
  report_due();
}

void Refusals::count_verified() noexcept {
  const MutexLock lock(mutex_);
  ++verified_;
  verified_at_ = clock_.elapsed();
}

void Refusals::report() noexcept {
  const MutexLock lock(mutex_);
  report_due();
}

void Refusals::report_due() noexcept {
  for (auto& [name, reason] : reasons_) {
    const std::chrono::milliseconds now = clock_.elapsed();
    if (reason.unreported == 0 || (reason.warned_at && now < *reason.warned_at + kSilence)) continue;
    warn(name, reason);
    reason.unreported = 0;
    reason.verified_before = verified_;
    reason.warned_at = now;
  }
}

void Refusals::warn(std::string_view name, const Reason& reason) noexcept {
  const LogField why{"reason", name};
  const LogField count{"count", static_cast<std::int64_t>(reason.unreported)};
  const LogField total{"total", static_cast<std::int64_t>(reason.total)};
  const LogField path{"path", std::string_view(reason.path)};
  if (!name.starts_with("signature-")) {
    log_.write(LogLevel::warning, "webhooks_refused", {why, count, total, path});
    return;
  }
  const LogField verified{"verified", static_cast<std::int64_t>(verified_ - reason.verified_before)};
  const LogField verified_total{"verified_total", static_cast<std::int64_t>(verified_)};
  LogField seconds_ago{"last_verified_s_ago", std::string_view()};
  if (verified_ > 0) seconds_ago.value = (clock_.elapsed() - verified_at_).count() / 1000;
  log_.write(LogLevel::warning, "webhooks_refused", {why, count, total, path, verified, verified_total, seconds_ago});
}

std::map<std::string_view, std::uint64_t> Refusals::totals() const {
  const MutexLock lock(mutex_);
  std::map<std::string_view, std::uint64_t> totals;
  for (const auto& [name, reason] : reasons_) totals.emplace(name, reason.total);
  return totals;
}

}  // namespace ledger::server
