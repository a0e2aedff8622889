// Decides when the write-ahead log goes back into the database file, and does it on the writer's own connection.
#pragma once

#include <SQLiteCpp/Database.h>

namespace ledger::storage {

/// Every checkpoint of a ledger goes through here, on the connection that also makes every commit, so that the two never overlap: under SQLite 3.40 a
/// checkpoint on one connection while another commits can corrupt the database. Not thread-safe, like its connection, which must outlive it.
class Checkpointer {
 public:
  struct Bounds {
    int pages_max = 16'000;      ///< Checkpoint past this many new pages (4 KiB each), whatever waits. 1 and up.
    int idle_pages_min = 1'000;  ///< … past this many when nothing waits. 1 to pages_max.
  };

  Checkpointer(SQLite::Database& database, Bounds bounds);
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;
  ~Checkpointer();

  enum class Load { idle, busy };
  [[nodiscard]] bool is_due(Load load) const noexcept;

  /// A PASSIVE checkpoint: waits for nobody; what readers still hold stays for the next time. Returns SQLite's result code; SQLITE_BUSY (a foreign
  /// process is checkpointing) is harmless, anything else but SQLITE_OK means that the state of the disk is unknown.
  [[nodiscard]] int run() noexcept;

  /// A TRUNCATE checkpoint, for closing: empties the log file. Same result; SQLITE_BUSY when somebody still reads.
  [[nodiscard]] int run_truncating() noexcept;

 private:
  static int on_commit(void* self, sqlite3* handle, const char* schema, int pages) noexcept;

  SQLite::Database& database_;
  const Bounds bounds_;
  int pages_ = 0;          ///< In the log after the last commit.
  int pages_at_last_ = 0;  ///< In the log when last checkpointed; 0 once the log has started over.
};

}  // namespace ledger::storage
