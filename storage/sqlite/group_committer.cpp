// Makes one transaction of a batch of tickets, and knows for each ticket what is true afterwards.
#include "storage/sqlite/group_committer.h"

#include "storage/sqlite/migrations.h"
#include "storage/sqlite/process_lock.h"

#include <sqlite3.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace ledger::storage {
namespace {

const Error kDiskFull{Errc::unavailable, "disk-full", "The disk has no room for more events."};
const Error kBusy{Errc::unavailable, "database-busy", "Another process holds the database."};
const Error kFailing{Errc::unavailable, "store-failing", "The database cannot be written now."};
const Error kPoisoned{Errc::unavailable, "store-failed", "The ledger stopped writing after a failure and must be restarted."};
const Error kUnknown{Errc::outcome_unknown, "commit-failed", "The disk failed while the event was being committed."};
const Error kReplaced{Errc::outcome_unknown, "commit-failed", "The database was replaced while the event was being committed."};
const Error kInternal{Errc::internal, "internal-error", "The event could not be recorded."};

/// How often maintain() probes a degraded store.
constexpr std::chrono::milliseconds kProbeEvery{1000};

/// The byte of the shared memory that a connection locks while it may write (https://www.sqlite.org/walformat.html).
constexpr long kWriteLockByte = 120;

/// A log of more bytes for each page of pages_max is reported while a reader keeps it: it is four times as long as it should be.
constexpr std::int64_t kReportedLogBytes = std::int64_t{4} * 4096;

constexpr const char* kNoRoom = "the disk is full";

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
    case Fault::busy: return kBusy;
    case Fault::io:
    case Fault::no_memory:
    case Fault::interrupted: return kFailing;
    case Fault::bad_row: return kInternal;
    case Fault::read_only:
    case Fault::corrupt:
    case Fault::other: return kPoisoned;
  }
  return kInternal;
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
      decisions_(database_),
      derivation_(database_, clock, log),
      checkpointer_(database_, options.connection.busy_budget_ms, options.checkpoints, clock),
      disk_room_(database_, options.connection.path, options.disk_free_bytes_min, options.free_bytes),
      head_(event_log_.read_head()),
      clock_watch_(clock, log),
      files_(options.connection.path, log_path(database_), log),
      last_sequence_(head_.sequence.value()) {}

void GroupCommitter::commit(std::span<Ticket> batch) noexcept {
  if (state() == State::poisoned) return fail_all(batch, kPoisoned);
  if (const std::chrono::milliseconds now = clock_.elapsed(); now != checked_at_) {
    if (!files_are_in_place("before_begin")) return fail_all(batch, kPoisoned);
    clock_watch_.look(head_.recorded_at);
    disk_room_.measure();
    if (!disk_room_.has_room_for_events()) {
      degrade({Fault::full, 0, "less room than the low-water mark"}, "before_begin");
      return fail_all(batch, kDiskFull);
    }
    checked_at_ = now;
  }
  if (try_transaction(batch) == Attempt::settled) return;
  // One ticket spoils the transaction of all. Alone, it spoils only its own.
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (state() == State::poisoned) {
      fail(batch[i], kPoisoned);
    } else if (try_transaction(batch.subspan(i, 1)) == Attempt::has_bad_ticket) {
      fail(batch[i], kInternal);
    }
  }
}

GroupCommitter::Attempt GroupCommitter::try_transaction(std::span<Ticket> batch, Work work) noexcept {
  errno = 0;  // For failure_of().
  if (const int code = run(begin_); code != SQLITE_OK) return failed(batch, failure_of(database_, code), Step::begin);
  derivation_.begin(work == Work::careful);
  try {
    for (Ticket& ticket : batch) std::visit([this](auto& held) { set_outcome(held); }, ticket);
    if (work == Work::repair) {
      derivation_.repair_next();
    } else if (batch.empty()) {
      // Writes and syncs a page, although the number stays the same and means nothing here. An UPDATE to the same value would write nothing: SQLite
      // does not write a page whose bytes do not change.
      database_.exec("PRAGMA user_version = 0");
    }
  } catch (const StateFault& fault) {
    return try_again_after(fault, batch, work);
  } catch (const std::exception& thrown) {
    return failed(batch, failure_of(thrown), Step::statement);
  }
  if (const int code = run(commit_); code != SQLITE_OK) return failed(batch, failure_of(database_, code), Step::commit);
  if (!files_are_in_place("commit")) {
    fail_all(batch, kReplaced);
    return Attempt::settled;
  }
  last_sequence_.store(head_.sequence.value(), std::memory_order_release);
  derivation_.committed();
  recovered();
  return Attempt::settled;
}

