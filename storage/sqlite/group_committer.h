// Makes one transaction of a batch of tickets, and knows for each ticket what is true afterwards.
//
// The table says for each error of SQLite whether the events are stored, what the deliveries are answered, and what the committer does next.
//
//   where         error                  stored?     answer            then
//   a statement   CONSTRAINT, TOOBIG     one is bad  internal, to it   roll back, try each ticket alone
//                 FULL, IOERR, NOMEM,    no          unavailable       roll back, read the head again, degraded
//                 BUSY, INTERRUPT
//                 READONLY, CORRUPT,     no          unavailable       poisoned: the sender is not at fault and must repeat the delivery
//                 other
//   the state     CONSTRAINT, TOOBIG,    yes         as recorded       roll back, try the group again and mark the subject as
//                 an unreadable row                                    stale (derivation.h)
//   ROLLBACK      any                    no          as the statement  poisoned: the end of the log is not known
//   BEGIN         any                    no          as a statement    as a statement; BUSY comes after the busy timeout of the connection
//   COMMIT        BUSY, FULL             no          unavailable       as a statement
//                 any other              unknown     outcome_unknown   poisoned: a row whose sync failed can be back after a restart
//   checkpoint    BUSY, FULL             yes         -                 go on, try again later
//                 any other              unknown     -                 poisoned
//   before BEGIN  files replaced         no          unavailable       poisoned: nobody will open the written file again
//   after COMMIT  files replaced         unknown     outcome_unknown   poisoned: the events may be in such a file
//
// A write that exceeds a disk quota counts as FULL. A batch is refused before BEGIN when the disk has less room than the low-water mark, and a
// checkpoint is made only when the disk has room for it (disk_room.h). Room and files are checked before BEGIN at most once a millisecond, because a
// check takes half as long as the statements of a delivery.
#pragma once

#include "domain/clock.h"
#include "domain/log.h"
#include "storage/clock_watch.h"
#include "storage/committer.h"
#include "storage/sqlite/buffered_log.h"
#include "storage/sqlite/checkpointer.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/derivation.h"
#include "storage/sqlite/disk_room.h"
#include "storage/sqlite/event_log.h"
#include "storage/sqlite/file_identity.h"
#include "storage/sqlite/quarantine_decisions.h"
#include "storage/sqlite/sqlite_error.h"
#include "sync/mutex.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace ledger::storage {

/// Owns the only read-write connection, its statements and the head of the log. Makes every commit and every checkpoint. It has no thread: see
/// Committer.
class GroupCommitter final : public Committer {
 public:
  struct Options {
    ConnectionOptions connection;
    Checkpointer::Bounds checkpoints;
    /// Batches are refused while the file system has less free space than this after the next checkpoint, in bytes. 0 turns the check off.
    std::uintmax_t disk_free_bytes_min = std::uintmax_t{64} * 1024 * 1024;
    DiskRoom::FreeBytes free_bytes = free_bytes_at;
  };

  /// Opens the database, migrates it and reads the head. `clock` and `log` must outlive the object. Throws as open_writer() and migrate() do.
  GroupCommitter(const Options& options, const Clock& clock, Log& log);

  void commit(std::span<Ticket> batch) noexcept override;
  void maintain() noexcept override;
  [[nodiscard]] std::optional<std::chrono::milliseconds> idle_wait() const noexcept override;

  /// Copies the write-ahead log into the database file and empties it.
  ///
  /// After poisoning it does so only if the database or its log was replaced. Then the disk did everything that it was told, and only the names are
  /// wrong. What was acknowledged is saved in the one file that was opened, and no log is left that the next start would apply to another file.
  /// May be called again: files may be removed one after another, and readers may have left.
  [[nodiscard]] bool finish() noexcept override;
  [[nodiscard]] bool is_poisoned() const noexcept override { return state() == State::poisoned; }
  [[nodiscard]] StoreHealth health() const override;

  enum class State {
    healthy,   ///< The last write succeeded.
    degraded,  ///< The last write failed and left nothing behind. The next one may succeed; maintain() tries once a second.
    poisoned,  ///< See is_poisoned().
  };
  [[nodiscard]] State state() const noexcept { return state_; }
  /// When the last event was recorded.
  [[nodiscard]] Timestamp last_recorded_at() const noexcept { return head_.recorded_at; }
  /// Any thread.
  [[nodiscard]] Sequence last_sequence() const noexcept { return Sequence(last_sequence_.load(std::memory_order_acquire)); }

 private:
  enum class Attempt { settled, has_bad_ticket };
  enum class Step { begin, statement, commit };
  enum class Work {
    append,   ///< Without tickets it writes one page and changes nothing.
    careful,  ///< The same after a StateFault.
    repair,   ///< Without tickets.
  };
  /// One transaction, or two if the state of a subject cannot be derived.
  Attempt try_transaction(std::span<Ticket> batch, Work work = Work::append) noexcept;
  Attempt try_again_after(const StateFault& fault, std::span<Ticket> batch, Work work) noexcept;
  Attempt failed(std::span<Ticket> batch, const SqliteFailure& failure, Step step) noexcept;
  void set_outcome(AppendTicket& ticket);
  void set_outcome(QuarantineTicket& ticket) { ticket.outcome = event_log_.quarantine(ticket.request, clock_.now(), head_); }
  void set_outcome(DismissalTicket& ticket) { ticket.outcome = decisions_.dismiss(ticket.request, clock_.now()); }
  Result<Appended> admit(const NewEvent& event);
  /// What record() would return. Writes nothing.
  Appended foresee(const NewEvent& event);
  Appended record(const NewEvent& event);
  bool roll_back();
  void probe() noexcept;
  void checkpoint() noexcept;
  void checkpoint_failed(int code) noexcept;
  bool files_are_in_place(const char* where);
  void recovered();
  void degrade(const SqliteFailure& failure, const char* where);
  void poison(const SqliteFailure& failure, const char* where);
  /// False if that is the state already, for the same reason.
  bool set_state(State state, std::string obstacle);
  void report(std::string_view event, const SqliteFailure& failure, std::string_view where);

  const Options options_;
  const Clock& clock_;
  Log& log_;
  const BufferedLog buffered_log_;
  SQLite::Database database_;
  SQLite::Statement begin_;
  SQLite::Statement commit_;
  EventLog event_log_;
  QuarantineDecisions decisions_;
  Derivation derivation_;
  Checkpointer checkpointer_;
  DiskRoom disk_room_;
  LogHead head_;
  ClockWatch clock_watch_;
  /// When commit() last checked room and files, by the clock's elapsed().
  std::optional<std::chrono::milliseconds> checked_at_;
  std::chrono::milliseconds probe_at_{0};  ///< While degraded: when maintain() probes, by the clock's elapsed().
  const DatabaseFiles files_;              // After the head was read: by then SQLite has made all of them.
  enum class AtEnd {
    checkpoint,
    save,  ///< A checkpoint, if only that saves the events in the log.
    nothing,
  };
  AtEnd at_end_ = AtEnd::checkpoint;
  bool waits_for_reader_ = false;
  bool long_log_is_reported_ = false;
  State state_ = State::healthy;
  mutable Mutex mutex_;
  std::string obstacle_ LEDGER_GUARDED_BY(mutex_);  ///< Why nothing can be recorded; empty while healthy.
  std::atomic<std::int64_t> last_sequence_ = 0;
};

}  // namespace ledger::storage
