// Decides when the write-ahead log is copied into the database file, and copies it on the writer's own connection.
#pragma once

#include "domain/clock.h"

#include <SQLiteCpp/Database.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

namespace ledger::storage {

/// Makes every checkpoint of a ledger.
///
/// All checkpoints use the connection that also makes every commit, so a checkpoint never runs beside a commit. With SQLite before 3.51.3, a
/// checkpoint on one connection during a commit on another can corrupt the database (the WAL-reset bug).
///
/// There are two kinds of checkpoints:
///   - Under load: after a number of new pages the whole log is copied and the file is synced. Appends wait meanwhile, so the number of pages follows
///     from the speed of the last checkpoint. The log file keeps its length, and the next commit writes it from its start again.
///   - When idle: some time after the last commit the rest is copied and the log file is truncated to 0 bytes. An empty log needs no more attempts.
///
/// A reader keeps in the log what came after the state that it reads. The checkpointer does not wait for the reader: it copies what it can, believes
/// what SQLite reports as copied, and doubles the pause before the next attempt while nothing can be done.
///
/// Not thread-safe, like its connection.
class Checkpointer {
 public:
  struct Bounds {
    /// Under load, a checkpoint is made after this many new pages (4 KiB each), or after fewer when that takes longer than `stall_ms_max`.
    /// 1 to 1,000,000.
    int pages_max = 32'000;
    /// However slow the disk is, no checkpoint under load is made after fewer new pages than this. 1 to pages_max.
    int pages_min = 1'000;
    /// How long appends may wait for one checkpoint, in milliseconds. A goal, not a limit: the last checkpoint decides the size of the next one.
    /// 1 and up.
    int stall_ms_max = 80;
  };

  /// How long after the last commit the log is truncated.
  static constexpr std::chrono::milliseconds kIdleAfter{1000};
  /// The pause after an attempt that could do nothing. It doubles with each further one, up to the second value.
  static constexpr std::chrono::milliseconds kPauseFirst{100};
  static constexpr std::chrono::milliseconds kPauseMax{3200};

  /// `database` is the connection of the writer; it waits up to `busy_budget_ms` for locks. It and `clock` must outlive the checkpointer.
  Checkpointer(SQLite::Database& database, int busy_budget_ms, Bounds bounds, const Clock& clock);
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;
  ~Checkpointer();

  /// How long until run() has something to do, if nothing is committed before: 0 when it has now, nullopt when the log is empty.
  [[nodiscard]] std::optional<std::chrono::milliseconds> due_in() const noexcept;
  [[nodiscard]] bool is_due() const noexcept { return due_in() == std::chrono::milliseconds(0); }

  /// The length of the log file, since this object was made. Any thread.
  [[nodiscard]] std::uintmax_t log_bytes() const noexcept { return std::uintmax_t{4096 + 24} * static_cast<unsigned>(file_pages_.load()); }
  /// For how long a reader has kept pages from being copied; nullopt when none does. Any thread.
  [[nodiscard]] std::optional<std::chrono::milliseconds> log_held_for() const noexcept;

  /// Makes one attempt. It waits for no reader, with one exception: once the log file is kLogTooLong times as long as `pages_max`, an attempt under
  /// load truncates it, and waits up to kReadersWaitMs for the questions that are being answered. Without that wait, questions that overlap would
  /// keep the log growing for ever. Returns SQLite's result code. SQLITE_BUSY is harmless: a reader or a foreign process is in the way. After any
  /// other code but SQLITE_OK, the content of the disk is unknown.
  [[nodiscard]] int run() noexcept;

  /// Called in place of run() when the disk has no room for a checkpoint: pauses as after an attempt that could do nothing.
  void postpone() noexcept;

 private:
  static constexpr int kLogTooLong = 2;
  static constexpr int kReadersWaitMs = 20;
  static constexpr std::chrono::milliseconds kNotHeld{-1};

  static int on_commit(void* self, sqlite3* handle, const char* schema, int pages) noexcept;
  [[nodiscard]] int new_pages() const noexcept { return pages_ - pages_copied_; }
  [[nodiscard]] bool is_under_load() const noexcept { return new_pages() >= pages_due_; }
  int truncate(int wait_ms) noexcept;
  void believe(int pages_copied) noexcept;
  void note_whether_held(bool is_held) noexcept;
  void resize(int pages, std::chrono::milliseconds duration) noexcept;

  SQLite::Database& database_;
  const int busy_budget_ms_;
  const Bounds bounds_;
  const Clock& clock_;
  int pages_due_;                    ///< New pages for a checkpoint under load: between the bounds, by the speed of the last one.
  int pages_ = 0;                    ///< In the log after the last commit.
  int pages_copied_ = 0;             ///< Of those, how many SQLite reported as copied.
  std::atomic<int> file_pages_ = 0;  ///< How long the log file has become since it was truncated.
  bool log_is_empty_ = false;        ///< The file has 0 bytes.
  // Moments by the clock's elapsed():
  std::chrono::milliseconds idle_at_;        ///< When the log is to be truncated.
  std::chrono::milliseconds not_before_{0};  ///< The end of the pause.
  std::atomic<std::chrono::milliseconds> held_since_ = kNotHeld;
  std::chrono::milliseconds pause_ = kPauseFirst;
};

/// A TRUNCATE checkpoint, for the end of work on a connection that writes: empties the log file. Same result as run(); SQLITE_BUSY when somebody
/// still reads after the connection's busy timeout.
[[nodiscard]] int checkpoint_truncating(SQLite::Database& database) noexcept;

/// The same for a command whose work is on disk already: a long log would make the next start and every question slower. A reader in the way is no
/// error. Throws SQLite::Exception for all else.
void empty_log(SQLite::Database& database);

}  // namespace ledger::storage
