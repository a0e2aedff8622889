// Decides when the write-ahead log goes back into the database file, and does it on the writer's own connection.
#pragma once

#include "domain/clock.h"

#include <SQLiteCpp/Database.h>

namespace ledger::storage {

/// Every checkpoint of a ledger goes through here, on the connection that also makes every commit, so that the two never overlap: under SQLite 3.40 a
/// checkpoint on one connection while another commits can corrupt the database. Not thread-safe, like its connection, which must outlive it.
class Checkpointer {
 public:
  struct Bounds {
    int pages_max = 32'000;      ///< Checkpoint past this many new pages (4 KiB each), whatever waits. 1 and up.
    int idle_pages_min = 1'000;  ///< … past this many when nothing has come for a while. 1 to pages_max.
    /// How long appends may wait for a checkpoint, in milliseconds. Where the disk, or pages all over a large database, make it longer, the next one
    /// comes after fewer pages, but not under idle_pages_min. 1 and up.
    int stall_ms_max = 150;
  };

  /// `clock` outlives it.
  Checkpointer(SQLite::Database& database, Bounds bounds, const Clock& clock);
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;
  ~Checkpointer();

  enum class Load { idle, busy };
  [[nodiscard]] bool is_due(Load load) const noexcept;

  /// A PASSIVE checkpoint: waits for nobody; what readers still hold stays for the next time. Returns SQLite's result code; SQLITE_BUSY (a foreign
  /// process is checkpointing) is harmless, anything else but SQLITE_OK means that the state of the disk is unknown.
  [[nodiscard]] int run() noexcept;

 private:
  static int on_commit(void* self, sqlite3* handle, const char* schema, int pages) noexcept;

  SQLite::Database& database_;
  const Bounds bounds_;
  const Clock& clock_;
  int pages_due_;          ///< Between the bounds, by how long the last one took.
  int pages_ = 0;          ///< In the log after the last commit.
  int pages_at_last_ = 0;  ///< In the log when last checkpointed; 0 once the log has started over.
};

/// A TRUNCATE checkpoint, for the end of work on a connection that writes: empties the log file. Same result; SQLITE_BUSY when somebody still reads.
[[nodiscard]] int checkpoint_truncating(SQLite::Database& database) noexcept;

/// The same for a command whose work is on disk by now: left in the log, it would make the next start and every question slower. Somebody who still
/// reads is no reason to fail. Throws SQLite::Exception for all else.
void empty_log(SQLite::Database& database);

}  // namespace ledger::storage
