// The ledger in one SQLite file: the EventStore that the service runs on.
#pragma once

#include "domain/clock.h"
#include "domain/event_store.h"
#include "domain/log.h"
#include "storage/sqlite/process_lock.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace ledger::storage {

/// Of the SQLite that is linked, e.g. "3.40.1". Static storage.
[[nodiscard]] std::string_view sqlite_version() noexcept;

struct SqliteOptions {
  /// The file. It is created when missing, its directory is not. SQLite adds "-wal" and "-shm" beside it. Not on a network file system.
  std::string database;
  /// Name of a registered sqlite3_vfs, for fault injection; empty for the system's.
  std::string vfs;
  /// Deliveries that wait for the disk, at most; more are refused with "queue-full", as are bodies beyond AppendQueue::Bounds. Default 8192, 1 and
  /// up.
  std::size_t queue_items_max = 8192;
  /// Threads that answer questions, a read-only connection each. Default 2, 1 and up.
  std::size_t readers = 2;
  /// Questions that wait for a reader, at most. Default 1024.
  std::size_t read_queue_max = 1024;
  /// How long one question may wait for a reader, and how long a reader may take for it, in milliseconds. Default 5000.
  int read_deadline_ms = 5000;
  /// How long a short reader may take for a question, or wait for a lock, in milliseconds. Its caller blocks for that time, and then asks the store.
  /// Default 100.
  int short_read_deadline_ms = 100;
  /// The write-ahead log is copied into the file after this many new pages of 4 KiB, or fewer when that takes long: see Checkpointer::Bounds.
  /// Default 32000 (131 MB), 1 to 1,000,000.
  int checkpoint_pages_max = 32'000;
  /// Events are refused with "disk-full" while the file system has less room, in bytes. Default 64 MiB, 0 turns it off.
  std::uintmax_t disk_free_bytes_min = std::uintmax_t{64} * 1024 * 1024;
  /// Opens the database although the clock is more than a day behind the last event. Default false.
  bool accept_clock = false;
};

/// One process per database, one thread that writes, a few that read. A short reader is a connection of its own. Appends that wait together are
/// committed together.
class SqliteEventStore final : public EventStore {
 public:
  /// Opens the database, which `lock` is for, migrates it, starts the threads. `clock` and `log` outlive the store. `on_poisoned` is called once, on
  /// the writer's thread, when only a restart can help, for one of the reasons in group_committer.h: end the process with a failure. Errors: those of
  /// opening_error(), invalid_request ("clock-behind").
  [[nodiscard]] static Result<std::unique_ptr<SqliteEventStore>> open(const SqliteOptions& options, ProcessLock lock, const Clock& clock, Log& log,
                                                                      std::function<void()> on_poisoned);
  /// Locks the database, too. Errors: also those of ProcessLock::acquire().
  [[nodiscard]] static Result<std::unique_ptr<SqliteEventStore>> open(const SqliteOptions& options, const Clock& clock, Log& log,
                                                                      std::function<void()> on_poisoned);
  /// As close().
  ~SqliteEventStore() override;

  void append(NewEvent event, Callback<Appended> done) override;
  void quarantine(NewQuarantine delivery, Callback<QuarantineId> done) override;
  void dismiss(QuarantineId id, Callback<QuarantineId> done) override;
  void list_associations(AssociationQuery query, Callback<AssociationPage> done) override;
  void find_association(AssociationKey key, Callback<Association> done) override;
  void list_relations(RelationQuery query, Callback<RelationPage> done) override;
  void list_deletions(DeletionQuery query, Callback<DeletionPage> done) override;
  void list_history(HistoryQuery query, Callback<EventPage> done) override;
  void list_events(EventQuery query, Callback<EventPage> done) override;
  void find_event(Sequence sequence, Callback<RecordedEvent> done) override;
  void list_locations(LocationQuery query, Callback<LocationPage> done) override;
  void list_quarantine(QuarantineQuery query, Callback<QuarantinePage> done) override;
  void find_quarantined(QuarantineId id, Callback<QuarantinedDelivery> done) override;
  [[nodiscard]] Result<std::unique_ptr<ShortReader>> open_short_reader() override;
  [[nodiscard]] const std::string& log_identity() const noexcept override;
  [[nodiscard]] StoreHealth health() override;
  void close() noexcept override;

 private:
  struct Impl;
  explicit SqliteEventStore(std::unique_ptr<Impl> impl);

  /// Has `ask` (Reader&, const Question&) -> Result<T> answered by the next free reader.
  template <class T, class Question, class Ask>
  void read(Question question, Callback<T> done, Ask ask);

  std::unique_ptr<Impl> impl_;
};

}  // namespace ledger::storage
