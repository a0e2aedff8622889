// Decides when the write-ahead log is copied into the database file, and copies it on the writer's own connection.
#include "storage/sqlite/checkpointer.h"

#include "storage/sqlite/sqlite_error.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstdint>

namespace ledger::storage {
namespace {

using std::chrono::milliseconds;

/// The first checkpoint waits for this many pages, before the speed of the disk is known.
constexpr int kFirstPagesDue = 4'000;

/// What SQLite reports about the log after a checkpoint; -1 when it does not say.
struct CheckpointResult {
  int pages = 0;
  int pages_copied = 0;
};

int checkpoint(SQLite::Database& database, int mode, CheckpointResult& result) noexcept {
  return sqlite3_wal_checkpoint_v2(database.getHandle(), nullptr, mode, &result.pages, &result.pages_copied);
}

}  // namespace

Checkpointer::Checkpointer(SQLite::Database& database, int busy_budget_ms, Bounds bounds, const Clock& clock)
    : database_(database),
      busy_budget_ms_(busy_budget_ms),
      bounds_(bounds),
      clock_(clock),
      pages_due_(std::clamp(kFirstPagesDue, bounds.pages_min, bounds.pages_max)),
      idle_at_(clock.elapsed() + kIdleAfter) {
  sqlite3_wal_hook(database_.getHandle(), &Checkpointer::on_commit, this);
}

Checkpointer::~Checkpointer() {
  sqlite3_wal_hook(database_.getHandle(), nullptr, nullptr);
}

int Checkpointer::on_commit(void* self, sqlite3* /*handle*/, const char* /*schema*/, int pages) noexcept {
  auto& checkpointer = *static_cast<Checkpointer*>(self);
  if (pages <= checkpointer.pages_) checkpointer.pages_copied_ = 0;  // The log has started over.
  checkpointer.pages_ = pages;
  checkpointer.file_pages_ = std::max(checkpointer.file_pages_.load(), pages);
  checkpointer.log_is_empty_ = false;
  checkpointer.idle_at_ = checkpointer.clock_.elapsed() + kIdleAfter;
  return SQLITE_OK;
}

std::optional<milliseconds> Checkpointer::due_in() const noexcept {
  if (log_is_empty_) return std::nullopt;
  const milliseconds due_at = is_under_load() ? not_before_ : std::max(idle_at_, not_before_);
  return std::max(milliseconds(0), due_at - clock_.elapsed());
}

int Checkpointer::run() noexcept {
  if (!is_under_load()) return truncate(0);
  if (file_pages_.load() >= std::int64_t{bounds_.pages_max} * kLogTooLong) return truncate(kReadersWaitMs);
  const milliseconds begun = clock_.elapsed();
  CheckpointResult result;
  const int code = checkpoint(database_, SQLITE_CHECKPOINT_PASSIVE, result);
  if (code == SQLITE_OK && result.pages_copied == result.pages) {
    resize(result.pages_copied - pages_copied_, clock_.elapsed() - begun);
    pause_ = kPauseFirst;
  }
  note_whether_held(result.pages_copied < result.pages);
  believe(result.pages_copied);
  if (is_under_load()) postpone();
  return code;
}

int Checkpointer::truncate(int wait_ms) noexcept {
  CheckpointResult result;
  sqlite3_busy_timeout(database_.getHandle(), wait_ms);
  const int code = checkpoint(database_, SQLITE_CHECKPOINT_TRUNCATE, result);
  sqlite3_busy_timeout(database_.getHandle(), busy_budget_ms_);
  note_whether_held(classify(code) == Fault::busy);
  if (code != SQLITE_OK) {
    believe(result.pages_copied);
    postpone();
    return code;
  }
  pages_ = pages_copied_ = 0;
  file_pages_ = 0;
  log_is_empty_ = true;
  pause_ = kPauseFirst;
  return SQLITE_OK;
}

void Checkpointer::believe(int pages_copied) noexcept {
  if (pages_copied >= 0) pages_copied_ = pages_copied;
}

void Checkpointer::note_whether_held(bool is_held) noexcept {
  if (!is_held) held_since_ = kNotHeld;
  if (is_held && held_since_.load() == kNotHeld) held_since_ = clock_.elapsed();
}

std::optional<milliseconds> Checkpointer::log_held_for() const noexcept {
  const milliseconds since = held_since_;
  return since == kNotHeld ? std::nullopt : std::optional(clock_.elapsed() - since);
}

void Checkpointer::resize(int pages, milliseconds duration) noexcept {
  const std::int64_t allowed = std::int64_t{pages} * bounds_.stall_ms_max / std::max<std::int64_t>(1, duration.count());
  // It grows slowly: a few pages say little about many.
  const std::int64_t next = std::min(allowed, std::int64_t{2} * pages_due_);
  pages_due_ = static_cast<int>(std::clamp<std::int64_t>(next, bounds_.pages_min, bounds_.pages_max));
}

void Checkpointer::postpone() noexcept {
  not_before_ = clock_.elapsed() + pause_;
  pause_ = std::min(2 * pause_, kPauseMax);
}

int checkpoint_truncating(SQLite::Database& database) noexcept {
  CheckpointResult result;
  return checkpoint(database, SQLITE_CHECKPOINT_TRUNCATE, result);
}

void empty_log(SQLite::Database& database) {
  const int code = checkpoint_truncating(database);
  if (code != SQLITE_OK && classify(code) != Fault::busy) throw SQLite::Exception(database.getHandle(), code);
}

}  // namespace ledger::storage
