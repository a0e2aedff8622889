// Decides when the write-ahead log goes back into the database file, and does it on the writer's own connection.
#pragma once

#include "domain/clock.h"
#include "storage/sqlite/connection.h"

#include <SQLiteCpp/Database.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <future>
#include <optional>

namespace ledger::storage {

/// Every checkpoint of a ledger goes through here, on the connection that also makes every commit, so that the two never overlap: under SQLite 3.40 a
/// checkpoint on one connection while another commits can corrupt the database. Not thread-safe, like its connection, which must outlive it.
///
/// A checkpoint copies pages from the log into the file and then syncs the file, and where that takes long, most of it is the sync. Commits need not
/// wait for that: SQLite copies no further than the oldest read mark, where somebody reads the log from, and syncs only when it comes to the log's
/// end. So readers of our own hold read marks while the log grows; a slice is copied up to the oldest of them, and a thread of its own syncs the file
/// while the writer commits. What has come meanwhile is another slice, a small one, until there is little left to copy and to sync at once. A page
/// that was changed again behind a mark is copied once, with the last slice that has it: so the longer the log, the less is written for an event.
class Checkpointer {
 public:
  struct Bounds {
    int pages_max = 32'000;      ///< Checkpoint past this many new pages (4 KiB each), whatever waits; twice as many in slices. 1 to 1,000,000.
    int idle_pages_min = 1'000;  ///< … past this many when nothing has come for a while. 1 to pages_max.
    /// How long appends may wait for a checkpoint at a time, in milliseconds. Where a whole one takes as long, the next ones come in slices; where a
    /// slice takes longer, after fewer pages, but not under idle_pages_min. 0 and up; 0 is always in slices.
    int stall_ms_max = 60;
    /// What syncs a slice: a thread; or, deferred, the next step, where a test decides what happens when.
    std::launch sync = std::launch::async;
  };

  /// `connection` is how `database` was opened. `clock` outlives it. Throws as open_reader().
  Checkpointer(SQLite::Database& database, const ConnectionOptions& connection, Bounds bounds, const Clock& clock);
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;
  ~Checkpointer();

  enum class Load { idle, busy };
  /// Whether there is something to do for run().
  [[nodiscard]] bool is_due(Load load) const noexcept;

  /// Whether a checkpoint was begun and is not at its end.
  [[nodiscard]] bool is_under_way() const noexcept { return phase_ != Phase::waiting; }

  /// The next step. It waits for nobody, and what others still read stays for the next time; unless questions that overlap have kept the log from
  /// starting over until it was three times as long as pages_max: then the writer waits for those that are being answered, stall_ms_max, or longer
  /// the longer the log, up to the busy budget of its connection. Only somebody who reads for longer than that can keep the log growing. Returns
  /// SQLite's result code; SQLITE_BUSY (somebody reads on, or a foreign process is checkpointing) is harmless, anything else but SQLITE_OK means that
  /// the state of the disk is unknown.
  [[nodiscard]] int run() noexcept;

  /// Empties the log at the end of all work, as checkpoint_truncating().
  [[nodiscard]] int finish() noexcept;

 private:
  enum class Phase {
    waiting,  ///< For pages.
    holding,  ///< The last read mark, for a commit that passes it.
    syncing,  ///< What was copied.
  };

  /// Where a slice ends: a read transaction, held from when the log's end was here until the slice is copied.
  struct ReadMark {
    explicit ReadMark(const ConnectionOptions& connection);
    SQLite::Database reader;
    std::optional<ReadTransaction> held;
    int pages = 0;  ///< In the log when it was taken.
  };

  static int on_commit(void* self, sqlite3* handle, const char* schema, int pages) noexcept;
  [[nodiscard]] int fresh_pages() const noexcept { return pages_ - pages_at_last_; }
  [[nodiscard]] int pages_to_next_step() const noexcept;
  int copy() noexcept;
  int let_readers_end() noexcept;
  void release_read_marks() noexcept;
  int take_read_mark() noexcept;
  int copy_slice() noexcept;
  int copy_to_end() noexcept;
  int end(int code) noexcept;

  SQLite::Database& database_;
  const Bounds bounds_;
  const int busy_budget_ms_;
  const Clock& clock_;
  Phase phase_ = Phase::waiting;
  std::array<ReadMark, 2> read_marks_;
  std::size_t taken_ = 0;        ///< Of the read marks, in this order.
  std::size_t copied_ = 0;       ///< Of those taken.
  std::future<int> sync_;        ///< Valid while syncing. The only report of what the disk said to that.
  int rounds_ = 0;               ///< Of this checkpoint, for what came while others were synced.
  std::int64_t longest_ms_ = 0;  ///< Of its steps.
  bool in_slices_ = false;       ///< Since a whole one took too long. A ledger does not shrink, so it stays.
  int pages_due_;                ///< Between the bounds, by how long the last one took.
  int pages_ = 0;                ///< In the log after the last commit.
  int pages_at_last_ = 0;        ///< In the log when last checkpointed; 0 once the log has started over.
};

/// A TRUNCATE checkpoint, for the end of work on a connection that writes: empties the log file. Same result; SQLITE_BUSY when somebody still reads.
[[nodiscard]] int checkpoint_truncating(SQLite::Database& database) noexcept;

/// The same for a command whose work is on disk by now: left in the log, it would make the next start and every question slower. Somebody who still
/// reads is no reason to fail. Throws SQLite::Exception for all else.
void empty_log(SQLite::Database& database);

}  // namespace ledger::storage
