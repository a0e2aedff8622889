// Decides when the write-ahead log goes back into the database file, and does it on the writer's own connection.
#include "storage/sqlite/checkpointer.h"

#include "storage/sqlite/sqlite_error.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>

namespace ledger::storage {
namespace {

/// What the first checkpoint waits for, before the speed of the disk is known.
constexpr int kFirstPagesDue = 4'000;

/// Where a checkpoint in slices is parted, in hundredths of the pages that it waits for. Of the first part more was changed again since, and is not
/// copied twice, so it may be longer.
constexpr std::array kPlacesAt = {60, 100};

/// What is left when this little has come meanwhile, or after so many rounds, is copied and synced at once.
constexpr int kRestPages = 1'000;
constexpr int kRoundsMax = 3;

/// So many times pages_max, and the log is too long. In slices it is twice that when a checkpoint begins, and what comes until it ends.
constexpr int kLogTooLong = 3;

}  // namespace

Checkpointer::ReadMark::ReadMark(const ConnectionOptions& connection) : reader(open_reader(connection)) {}

Checkpointer::Checkpointer(SQLite::Database& database, const ConnectionOptions& connection, Bounds bounds, const Clock& clock)
    : database_(database),
      bounds_(bounds),
      busy_budget_ms_(connection.busy_budget_ms),
      clock_(clock),
      read_marks_{ReadMark(connection), ReadMark(connection)},
      pages_due_(std::clamp(kFirstPagesDue, bounds.idle_pages_min, bounds.pages_max)) {
  sqlite3_wal_hook(database_.getHandle(), &Checkpointer::on_commit, this);
}

Checkpointer::~Checkpointer() {
  sqlite3_wal_hook(database_.getHandle(), nullptr, nullptr);
}

int Checkpointer::on_commit(void* self, sqlite3* /*handle*/, const char* /*schema*/, int pages) noexcept {
  auto* checkpointer = static_cast<Checkpointer*>(self);
  if (pages < checkpointer->pages_at_last_) checkpointer->pages_at_last_ = 0;
  checkpointer->pages_ = pages;
  return SQLITE_OK;
}

int Checkpointer::pages_to_next_step() const noexcept {
  return in_slices_ ? static_cast<int>((std::int64_t{pages_due_} * kPlacesAt[taken_] + 99) / 100) : pages_due_;
}

bool Checkpointer::is_due(Load load) const noexcept {
  switch (phase_) {
    case Phase::waiting: return fresh_pages() >= (load == Load::idle ? bounds_.idle_pages_min : pages_to_next_step());
    case Phase::holding: return pages_ > read_marks_[taken_ - 1].pages || load == Load::idle;
    case Phase::syncing: return sync_.wait_for(std::chrono::seconds(0)) != std::future_status::timeout;
  }
  return false;
}

int Checkpointer::run() noexcept {
  switch (phase_) {
    case Phase::waiting:
      if (!in_slices_) return copy_to_end();
      if (fresh_pages() >= pages_to_next_step()) return take_read_mark();
      return taken_ > 0 ? copy_slice() : copy_to_end();  // Nothing has come for a while.
    case Phase::holding: return copy_slice();
    case Phase::syncing:
      if (const int code = sync_.get(); code != SQLITE_OK) return end(code);
      if (copied_ < taken_) return copy_slice();
      if (pages_ < read_marks_[taken_ - 1].pages) return end(SQLITE_OK);  // The log has started over: all of it was copied.
      if (pages_ - read_marks_[taken_ - 1].pages <= kRestPages || rounds_ == kRoundsMax) return copy_to_end();
      ++rounds_;
      taken_ = copied_ = read_marks_.size() - 1;
      return take_read_mark();
  }
  return SQLITE_MISUSE;
}

int Checkpointer::copy() noexcept {
  const std::chrono::milliseconds begun = clock_.elapsed();
  const int code = sqlite3_wal_checkpoint_v2(database_.getHandle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  longest_ms_ = std::max<std::int64_t>(longest_ms_, (clock_.elapsed() - begun).count());
  return code;
}

int Checkpointer::let_readers_end() noexcept {
  const std::int64_t times_too_long = pages_ / (std::int64_t{bounds_.pages_max} * kLogTooLong);
  if (times_too_long == 0) return SQLITE_OK;
  sqlite3_busy_timeout(database_.getHandle(), static_cast<int>(std::min<std::int64_t>(times_too_long * bounds_.stall_ms_max, busy_budget_ms_)));
  const int code = sqlite3_wal_checkpoint_v2(database_.getHandle(), nullptr, SQLITE_CHECKPOINT_RESTART, nullptr, nullptr);
  sqlite3_busy_timeout(database_.getHandle(), busy_budget_ms_);
  return code;
}

int Checkpointer::take_read_mark() noexcept {
  ReadMark& mark = read_marks_[taken_];
  try {
    mark.held.emplace(mark.reader);
    mark.reader.exec("PRAGMA schema_version");  // Anything that reads: before that BEGIN holds nothing.
  } catch (const std::exception&) {
    // Without a mark commits wait longer, and nothing else. What is wrong, if it matters, the checkpoint will tell.
    return copy_to_end();
  }
  mark.pages = pages_;
  ++taken_;
  phase_ = taken_ == read_marks_.size() ? Phase::holding : Phase::waiting;
  return SQLITE_OK;
}

int Checkpointer::copy_slice() noexcept {
  const int code = copy();
  read_marks_[copied_].held.reset();
  if (code != SQLITE_OK) return end(code);
  // Through SQLite's own file: closing one of ours would drop the locks that SQLite holds on it. Of that file xSync only reads the descriptor.
  sqlite3_file* file = nullptr;
  sqlite3_file_control(database_.getHandle(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
  const auto sync = [file] { return file->pMethods->xSync(file, SQLITE_SYNC_NORMAL); };
  try {
    sync_ = std::async(bounds_.sync, sync);
  } catch (const std::exception&) {
    sync_ = std::async(std::launch::deferred, sync);  // No thread is to be had: the next step is longer.
  }
  ++copied_;
  phase_ = Phase::syncing;
  return SQLITE_OK;
}

int Checkpointer::copy_to_end() noexcept {
  release_read_marks();
  const int code = copy();
  if (longest_ms_ >= bounds_.stall_ms_max) in_slices_ = true;
  // As many as this speed allows; growing slowly, since a few pages say little about many.
  const std::int64_t allowed = std::min<std::int64_t>(std::int64_t{fresh_pages()} * bounds_.stall_ms_max / std::max<std::int64_t>(1, longest_ms_),
                                                      std::int64_t{2} * pages_due_);
  pages_due_ = static_cast<int>(std::clamp<std::int64_t>(allowed, bounds_.idle_pages_min, std::int64_t{bounds_.pages_max} * (in_slices_ ? 2 : 1)));
  return end(code == SQLITE_OK ? let_readers_end() : code);
}

int Checkpointer::end(int code) noexcept {
  // Counted from here even when a reader held some pages back: trying again after every commit would only sync the file again and again.
  pages_at_last_ = pages_;
  release_read_marks();
  rounds_ = 0;
  longest_ms_ = 0;
  phase_ = Phase::waiting;
  return code;
}

void Checkpointer::release_read_marks() noexcept {
  for (ReadMark& mark : read_marks_) mark.held.reset();
  taken_ = 0;
  copied_ = 0;
}

int Checkpointer::finish() noexcept {
  // A sync that failed must not be forgotten: the next one would succeed, with nothing on disk.
  if (sync_.valid()) {
    if (const int code = sync_.get(); code != SQLITE_OK) return code;
  }
  release_read_marks();
  return checkpoint_truncating(database_);
}

int checkpoint_truncating(SQLite::Database& database) noexcept {
  return sqlite3_wal_checkpoint_v2(database.getHandle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
}

void empty_log(SQLite::Database& database) {
  const int code = checkpoint_truncating(database);
  if (code != SQLITE_OK && classify(code) != Fault::busy) throw SQLite::Exception(database.getHandle(), code);
}

}  // namespace ledger::storage
