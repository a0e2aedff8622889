// The ledger in one SQLite file: the EventStore that the service runs on.
#include "storage/sqlite/sqlite_event_store.h"

#include "storage/reader_pool.h"
#include "storage/sqlite/group_committer.h"
#include "storage/sqlite/migrations.h"
#include "storage/sqlite/reader.h"
#include "storage/sqlite/sqlite_error.h"
#include "storage/sqlite/statement.h"
#include "storage/writer.h"

#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>
#include <vector>

namespace ledger::storage {
namespace {

/// A clock that is further behind the last event is more likely wrong than the log.
constexpr std::chrono::hours kClockTolerance{24};

}  // namespace

// In this order they are made, and in the other one they go: readers before the writer, so that its last checkpoint finds nobody in the way.
struct SqliteEventStore::Impl {
  ConnectionOptions connection;
  Log& log;
  int short_read_deadline_ms;
  std::chrono::milliseconds read_patience;
  std::string log_identity;
  ProcessLock lock;
  Writer writer;
  ReaderPool<Reader> readers;
};

namespace {

std::string lineage_of(SQLite::Database& database) {
  SQLite::Statement select(database, "SELECT lineage FROM ledger");
  Query row(select);
  if (!row.next()) throw std::runtime_error("the table ledger has lost its row, the lineage of this log: restore a backup");
  return row.bytes(0);
}

}  // namespace

std::string_view sqlite_version() noexcept {
  return sqlite3_libversion();
}

SqliteEventStore::SqliteEventStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

SqliteEventStore::~SqliteEventStore() {
  close();
}

Result<std::unique_ptr<SqliteEventStore>> SqliteEventStore::open(const SqliteOptions& options, const Clock& clock, Log& log,
                                                                 std::function<void()> on_poisoned) {
  auto lock = ProcessLock::acquire(options.database);
  if (!lock) return lock.error();
  return open(options, *std::move(lock), clock, log, std::move(on_poisoned));
}

Result<std::unique_ptr<SqliteEventStore>> SqliteEventStore::open(const SqliteOptions& options, ProcessLock lock, const Clock& clock, Log& log,
                                                                 std::function<void()> on_poisoned) {
  try {
    const ConnectionOptions connection{options.database, options.vfs};
    Checkpointer::Bounds checkpoints;
    checkpoints.pages_max = options.checkpoint_pages_max;
    checkpoints.pages_min = std::min(checkpoints.pages_min, checkpoints.pages_max);
    const GroupCommitter::Options committing{connection, checkpoints, options.disk_free_bytes_min};
    auto committer = std::make_unique<GroupCommitter>(committing, clock, log);
    if (clock.now() < committer->last_recorded_at() - kClockTolerance) {
      const std::string behind = options.database + ": the clock is at " + format_rfc3339(clock.now()) + ", and the last event was recorded at " +
                                 format_rfc3339(committer->last_recorded_at());
      if (!options.accept_clock) return Error{Errc::invalid_request, "clock-behind", behind + "; set the clock, or start with --accept-clock"};
      log.write(LogLevel::warning, "clock_accepted", {{"error", std::string_view(behind)}});
    }
    std::vector<std::unique_ptr<Reader>> readers;
    for (std::size_t i = 0; i < options.readers; ++i) readers.push_back(std::make_unique<Reader>(connection, options.read_deadline_ms, log));
    SQLite::Database first_reader = open_reader(connection);
    // The service does not need what auditors rely on. Without the guards, other programs can change the log.
    if (const auto difference = schema_difference(first_reader, embedded_migrations())) {
      log.write(LogLevel::error, "schema_differs", {{"difference", std::string_view(*difference)}});
    }
    std::unique_ptr<Impl> impl(new Impl{connection, log, options.short_read_deadline_ms, std::chrono::milliseconds(options.read_deadline_ms),
                                        lineage_of(first_reader), std::move(lock),
                                        Writer(std::move(committer), {.items_max = options.queue_items_max}, std::move(on_poisoned)),
                                        ReaderPool<Reader>(std::move(readers), options.read_queue_max)});
    impl->writer.start();
    return std::unique_ptr<SqliteEventStore>(new SqliteEventStore(std::move(impl)));
  } catch (const std::exception& thrown) {
    return opening_error(options.database, thrown);
  }
}

void SqliteEventStore::append(NewEvent event, Callback<Appended> done) {
  impl_->writer.submit(AppendTicket{std::move(event), std::move(done)});
}

void SqliteEventStore::quarantine(NewQuarantine delivery, Callback<QuarantineId> done) {
  impl_->writer.submit(QuarantineTicket{std::move(delivery), std::move(done)});
}

void SqliteEventStore::dismiss(QuarantineId id, Callback<QuarantineId> done) {
  impl_->writer.submit(DismissalTicket{id, std::move(done)});
}

template <class T, class Question, class Ask>
void SqliteEventStore::read(Question question, Callback<T> done, Ask ask) {
  static const Error kClosing{Errc::unavailable, "closing", "The ledger is shutting down."};
  static const Error kWaitedTooLong{Errc::unavailable, "read-timeout", "The query waited too long for a reader. Ask again later."};
  const auto asked = std::chrono::steady_clock::now();
  const auto patience = impl_->read_patience;
  using Pool = ReaderPool<Reader>;
  const Pool::Submitted submitted = impl_->readers.submit([question = std::move(question), done, ask, asked, patience](Reader* reader) {
    if (reader == nullptr) return done(kClosing);
    // The client may be gone, and other clients wait.
    if (std::chrono::steady_clock::now() - asked > patience) return done(kWaitedTooLong);
    done((reader->*ask)(question));
  });
  switch (submitted) {
    case Pool::Submitted::queued: return;
    case Pool::Submitted::full: return done(Error{Errc::overloaded, "read-queue-full", "Too many queries are waiting."});
    case Pool::Submitted::closed: return done(kClosing);
  }
}

void SqliteEventStore::list_associations(AssociationQuery query, Callback<AssociationPage> done) {
  read(std::move(query), std::move(done), &Reader::list_associations);
}

void SqliteEventStore::find_association(AssociationKey key, Callback<Association> done) {
  read(std::move(key), std::move(done), &Reader::find_association);
}

void SqliteEventStore::list_relations(RelationQuery query, Callback<RelationPage> done) {
  read(std::move(query), std::move(done), &Reader::list_relations);
}

void SqliteEventStore::list_deletions(DeletionQuery query, Callback<DeletionPage> done) {
  read(std::move(query), std::move(done), &Reader::list_deletions);
}

void SqliteEventStore::list_history(HistoryQuery query, Callback<EventPage> done) {
  read(std::move(query), std::move(done), &Reader::list_history);
}

void SqliteEventStore::list_events(EventQuery query, Callback<EventPage> done) {
  read(query, std::move(done), &Reader::list_events);
}

void SqliteEventStore::find_event(Sequence sequence, Callback<RecordedEvent> done) {
  read(sequence, std::move(done), &Reader::find_event);
}

void SqliteEventStore::list_locations(LocationQuery query, Callback<LocationPage> done) {
  read(std::move(query), std::move(done), &Reader::list_locations);
}

void SqliteEventStore::list_quarantine(QuarantineQuery query, Callback<QuarantinePage> done) {
  read(std::move(query), std::move(done), &Reader::list_quarantine);
}

void SqliteEventStore::find_quarantined(QuarantineId id, Callback<QuarantinedDelivery> done) {
  read(id, std::move(done), &Reader::find_quarantined);
}

Result<std::unique_ptr<ShortReader>> SqliteEventStore::open_short_reader() {
  try {
    ConnectionOptions connection = impl_->connection;
    connection.busy_budget_ms = impl_->short_read_deadline_ms;
    return std::make_unique<Reader>(connection, impl_->short_read_deadline_ms, impl_->log, Effort::little);
  } catch (const std::exception& thrown) {
    return opening_error(impl_->connection.path, thrown);
  }
}

const std::string& SqliteEventStore::log_identity() const noexcept {
  return impl_->log_identity;
}

StoreHealth SqliteEventStore::health() {
  return impl_->writer.health();
}

void SqliteEventStore::close() noexcept {
  impl_->readers.close();
  impl_->writer.close();
}

}  // namespace ledger::storage
