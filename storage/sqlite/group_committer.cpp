// Makes one transaction of a batch of tickets, and knows for each ticket what is true afterwards.
#include "storage/sqlite/group_committer.h"

#include "storage/sqlite/migrations.h"

#include <sqlite3.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace ledger::storage {
namespace {

const Error kDiskFull{Errc::unavailable, "disk-full", "The disk has no room for more events."};
const Error kBusy{Errc::unavailable, "database-busy", "Another process holds the database."};
const Error kFailing{Errc::unavailable, "store-failing", "The database cannot be written now."};
const Error kPoisoned{Errc::unavailable, "store-failed", "The ledger stopped writing after a failure and must be restarted."};
const Error kUnknown{Errc::outcome_unknown, "commit-failed", "The disk failed while the event was being committed."};
const Error kReplaced{Errc::outcome_unknown, "commit-failed", "The database was replaced while the event was being committed."};
const Error kInternal{Errc::internal, "internal", "The event could not be recorded."};

/// How often maintain() probes a degraded store.
constexpr std::chrono::milliseconds kProbeEvery{1000};

/// How often finish() is called while readers keep it from saving the log of a replaced database.
constexpr std::chrono::milliseconds kSaveEvery{100};

ConnectionOptions through(const BufferedLog& log, ConnectionOptions options) {
  options.vfs = log.name();
  return options;
}

SQLite::Database open_and_migrate(const ConnectionOptions& options, const Clock& clock, Log& log) {
  SQLite::Database database = open_writer(options);
  for (const Migration& migration : migrate(database, embedded_migrations(), clock)) {
    log.write(LogLevel::info, "schema_migrated", {{"version", std::int64_t{migration.version}}, {"name", migration.name}});
  }
  trust_to_append(database);
  return database;
}

/// The answer to a batch of which a statement failed.
const Error& refusal(Fault fault) noexcept {
  switch (fault) {
    case Fault::full: return kDiskFull;
    case Fault::busy:
    case Fault::io:
    case Fault::no_memory:
    case Fault::interrupted: return kFailing;
    case Fault::constraint:
    case Fault::too_big: return kInternal;
    case Fault::corrupt:
    case Fault::other: return kPoisoned;
  }
  return kInternal;
}

/// The path of the write-ahead log. SQLite follows links before it appends the suffix.
std::string log_path(const SQLite::Database& database) {
  return sqlite3_filename_wal(sqlite3_db_filename(database.getHandle(), "main"));
}

/// Runs a statement without rows and resets it. Returns SQLite's result code, because the code decides what is true.
int run(SQLite::Statement& statement) noexcept {
  static_cast<void>(statement.tryExecuteStep());
  return statement.tryReset();  // As the step, if that failed.
}

void fail_all(std::span<Ticket> batch, const Error& error) {
  for (Ticket& ticket : batch) fail(ticket, error);
}

}  // namespace

GroupCommitter::GroupCommitter(const Options& options, const Clock& clock, Log& log)
    : options_(options),
      clock_(clock),
      log_(log),
      buffered_log_(options.connection.vfs),
      database_(open_and_migrate(through(buffered_log_, options.connection), clock, log)),
      begin_(database_, "BEGIN IMMEDIATE"),
      commit_(database_, "COMMIT"),
      event_log_(database_),
      projection_(database_),
      checkpointer_(database_, options.connection.busy_budget_ms, options.checkpoints, clock),
      disk_room_(database_, {options.connection.path, options.disk_free_bytes_min, options.free_bytes}),
      head_(event_log_.read_head()),
      files_(options.connection.path, log_path(database_)),
      last_sequence_(head_.sequence.value()) {}

void GroupCommitter::commit(std::span<Ticket> batch) noexcept {
  if (state() == State::poisoned) return fail_all(batch, kPoisoned);
  if (const std::chrono::milliseconds now = clock_.elapsed(); now != checked_at_) {
    if (!files_are_in_place("before_begin")) return fail_all(batch, kPoisoned);
    disk_room_.measure();
    if (!disk_has_room()) {
      set_state(State::degraded, {Fault::full, 0, "less room than the low-water mark"}, "before_begin");
      return fail_all(batch, kDiskFull);
    }
    checked_at_ = now;
  }
  if (attempt(batch) == Attempt::settled) return;
  // One ticket spoils the transaction of all. Alone, it spoils only its own.
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (state() == State::poisoned) {
      fail(batch[i], kPoisoned);
    } else if (attempt(batch.subspan(i, 1)) == Attempt::has_bad_ticket) {
      fail(batch[i], kInternal);
    }
  }
}

GroupCommitter::Attempt GroupCommitter::attempt(std::span<Ticket> batch) noexcept {
  try {
    if (!begin(batch)) return Attempt::settled;
    for (Ticket& ticket : batch) {
      std::visit([this](auto& held) { process(held); }, ticket);
    }
    commit_transaction(batch);
    return Attempt::settled;
  } catch (const std::exception& thrown) {
    return statement_failed(batch, failure_of(thrown));
  }
}