GroupCommitter::Attempt GroupCommitter::try_again_after(const StateFault& fault, std::span<Ticket> batch, Work work) noexcept {
  if (!roll_back()) {
    fail_all(batch, kPoisoned);
    poison(failure_of(fault), "rollback");
    return Attempt::settled;
  }
  if (work == Work::append) return try_transaction(batch, Work::careful);
  fail_all(batch, kInternal);
  return Attempt::settled;
}

GroupCommitter::Attempt GroupCommitter::failed(std::span<Ticket> batch, const SqliteFailure& failure, Step step) noexcept {
  // Before SQLite syncs the log it writes the frame that makes the transaction valid, as the last one. If that had no room, nothing is stored.
  if (step == Step::commit && failure.fault != Fault::busy && failure.fault != Fault::full) {
    fail_all(batch, kUnknown);
    poison(failure, "commit");
    return Attempt::settled;
  }
  const char* where = step == Step::begin ? "begin" : step == Step::commit ? "commit" : "statement";
  fail_all(batch, refusal(failure.fault));
  if (step != Step::begin && !roll_back()) {
    // There was no COMMIT, so nothing is stored. But the end of the log is not known any more.
    poison(failure, "rollback");
    return Attempt::settled;
  }
  switch (failure.fault) {
    case Fault::bad_row:
      log_.write(LogLevel::error, "ticket_refused_by_schema", {{"code", std::int64_t{failure.code}}, {"error", failure.text}});
      return Attempt::has_bad_ticket;
    case Fault::busy:
    case Fault::full:
    case Fault::io:
    case Fault::no_memory:
    case Fault::interrupted: degrade(failure, where); break;
    case Fault::read_only:
    case Fault::corrupt:
    case Fault::other: poison(failure, where); break;
  }
  return Attempt::settled;
}

void GroupCommitter::set_outcome(AppendTicket& ticket) {
  ticket.outcome = ticket.request.admission ? admit(ticket.request) : Result<Appended>(record(ticket.request));
}

Result<Appended> GroupCommitter::admit(const NewEvent& event) {
  if (const auto open = decisions_.look(event.admission->quarantine); !open) return open.error();
  if (event.admission->mode == Admission::Mode::dry_run) return foresee(event);
  const Appended appended = record(event);
  decisions_.admit(event.admission->quarantine, appended, clock_.now());
  return appended;
}

Appended GroupCommitter::foresee(const NewEvent& event) {
  EventFlags flags = event.decoded.flags;
  if (const auto refs = event_log_.find(event)) {
    const SubjectState before = derivation_.find(*refs, event.decoded.association, head_.sequence);
    const EventLog::Recordings known = event_log_.find_recordings(event);
    if (const auto first = event_log_.find_duplicate(event, known, before)) return {Appended::Status::duplicate, *first};
    flags = flags | known.flags();
  }
  return {Appended::Status::recorded, Sequence(head_.sequence.value() + 1), flags};
}

