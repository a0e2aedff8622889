// Decides when the write-ahead log goes back into the database file, and does it on the writer's own connection.
#include "storage/checkpointer.h"

#include "storage/sqlite_error.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstdint>

namespace ledger::storage {
namespace {

/// What the first checkpoint waits for, before the speed of the disk is known.
constexpr int kFirstPagesDue = 4'000;

}  // namespace

Checkpointer::Checkpointer(SQLite::Database& database, Bounds bounds, const Clock& clock)
    : database_(database), bounds_(bounds), clock_(clock), pages_due_(std::clamp(kFirstPagesDue, bounds.idle_pages_min, bounds.pages_max)) {
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

bool Checkpointer::is_due(Load load) const noexcept {
  const int fresh = pages_ - pages_at_last_;
  switch (load) {
    case Load::idle: return fresh >= bounds_.idle_pages_min;
    case Load::busy: return fresh >= pages_due_;
  }
  return false;
}

int Checkpointer::run() noexcept {
  // Counted from here even when a reader held some pages back: trying again after every commit would only sync the file again and again.
  const std::int64_t fresh = pages_ - pages_at_last_;
  pages_at_last_ = pages_;
  const Timestamp begun = clock_.now();
  const int code = sqlite3_wal_checkpoint_v2(database_.getHandle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  const std::int64_t took_ms = std::max<std::int64_t>(1, (clock_.now() - begun).count());
  // As many as this speed allows; growing slowly, since a few pages say little about many.
  const std::int64_t allowed = std::min<std::int64_t>(fresh * bounds_.stall_ms_max / took_ms, std::int64_t{2} * pages_due_);
  pages_due_ = static_cast<int>(std::clamp<std::int64_t>(allowed, bounds_.idle_pages_min, bounds_.pages_max));
  return code;
}

int checkpoint_truncating(SQLite::Database& database) noexcept {
  return sqlite3_wal_checkpoint_v2(database.getHandle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
}

void empty_log(SQLite::Database& database) {
  const int code = checkpoint_truncating(database);
  if (code != SQLITE_OK && classify(code) != Fault::busy) throw SQLite::Exception(database.getHandle(), code);
}

}  // namespace ledger::storage