bool GroupCommitter::begin(std::span<Ticket> batch) {
  const int code = run(begin_);
  if (code == SQLITE_OK) return true;
  if (classify(code) != Fault::busy) throw SQLite::Exception(database_.getHandle(), code);
  log_.write(LogLevel::warning, "begin_busy", {{"tickets", static_cast<std::int64_t>(batch.size())}});
  fail_all(batch, kBusy);
  return false;
}

void GroupCommitter::commit_transaction(std::span<Ticket> batch) noexcept {
  const int code = run(commit_);
  if (code == SQLITE_OK) {
    if (!files_are_in_place("commit")) return fail_all(batch, kReplaced);
    last_sequence_.store(head_.sequence.value(), std::memory_order_release);
    recovered();
    return;
  }
  const SqliteFailure failure{classify(code), code, database_.getErrorMsg()};
  if (failure.fault == Fault::busy) {
    fail_all(batch, kBusy);
    if (!roll_back()) poison(failure, "rollback");
    return;
  }
  fail_all(batch, kUnknown);
  poison(failure, "commit");
}

GroupCommitter::Attempt GroupCommitter::statement_failed(std::span<Ticket> batch, const SqliteFailure& failure) {
  if (!roll_back()) {
    // There was no COMMIT, so nothing is stored. But the end of the log is not known any more.
    fail_all(batch, refusal(failure.fault));
    poison(failure, "rollback");
    return Attempt::settled;
  }
  switch (failure.fault) {
    case Fault::constraint:
    case Fault::too_big:
      log_.write(LogLevel::error, "ticket_refused_by_schema", {{"code", std::int64_t{failure.code}}, {"error", failure.text}});
      return Attempt::has_bad_ticket;
    case Fault::full:
    case Fault::busy:
    case Fault::io:
    case Fault::no_memory:
    case Fault::interrupted: set_state(State::degraded, failure, "statement"); break;
    case Fault::corrupt:
    case Fault::other: poison(failure, "statement"); break;
  }
  fail_all(batch, refusal(failure.fault));
  return Attempt::settled;
}

void GroupCommitter::process(AppendTicket& ticket) {
  ticket.outcome = append(ticket.request);
}

void GroupCommitter::process(QuarantineTicket& ticket) {
  ticket.outcome = event_log_.quarantine(ticket.request, clock_.now(), head_);
}

Appended GroupCommitter::append(const NewEvent& event) {
  const DecodedEvent& decoded = event.decoded;
  const AssociationKey& key = decoded.association;
  const EventLog::Interned refs =
      event_log_.intern(key.location, SubjectKind::association, key.id.value(), decoded.kind == EventKind::association_create);
  std::optional<Association> before;
  EventFlags flags = decoded.flags;
  if (!refs.is_new) {
    before = projection_.find(refs.subject, key);
    const EventLog::Recordings known = event_log_.find_recordings(event);
    if (const auto first = duplicate_of(event, known, before)) return {Appended::Status::duplicate, *first};
    if (known.as_other_kind) flags.set(EventFlag::kind_conflict);
    if (known.same_kind) flags.set(EventFlag::repeat);
  }
  const Timestamp recorded_at = std::max(clock_.now(), head_.recorded_at);
  if (decoded.occurred_at && is_ahead(*decoded.occurred_at, recorded_at)) flags.set(EventFlag::ahead);
  FoldEvent folded;
  folded.kind = decoded.kind;
  folded.is_dated = is_dated(decoded.occurred_at, flags);
  folded.is_conflict = flags.has(EventFlag::kind_conflict);
  folded.effective_at = folded.is_dated ? *decoded.occurred_at : recorded_at;
  folded.definition = decoded.definition;
  if (!folded.is_conflict) flags = flags | arrival_flags(before ? &*before : nullptr, folded);

  event_log_.append(event, {refs.subject, flags, folded.effective_at, recorded_at}, head_);
  folded.sequence = head_.sequence;
  projection_.apply(refs, key, before, std::move(folded));
  return {Appended::Status::recorded, head_.sequence};
}

std::optional<Sequence> GroupCommitter::duplicate_of(const NewEvent& event, const EventLog::Recordings& known,
                                                     const std::optional<Association>& before) {
  if (!known.same_kind || event.decoded.webhook_id) return known.same_kind;
  // Without a webhook id, only a Delete can be recognised: one that says again what ended the present life.
  if (event.decoded.kind != EventKind::association_delete || !before || !before->deleted_by) return std::nullopt;
  if (!event_log_.is_recorded_at(*before->deleted_by, event)) return std::nullopt;
  return before->deleted_by;
}

