// A read-only connection, and the small questions that every reader asks of it.
#include "storage/sqlite/read_connection.h"

#include "storage/sqlite/migrations.h"
#include "storage/sqlite/sqlite_error.h"

#include <sqlite3.h>

#include <cstdint>
#include <string_view>
#include <variant>

namespace ledger::storage {
namespace {

/// How many steps of SQLite's virtual machine pass between two looks at the clock: some tens of microseconds.
constexpr int kStepsPerProgress = 1000;

Error as_of_before_log() {
  return {Errc::invalid_request, "as-of-before-log", "The log begins after that; what was before it is not known."};
}

SQLite::Database open_current(const ConnectionOptions& options) {
  SQLite::Database database = open_reader(options);
  require_current_schema(database, embedded_migrations());
  return database;
}

}  // namespace

Error not_found(SubjectKind kind) {
  if (kind == SubjectKind::relation) return {Errc::not_found, "relation-not-found", "The ledger knows no such relation."};
  return {Errc::not_found, "association-not-found", "The ledger has never seen this association."};
}

Error as_of_in_future() {
  return {Errc::invalid_request, "as-of-in-future", "The log does not reach that far yet."};
}

ReadConnection::ReadConnection(const ConnectionOptions& options, int deadline_ms, Log& log)
    : log_(log),
      budget_(deadline_ms),
      database_(open_current(options)),
      begin_(database_, "BEGIN"),
      rollback_(database_, "ROLLBACK"),
      head_(database_, "SELECT coalesce(max(sequence), 0) FROM event"),
      recorded_at_(database_, "SELECT recorded_at FROM event WHERE sequence = ?"),
      find_location_(database_,
                     "SELECT l.location_ref, s.last_sequence FROM location l JOIN location_state s ON s.location_ref = l.location_ref"
                     " WHERE l.location_id = ?"),
      find_subject_(database_,
                    "SELECT b.subject_ref, coalesce(iif(b.subject_ref IN stale_subject, NULL, coalesce(a.last_sequence, r.last_sequence)),"
                    " (SELECT max(e.sequence) FROM event e WHERE e.subject_ref = b.subject_ref))"
                    " FROM location l JOIN subject b ON b.location_ref = l.location_ref"
                    " LEFT JOIN association_state a ON a.subject_ref = b.subject_ref LEFT JOIN relation_state r ON r.subject_ref = b.subject_ref"
                    " WHERE l.location_id = ? AND b.kind = ? AND b.subject_id = ?"),
      last_subject_(database_, "SELECT coalesce(max(subject_ref), 0) FROM subject"),
      first_of_subject_(database_, "SELECT coalesce(min(sequence), 0) FROM event WHERE subject_ref = ?") {
  sqlite3_progress_handler(database_.getHandle(), kStepsPerProgress, &ReadConnection::on_progress, this);
}

ReadConnection::~ReadConnection() {
  sqlite3_progress_handler(database_.getHandle(), 0, nullptr, nullptr);
}

ReadConnection::Transaction::Transaction(ReadConnection& connection) : connection_(connection) {
  connection_.deadline_ = std::chrono::steady_clock::now() + connection_.budget_;
  Query(connection_.begin_).run();
}

ReadConnection::Transaction::~Transaction() {
  // SQLite may have ended the transaction itself. A reader that rolls back loses nothing.
  if (!in_autocommit(connection_.database_)) static_cast<void>(connection_.rollback_.tryExecuteStep());
  static_cast<void>(connection_.rollback_.tryReset());
}

int ReadConnection::on_progress(void* self) noexcept {
  return std::chrono::steady_clock::now() >= static_cast<ReadConnection*>(self)->deadline_ ? 1 : 0;
}

Error ReadConnection::failed(const std::exception& thrown) {
  const SqliteFailure failure = failure_of(thrown);
  // A question that takes too long is no fault. A short one is then answered by the pool.
  const LogLevel level = failure.fault == Fault::interrupted ? LogLevel::warning : LogLevel::error;
  log_.write(level, "read_failed", {{"fault", name(failure.fault)}, {"code", std::int64_t{failure.code}}, {"error", failure.text}});
  return read_error(failure.fault);
}

Sequence ReadConnection::head() {
  Query row(head_);
  return Sequence(row.next() ? row.integer(0) : 0);
}

Timestamp ReadConnection::recorded_at(Sequence sequence) {
  Query row(recorded_at_);
  row.bind(sequence.value());
  return row.next() ? to_timestamp(row.integer(0)) : Timestamp{};
}

std::optional<ReadConnection::Location> ReadConnection::find_location(const LocationId& id) {
  Query row(find_location_);
  row.bind(id.value());
  if (!row.next()) return std::nullopt;
  return Location{LocationRef(row.integer(0)), Sequence(row.integer(1))};
}

std::optional<ReadConnection::SubjectPlace> ReadConnection::find_subject(SubjectKind kind, const AssociationKey& key) {
  Query row(find_subject_);
  row.bind(key.location.value()).bind(static_cast<std::int64_t>(kind)).bind(key.id.value());
  if (!row.next()) return std::nullopt;
  return SubjectPlace{SubjectRef(row.integer(0)), Sequence(row.integer(1))};
}

Result<Sequence> ReadConnection::resolve(const AsOf& as_of, const std::optional<Location>& location) {
  if (std::holds_alternative<Latest>(as_of)) return location ? location->last_sequence : Sequence(0);

  const Sequence end = head();
  if (const auto* const sequence = std::get_if<Sequence>(&as_of)) {
    if (sequence->value() < 1) return as_of_before_log();
    if (*sequence > end) return as_of_in_future();
    return *sequence;
  }
  // Sequences have no gaps and recorded_at never falls, so a binary search finds the last event by then without an index.
  const Timestamp moment = std::get<Timestamp>(as_of);
  std::int64_t recorded = 0;
  std::int64_t beyond = end.value() + 1;
  while (beyond - recorded > 1) {
    const std::int64_t middle = recorded + (beyond - recorded) / 2;
    (recorded_at(Sequence(middle)) <= moment ? recorded : beyond) = middle;
  }
  if (recorded == 0) return as_of_before_log();
  return Sequence(recorded);
}

SubjectRef ReadConnection::newest_by(Sequence through) {
  std::int64_t known = 0;
  std::int64_t beyond = 1;
  {
    Query last(last_subject_);
    if (last.next()) beyond += last.integer(0);
  }
  while (beyond - known > 1) {
    const std::int64_t middle = known + (beyond - known) / 2;
    Query first(first_of_subject_);
    first.bind(middle);
    (first.next() && first.integer(0) <= through.value() ? known : beyond) = middle;
  }
  return SubjectRef(known);
}

}  // namespace ledger::storage
