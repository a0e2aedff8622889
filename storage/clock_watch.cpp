// Warns when the wall clock is wrong, as far as the ledger can know.
#include "storage/clock_watch.h"

#include <cstdint>

namespace ledger::storage {
namespace {

constexpr std::chrono::minutes kSilence{1};

std::int64_t seconds(std::chrono::milliseconds duration) {
  return std::chrono::floor<std::chrono::seconds>(duration).count();
}

}  // namespace

ClockWatch::ClockWatch(const Clock& clock, Log& log)
    : clock_(clock), log_(log), offset_(clock.now().time_since_epoch() - clock.elapsed()), silent_until_(clock.elapsed()) {}

void ClockWatch::look(Timestamp last_recorded_at) {
  const std::chrono::milliseconds elapsed = clock_.elapsed();
  if (elapsed < silent_until_) return;
  const Timestamp now = clock_.now();
  const std::chrono::milliseconds step = now.time_since_epoch() - elapsed - offset_;
  const std::chrono::milliseconds behind = last_recorded_at - now;
  if (step >= kTolerance || step <= -kTolerance) {
    log_.write(LogLevel::warning, "clock_stepped", {{"seconds", seconds(step)}});
    offset_ += step;
  } else if (behind >= kTolerance) {
    log_.write(LogLevel::warning, "clock_behind", {{"seconds", seconds(behind)}});
  } else {
    return;
  }
  silent_until_ = elapsed + kSilence;
}

}  // namespace ledger::storage