Appended GroupCommitter::record(const NewEvent& event) {
  const DecodedEvent& decoded = event.decoded;
  const AssociationKey& key = decoded.association;
  const EventLog::Interned refs = event_log_.intern(event);
  SubjectState before;
  EventFlags flags = decoded.flags;
  if (!refs.is_new) {
    before = derivation_.find(refs, key, head_.sequence);
    const EventLog::Recordings known = event_log_.find_recordings(event);
    if (const auto first = event_log_.find_duplicate(event, known, before)) return {Appended::Status::duplicate, *first};
    flags = flags | known.flags();
  }
  const Timestamp now = clock_.now();
  const Timestamp recorded_at = std::max(now, head_.recorded_at);
  const Timestamp received_at = event.admission ? event.admission->received_at : recorded_at;
  // A clock that once was ahead has moved recorded_at, and must not vouch for such times for ever.
  const Timestamp arrived_at = event.admission ? event.admission->received_at : now;
  if (decoded.occurred_at && is_ahead(*decoded.occurred_at, arrived_at)) flags.set(EventFlag::ahead);
  FoldEvent folded;
  folded.kind = decoded.kind;
  folded.is_dated = is_dated(decoded.occurred_at, flags);
  folded.is_conflict = flags.has(EventFlag::kind_conflict);
  folded.effective_at = folded.is_dated ? *decoded.occurred_at : received_at;
  folded.definition = decoded.definition;
  folded.relation = decoded.relation;
  if (!folded.is_conflict) flags = flags | arrival_flags(before, folded);

  event_log_.append(event, {refs.subject, flags, folded.effective_at, recorded_at}, head_);
  folded.sequence = head_.sequence;
  derivation_.apply(refs, key, before, std::move(folded));
  return {Appended::Status::recorded, head_.sequence, flags};
}

