// Decides when the write-ahead log goes back into the database file, and does it on the writer's own connection.
#include "storage/checkpointer.h"

#include <sqlite3.h>

namespace ledger::storage {

Checkpointer::Checkpointer(SQLite::Database& database, Bounds bounds) : database_(database), bounds_(bounds) {
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
    case Load::busy: return fresh >= bounds_.pages_max;
  }
  return false;
}

int Checkpointer::run() noexcept {
  // Counted from here even when a reader held some pages back: trying again after every commit would only sync the file again and again.
  pages_at_last_ = pages_;
  return sqlite3_wal_checkpoint_v2(database_.getHandle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
}

int Checkpointer::run_truncating() noexcept {
  pages_ = pages_at_last_ = 0;
  return sqlite3_wal_checkpoint_v2(database_.getHandle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
}

}  // namespace ledger::storage