bool GroupCommitter::roll_back() {
  // SQLite may have ended the transaction itself (FULL, IOERR, NOMEM). Then there is nothing to roll back.
  if (!in_autocommit(database_) && database_.tryExec("ROLLBACK") != SQLITE_OK && !in_autocommit(database_)) return false;
  event_log_.forget();
  projection_.forget();
  try {
    head_ = event_log_.read_head();
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

void GroupCommitter::maintain() noexcept {
  if (state() == State::degraded && clock_.elapsed() >= probe_at_) probe();
  checkpoint();
}

std::optional<std::chrono::milliseconds> GroupCommitter::idle_wait() const noexcept {
  switch (state()) {
    case State::healthy: return checkpointer_.due_in();
    case State::degraded: {
      const auto probe_in = std::max(std::chrono::milliseconds(0), probe_at_ - clock_.elapsed());
      return std::min(probe_in, checkpointer_.due_in().value_or(probe_in));
    }
    case State::poisoned: break;
  }
  return must_finish_again_ ? std::optional(kSaveEvery) : std::nullopt;
}

void GroupCommitter::checkpoint() noexcept {
  if (state() == State::poisoned || !checkpointer_.is_due()) return;
  disk_room_.measure();
  // Below the low-water mark, too: without a checkpoint the log would keep its room for ever.
  if (!disk_room_.has_room_for_checkpoint()) return checkpointer_.postpone();
  const int code = checkpointer_.run();
  disk_room_.measure();
  if (code != SQLITE_OK && classify(code) != Fault::busy) poison({classify(code), code, sqlite3_errstr(code)}, "checkpoint");
}

void GroupCommitter::probe() noexcept {
  if (state() != State::degraded) return;
  probe_at_ = clock_.elapsed() + kProbeEvery;
  disk_room_.measure();
  if (!disk_has_room()) return;
  try {
    WriteTransaction transaction(database_);
    // Writes and syncs a page, although the number stays the same and means nothing here. An UPDATE to the same value would write nothing: SQLite
    // does not write a page whose bytes do not change.
    database_.exec("PRAGMA user_version = 0");
    const int code = database_.tryExec("COMMIT");
    if (code == SQLITE_OK) {
      if (files_are_in_place("probe")) recovered();
    } else if (classify(code) != Fault::busy) {
      poison({classify(code), code, database_.getErrorMsg()}, "commit");
    }
  } catch (const std::exception&) {
    // Still degraded: the next probe tries again.
  }
}

void GroupCommitter::finish() noexcept {
  if (state() != State::poisoned) static_cast<void>(files_are_in_place("finish"));
  if (at_end_ == AtEnd::leave_all) return;
  if (at_end_ == AtEnd::checkpoint_to_save) {
    // If only the shared memory was replaced, a checkpoint would not see the readers of the new one.
    const std::vector<DatabaseFiles::Change> changes = files_.changes();
    if (std::none_of(changes.begin(), changes.end(), [](const DatabaseFiles::Change& change) { return change.has_events; })) return;
  }
  disk_room_.measure();
  // Events that nothing else saves are worth an attempt even without room.
  const bool has_room = at_end_ == AtEnd::checkpoint_to_save || disk_room_.has_room_to_finish();
  const int code = has_room ? checkpointer_.finish() : SQLITE_FULL;
  if (at_end_ == AtEnd::checkpoint_to_save && classify(code) == Fault::busy) {
    // A reader keeps pages from being copied, so the file is a mixture of old and new pages until the reader ends.
    if (!std::exchange(must_finish_again_, true)) log_.write(LogLevel::error, "log_waits_for_reader", {});
    return;
  }
  must_finish_again_ = false;
  if (code == SQLITE_OK) {
    at_end_ = AtEnd::leave_all;  // The log is empty.
    log_.write(LogLevel::info, "checkpoint_finished", {{"last_sequence", last_sequence().value()}});
  } else {
    // Nothing is lost: the next start reads the log.
    log_.write(LogLevel::warning, "checkpoint_left_to_next_start", {{"code", std::int64_t{code}}, {"error", std::string_view(sqlite3_errstr(code))}});
    if (has_room && classify(code) != Fault::busy) poison({classify(code), code, sqlite3_errstr(code)}, "checkpoint");
  }
}

bool GroupCommitter::files_are_in_place(const char* where) {
  const std::vector<DatabaseFiles::Change> changes = files_.changes();
  if (changes.empty()) return true;
  for (const DatabaseFiles::Change& change : changes) {
    log_.write(LogLevel::error, "database_replaced",
               {{"where", std::string_view(where)},
                {"path", std::string_view(change.path)},
                {"found", std::string_view(change.is_missing ? "nothing" : "another file")}});
  }
  poison({Fault::other, 0, "a file of the database is not the one that was opened"}, where);
  at_end_ = AtEnd::checkpoint_to_save;
  return false;
}

void GroupCommitter::recovered() {
  if (state_.exchange(State::healthy, std::memory_order_acq_rel) != State::healthy) log_.write(LogLevel::info, "store_recovered", {});
}

void GroupCommitter::set_state(State state, const SqliteFailure& failure, const char* where) {
  const State before = state_.exchange(state, std::memory_order_acq_rel);
  if (before == state) return;
  probe_at_ = clock_.elapsed() + kProbeEvery;
  log_.write(LogLevel::error, state == State::poisoned ? "store_poisoned" : "store_degraded",
             {{"where", std::string_view(where)}, {"fault", name(failure.fault)}, {"code", std::int64_t{failure.code}}, {"error", failure.text}});
}

void GroupCommitter::poison(const SqliteFailure& failure, const char* where) {
  set_state(State::poisoned, failure, where);
  at_end_ = AtEnd::leave_all;
}

}  // namespace ledger::storage