bool GroupCommitter::roll_back() {
  // SQLite may have ended the transaction itself (FULL, IOERR, NOMEM). Then there is nothing to roll back.
  if (!in_autocommit(database_) && database_.tryExec("ROLLBACK") != SQLITE_OK && !in_autocommit(database_)) return false;
  event_log_.forget();
  try {
    derivation_.rolled_back();
    head_ = event_log_.read_head();
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

void GroupCommitter::maintain() noexcept {
  if (state() == State::degraded && clock_.elapsed() >= probe_at_) probe();
  if (state() == State::healthy && derivation_.due_in() == std::chrono::milliseconds(0)) static_cast<void>(try_transaction({}, Work::repair));
  checkpoint();
}

std::optional<std::chrono::milliseconds> GroupCommitter::idle_wait() const noexcept {
  if (state() == State::poisoned) return waits_for_reader_ ? std::optional(kSaveEvery) : std::nullopt;
  const auto checkpoint_in = checkpointer_.due_in();
  const auto probe_in = std::max(std::chrono::milliseconds(0), probe_at_ - clock_.elapsed());
  const auto other_in = state() == State::healthy ? derivation_.due_in() : std::optional(probe_in);
  if (!other_in) return checkpoint_in;
  return std::min(*other_in, checkpoint_in.value_or(*other_in));
}

StoreHealth GroupCommitter::health() const {
  StoreHealth health;
  {
    const MutexLock lock(mutex_);
    health.why_not = obstacle_;
  }
  if (health.why_not.empty() && !disk_room_.has_room_for_events()) health.why_not = kNoRoom;
  health.can_record = health.why_not.empty();
  health.last_sequence = last_sequence();
  health.log_bytes = checkpointer_.log_bytes();
  health.log_held_for = checkpointer_.log_held_for();
  health.stale_subjects = derivation_.stale_subjects();
  return health;
}

void GroupCommitter::checkpoint() noexcept {
  if (state() == State::poisoned || !checkpointer_.is_due()) return;
  disk_room_.measure();
  // Below the low-water mark, too: without a checkpoint the log would keep its room for ever.
  if (!disk_room_.has_room_for_checkpoint()) return checkpointer_.postpone();
  errno = 0;
  if (const int code = checkpointer_.run(); code != SQLITE_OK) checkpoint_failed(code);
  disk_room_.measure();
  const auto held_for = checkpointer_.log_held_for();
  const auto bytes = static_cast<std::int64_t>(checkpointer_.log_bytes());
  if (held_for && bytes > options_.checkpoints.pages_max * kReportedLogBytes) {
    if (!std::exchange(long_log_is_reported_, true)) {
      log_.write(LogLevel::warning, "log_held_by_reader", {{"log_bytes", bytes}, {"for_ms", held_for->count()}});
    }
  } else {
    long_log_is_reported_ = false;
  }
}

void GroupCommitter::probe() noexcept {
  probe_at_ = clock_.elapsed() + kProbeEvery;
  disk_room_.measure();
  if (!disk_room_.has_room_for_events()) return;
  // Deliveries need not wait for a probe that waits for a lock.
  sqlite3_busy_timeout(database_.getHandle(), 0);
  static_cast<void>(try_transaction({}));
  sqlite3_busy_timeout(database_.getHandle(), options_.connection.busy_budget_ms);
}

bool GroupCommitter::finish() noexcept {
  if (state() != State::poisoned) static_cast<void>(files_are_in_place("finish"));
  const bool saves = at_end_ == AtEnd::save;
  // If only the shared memory was replaced, a checkpoint would not see the readers of the new one.
  if (at_end_ == AtEnd::nothing || (saves && files_.have_events_in_place())) return true;
  disk_room_.measure();
  // Events that nothing else saves are worth an attempt even without room.
  errno = 0;
  const bool has_room = saves || disk_room_.has_room_to_finish();
  const int code = has_room ? checkpoint_truncating(database_) : SQLITE_FULL;
  if (saves && classify(code) == Fault::busy) {
    // A reader keeps pages from being copied, so the file is a mixture of old and new pages until the reader ends.
    if (!std::exchange(waits_for_reader_, true)) log_.write(LogLevel::error, "log_waits_for_reader", {});
    return false;
  }
  waits_for_reader_ = false;
  if (code == SQLITE_OK) {
    at_end_ = AtEnd::nothing;
    log_.write(LogLevel::info, "checkpoint_finished", {{"last_sequence", last_sequence().value()}});
    return true;
  }
  if (has_room) checkpoint_failed(code);
  // Nothing is lost: the next start reads the log.
  log_.write(LogLevel::warning, "checkpoint_left_to_next_start", {{"code", std::int64_t{code}}, {"error", std::string_view(sqlite3_errstr(code))}});
  return true;
}

void GroupCommitter::checkpoint_failed(int code) noexcept {
  const SqliteFailure failure = failure_of(database_, code);
  if (failure.fault == Fault::busy) return;
  if (failure.fault != Fault::full) return poison(failure, "checkpoint");
  // If a page has no room, SQLite counts none as copied, so the log still has all of them.
  log_.write(LogLevel::warning, "checkpoint_postponed", {{"errno", failure.system_error}, {"error", failure.text}});
}

bool GroupCommitter::files_are_in_place(const char* where) {
  if (files_.are_in_place(where)) return true;
  poison({Fault::other, 0, "a file of the database is not the one that was opened"}, where);
  at_end_ = AtEnd::save;
  return false;
}

void GroupCommitter::recovered() {
  if (state() == State::healthy) return;
  set_state(State::healthy, "");
  log_.write(LogLevel::info, "store_recovered", {});
}

void GroupCommitter::degrade(const SqliteFailure& failure, const char* where) {
  std::string obstacle = "the last write failed";
  if (failure.fault == Fault::full) obstacle = kNoRoom;
  if (failure.fault == Fault::busy) obstacle = lock_holder(shared_memory_path(database_), "POSIX", kWriteLockByte) + " holds the write lock";
  if (state() == State::healthy) probe_at_ = clock_.elapsed() + kProbeEvery;
  if (set_state(State::degraded, obstacle)) report("store_degraded", failure, where);
}

void GroupCommitter::poison(const SqliteFailure& failure, const char* where) {
  if (set_state(State::poisoned, "it stopped writing after a failure; a restart is needed")) report("store_poisoned", failure, where);
  at_end_ = AtEnd::nothing;
}

bool GroupCommitter::set_state(State state, std::string obstacle) {
  const MutexLock lock(mutex_);
  if (state_ == state && obstacle_ == obstacle) return false;
  state_ = state;
  obstacle_ = std::move(obstacle);
  return true;
}

void GroupCommitter::report(std::string_view event, const SqliteFailure& failure, std::string_view where) {
  const std::string obstacle = health().why_not;
  log_.write(LogLevel::error, event,
             {{"where", where},
              {"fault", name(failure.fault)},
              {"code", std::int64_t{failure.code}},
              {"errno", failure.system_error},
              {"error", failure.text},
              {"obstacle", std::string_view(obstacle)}});
}

}  // namespace ledger::storage
