// The heart: makes one transaction of a group of tickets, and knows for each what is true afterwards.
//
// What SQLite says, what is then true, and what follows:
//
//   where         SQLite                 true        answered          then
//   a statement   CONSTRAINT, TOOBIG     one is bad  internal, to it   roll back, the others one by one, go on
//                 FULL, IOERR, NOMEM, …  not stored  unavailable       roll back, re-read the head, degraded
//                 CORRUPT, other         not stored  unavailable       poisoned: the fault is not the sender's, who must ask again
//   rolling back  any error              not stored  as the statement  poisoned: where the log ends is not known
//   BEGIN         BUSY                   not stored  unavailable       go on (after the budget of the connection)
//                 any other error        not stored  as a statement    as a statement
//   COMMIT        BUSY                   not stored  unavailable       roll back, go on (after the budget)
//                 any other error        unknown     outcome_unknown   poisoned: a failed sync's row can be back after a restart
//   checkpoint    any but BUSY           unknown     -                 poisoned
//   before BEGIN  files replaced         not stored  unavailable       poisoned: it would go into a file that nobody will open again
//   after COMMIT  files replaced         unknown     outcome_unknown   poisoned: it may have gone into such a file
//
// "…": BUSY and INTERRUPT as well. Room and files are looked at before BEGIN once in a millisecond.
//
// SQLite reports a full disk at COMMIT or during a checkpoint, and both end the process. Therefore a group is refused before it begins when the disk
// has less room than the low-water mark, and a checkpoint is made only when the disk has room for it. What the next checkpoint adds to the database
// file counts as used already, so there is always room for one, and the room of the log returns as soon as no reader needs it.
#pragma once

#include "domain/clock.h"
#include "domain/log.h"
#include "storage/committer.h"
#include "storage/sqlite/buffered_log.h"
#include "storage/sqlite/checkpointer.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/event_log.h"
#include "storage/sqlite/file_identity.h"
#include "storage/sqlite/process_lock.h"
#include "storage/sqlite/projection.h"
#include "storage/sqlite/sqlite_error.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace ledger::storage {

/// As statvfs(2) says, for whoever is not root.
[[nodiscard]] std::optional<std::uintmax_t> free_bytes_at(const std::string& path) noexcept;

/// Owns the only read-write connection, its statements and the head of the log; makes every commit and every checkpoint. No thread of its own:
/// whoever calls is the writer, always the same one; what may be asked from any thread says so.
class GroupCommitter final : public Committer {
 public:
  struct Options {
    ConnectionOptions connection;
    Checkpointer::Bounds checkpoints;
    /// Groups are refused while the file system has less room than this behind the next checkpoint, in bytes. 0 turns the check off.
    std::uintmax_t disk_free_bytes_min = std::uintmax_t{64} * 1024 * 1024;
    /// What the file system of a path has room for, in bytes; nullopt where it does not say. Any thread.
    std::optional<std::uintmax_t> (*free_bytes)(const std::string& path) noexcept = free_bytes_at;
  };

  /// Opens the database, migrates it, reads the head. `clock` and `log` outlive it. Throws as open_writer() and migrate() do.
  GroupCommitter(const Options& options, const Clock& clock, Log& log);

  void commit(std::span<Ticket> batch) noexcept override;
  void maintain() noexcept override;
  [[nodiscard]] std::optional<std::chrono::milliseconds> idle_wait() const noexcept override;
  void probe() noexcept override;

  /// Copies the write-ahead log into the database file and empties it.
  ///
  /// After poisoning it does so only if the database or its log was replaced. Then the disk did everything that it was told, and only the names are
  /// wrong. What was acknowledged is saved in the one file that was opened, and no log is left that the next start would apply to another file.
  /// May be called again: files may be removed one after another, and readers may have left.
  void finish() noexcept override;
  [[nodiscard]] bool must_finish_again() const noexcept override { return must_finish_again_; }

  [[nodiscard]] State state() const noexcept override { return state_.load(std::memory_order_acquire); }
  [[nodiscard]] bool disk_has_room() const noexcept override { return disk_has_room_for(options_.disk_free_bytes_min); }
  [[nodiscard]] Sequence last_sequence() const noexcept override { return Sequence(last_sequence_.load(std::memory_order_acquire)); }

 private:
  enum class Attempt { settled, has_bad_ticket };
  Attempt attempt(std::span<Ticket> batch) noexcept;
  bool begin(std::span<Ticket> batch);
  /// noexcept: what is thrown behind a COMMIT must not be taken for a statement that failed, of which nothing is stored.
  void commit_transaction(std::span<Ticket> batch) noexcept;
  Attempt statement_failed(std::span<Ticket> group, const SqliteFailure& failure);
  void process(AppendTicket& ticket);
  void process(QuarantineTicket& ticket);
  Appended append(const NewEvent& event);
  bool roll_back();
  void checkpoint() noexcept;
  [[nodiscard]] bool disk_has_room_for(std::uintmax_t bytes) const noexcept;
  void measure_growth() noexcept;
  bool files_are_in_place(const char* where);
  bool only_a_checkpoint_saves_the_log();
  void recovered();
  void set_state(State state, const SqliteFailure& failure, const char* where);
  void poison(const SqliteFailure& failure, const char* where);

  const Options options_;
  const Clock& clock_;
  Log& log_;
  const BufferedLog buffered_log_;
  SQLite::Database database_;
  SQLite::Statement begin_;
  SQLite::Statement commit_;
  EventLog event_log_;
  Projection projection_;
  Checkpointer checkpointer_;
  SQLite::Statement page_count_;
  const std::int64_t page_bytes_;
  LogHead head_;
  /// By how much a checkpoint lengthens the database file, in bytes, when that was last measured.
  std::atomic<std::uintmax_t> growth_bytes_ = 0;
  /// When commit() last looked at room and files before it began: once in a millisecond, since it takes half as long as the statements of a delivery.
  std::optional<std::chrono::milliseconds> looked_at_;
  std::chrono::milliseconds probe_at_{0};  ///< While degraded: when maintain() probes, by the clock's elapsed().
  const DatabaseFiles files_;              // After the head was read: by then SQLite has made all of them.
  enum class AtEnd {
    checkpoint,
    checkpoint_to_save,  ///< If that is the only way to what is in the log.
    leave_all,
  };
  AtEnd at_end_ = AtEnd::checkpoint;
  bool must_finish_again_ = false;
  std::optional<ProcessLock> lock_;  ///< In place of one that was deleted.
  std::atomic<State> state_ = State::healthy;
  std::atomic<std::int64_t> last_sequence_ = 0;
};

}  // namespace ledger::storage
