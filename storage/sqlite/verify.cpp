// Checks a database: the log has no gaps, its bodies have the recorded hashes and signatures, and the state is the fold of the log.
#include "storage/sqlite/verify.h"

#include "storage/sqlite/connection.h"
#include "storage/sqlite/migrations.h"
#include "storage/sqlite/rows.h"
#include "storage/sqlite/sqlite_error.h"
#include "storage/sqlite/statement.h"
#include "storage/sqlite/verify_log.h"
#include "storage/sqlite/verify_state.h"
#include "sync/mutex.h"

#include <SQLiteCpp/Transaction.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <compare>
#include <deque>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace ledger::storage {
namespace {

constexpr std::int64_t kProgressEvery = 1000;
/// Events that a thread checks at a time.
constexpr std::int64_t kRangeEvents = 10'000;
constexpr unsigned kThreadsMax = 8;
/// A busy service commits about a thousand times a second, so most attempts succeed.
constexpr int kSnapshotAttemptsMax = 1000;

std::int64_t data_version(SQLite::Database& database) {
  return database.execAndGet("PRAGMA data_version").getInt64();
}

/// Begins a transaction on each connection, the last one on the first connection. All of them read the same snapshot. If that does not succeed, which
/// happens where nobody may write the shared memory of a database at rest, only the first connection has one.
std::deque<SQLite::Transaction> begin_same_snapshot(std::span<SQLite::Database> connections) {
  SQLite::Database& first = connections.front();
  std::deque<SQLite::Transaction> transactions;
  for (int attempt = 0; attempt < kSnapshotAttemptsMax; ++attempt) {
    transactions.clear();
    const std::int64_t before = data_version(first);
    for (SQLite::Database& other : connections.subspan(1)) {
      transactions.emplace_back(other);
      static_cast<void>(data_version(other));  // The first read takes the snapshot.
    }
    transactions.emplace_back(first);
    // If the first connection has seen no commit meanwhile, the others have not either.
    if (data_version(first) == before) return transactions;
  }
  transactions.clear();
  transactions.emplace_back(first);
  return transactions;
}

/// The first row that `query`, which reads pragma_foreign_key_check, finds.
void check_references(SQLite::Database& database, const char* query) {
  SQLite::Statement references(database, query);
  Query row(references);
  if (row.next()) diverges(row.bytes(0) + " row " + std::to_string(row.integer(1)), "it refers to a row that is not there");
}

/// On a connection that cannot write, integrity_check leaves out the CHECKs. Those of other tables follow from what was folded or from bodies.
void check_constraints(SQLite::Database& database) {
  constexpr std::array<std::pair<const char*, const char*>, 4> kConditions = {{
      {"ledger", "only = 1 AND length(lineage) = 36"},
      {"signing_key", "length(key_id) = 64"},
      {"quarantine", "(key_ref IS NULL) = (signature IS NULL) AND (key_ref IS NULL OR source = 1)"},
      {"quarantine_decision", "decision IN ('admitted', 'duplicate', 'dismissed') AND (sequence IS NULL) = (decision = 'dismissed')"},
  }};
  for (const auto& [table, condition] : kConditions) {
    const std::string wrong = std::string("SELECT count(*) FROM ") + table + " WHERE NOT (" + condition + ")";
    if (database.execAndGet(wrong).getInt64() != 0) diverges(table, "a row breaks a rule of the schema");
  }
  if (database.execAndGet("SELECT count(*) FROM ledger").getInt64() != 1) diverges("ledger", "it does not have one row");
}

void check_file(SQLite::Database& database) {
  const std::string found = database.execAndGet("PRAGMA integrity_check(1)").getString();
  if (found != "ok") diverges("file", found);
  // The large tables take too long. LogCheck follows the references of `event`; the others equal what was folded from events.
  check_references(database,
                   "SELECT f.\"table\", f.rowid FROM sqlite_schema s, pragma_foreign_key_check(s.name) f WHERE s.type = 'table'"
                   " AND s.name NOT IN ('event', 'association_state', 'relation_state', 'deletion') LIMIT 1");
  check_constraints(database);
  SQLite::Statement repeated_definitions(
      database, std::string("SELECT max(definition_ref) FROM definition GROUP BY ") + kDefinitionColumns + " HAVING count(*) > 1 LIMIT 1");
  Query repeated(repeated_definitions);
  if (repeated.next()) diverges("definition row " + std::to_string(repeated.integer(0)), "another row says the same");
}

/// Whether nobody has the database open to write it: a service holds a lock, as ProcessLock does.
bool is_at_rest(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool is_free = ::flock(descriptor, LOCK_SH | LOCK_NB) == 0;
  ::close(descriptor);
  return is_free;
}

/// Whether nothing can be made beside the file, and it is complete without that: a database that was stopped cleanly, where only others may write.
bool is_at_rest_and_read_only(const std::string& path) {
  std::error_code unseen;
  const std::filesystem::path file = std::filesystem::canonical(path, unseen);
  const std::string log = file.string() + "-wal";
  if (std::filesystem::exists(log, unseen) && std::filesystem::file_size(log, unseen) > 0) return false;
  return ::faccessat(AT_FDCWD, file.parent_path().c_str(), W_OK, AT_EACCESS) != 0 && is_at_rest(file);
}

void add(VerifyReport& sum, const VerifyReport& part) {
  for (const auto counter :
       {&VerifyReport::events, &VerifyReport::associations, &VerifyReport::relations, &VerifyReport::quarantined, &VerifyReport::admitted,
        &VerifyReport::signatures_verified, &VerifyReport::signatures_of_unknown_keys, &VerifyReport::unsigned_deliveries}) {
    sum.*counter += part.*counter;
  }
}

/// One run over one snapshot. Each thread has a connection. It takes the parts that nobody has taken yet, one after the other, and then ranges of
/// events. Of several findings, the first one in the order of Part counts, whichever thread was faster.
class Verification {
 public:
  Verification(std::span<SQLite::Database> connections, std::span<const PublicKey> keys, const Progress& progress)
      : connections_(connections), keys_(keys), progress_(progress) {}

  /// REQUIRES that all connections read the same snapshot. Throws the first finding, a Divergence, or whatever else ended a check.
  VerifyReport run() {
    {
      std::vector<std::jthread> others;
      for (SQLite::Database& connection : connections_.subspan(1)) others.emplace_back([this, &connection] { check(connection); });
      check(connections_.front());
    }
    attempt({Part::events}, [this](const Advance& /*advance*/, VerifyReport& /*found*/) { check_number_of_events(); });
    const MutexLock lock(mutex_);
    if (failure_) {
      // A reference to a row that is not there is the cause of other findings.
      if (failed_at_.part != Part::file) check_references(connections_.front(), "SELECT \"table\", rowid FROM pragma_foreign_key_check LIMIT 1");
      rethrow(failure_);
    }
    progress_(total_, total_);
    return report_;
  }

 private:
  enum class Part { file, events, quarantine, state, schema };
  struct Place {
    Part part{};
    std::int64_t sequence = 0;  ///< The first one of a range of events.

    friend auto operator<=>(const Place&, const Place&) = default;
  };
  /// Ends a check whose finding would not count.
  struct NotNeeded {};

  /// What takes longest is first.
  static constexpr std::array kUndivided = {Part::state, Part::file, Part::quarantine, Part::schema};

  void check(SQLite::Database& database) noexcept {
    for (std::size_t next = 0; (next = next_part_++) < kUndivided.size();) {
      const Part part = kUndivided.at(next);
      attempt({part}, [&](const Advance& advance, VerifyReport& found) { check_part(part, database, advance, found); });
    }
    for (bool is_end = false; !is_end;) {
      const std::int64_t first = next_sequence_.fetch_add(kRangeEvents);
      is_end = true;
      attempt({Part::events, first}, [&](const Advance& advance, VerifyReport& found) {
        is_end = !LogCheck(database, keys_, advance, found).check_events(first, first + kRangeEvents - 1);
      });
    }
  }

  void check_part(Part part, SQLite::Database& database, const Advance& advance, VerifyReport& found) {
    switch (part) {
      case Part::file: return check_file(database);
      case Part::events: return;
      case Part::quarantine: return LogCheck(database, keys_, advance, found).check_quarantine();
      case Part::state: set_total(database); return check_state(database, advance, found);
      case Part::schema:
        if (const auto difference = schema_difference(database, embedded_migrations())) throw Divergence{*difference};
    }
  }

  /// Calls `check`, and keeps what it throws.
  template <class Check>
  void attempt(Place place, Check check) noexcept {
    VerifyReport found;
    std::int64_t rows = 0;
    try {
      check(
          [&] {
            if (++rows % kProgressEvery == 0) advance(place);
          },
          found);
      const MutexLock lock(mutex_);
      add(report_, found);
    } catch (const NotNeeded&) {
    } catch (...) {
      const MutexLock lock(mutex_);
      if (!failure_ || place < failed_at_) {
        failure_ = std::current_exception();
        failed_at_ = place;
      }
    }
  }

  void advance(Place place) {
    const MutexLock lock(mutex_);
    if (failure_ && failed_at_ < place) throw NotNeeded{};
    done_ += kProgressEvery;
    if (done_ < total_) progress_(done_, total_);
  }

  void set_total(SQLite::Database& database) {
    const std::int64_t total = count(database, "event") + count(database, "quarantine") + count(database, "subject");
    const MutexLock lock(mutex_);
    total_ = total;
  }

  /// A missing table or index is the cause of an error, and tells more.
  [[noreturn]] void rethrow(const std::exception_ptr& failure) {
    try {
      std::rethrow_exception(failure);
    } catch (const SQLite::Exception&) {
      if (const auto difference = schema_difference(connections_.front(), embedded_migrations())) throw Divergence{*difference};
      throw;
    }
  }

  /// LogCheck skips an event that refers to a row that is not there. At the end of the log, no gap shows it.
  void check_number_of_events() {
    const std::int64_t events = count(connections_.front(), "event");
    const MutexLock lock(mutex_);
    // A finding in an earlier part ends these before their ends.
    if (failure_ && failed_at_.part < Part::state) return;
    if (events != report_.events) diverges("event", "a row refers to a row that is not there");
    if (report_.admitted != 0) diverges("quarantine_decision", "an event was admitted without a decision");
  }

  static std::int64_t count(SQLite::Database& database, const char* table) {
    return database.execAndGet(std::string("SELECT count(*) FROM ") + table).getInt64();
  }

  const std::span<SQLite::Database> connections_;
  const std::span<const PublicKey> keys_;
  const Progress& progress_;
  std::atomic<std::size_t> next_part_ = 0;
  std::atomic<std::int64_t> next_sequence_ = 1;
  Mutex mutex_;
  VerifyReport report_ LEDGER_GUARDED_BY(mutex_);
  std::int64_t total_ LEDGER_GUARDED_BY(mutex_) = 0;
  std::int64_t done_ LEDGER_GUARDED_BY(mutex_) = 0;
  std::exception_ptr failure_ LEDGER_GUARDED_BY(mutex_);
  Place failed_at_ LEDGER_GUARDED_BY(mutex_);
};

}  // namespace

VerifyReport verify_snapshot(std::span<SQLite::Database> connections, std::span<const PublicKey> keys, const Progress& progress,
                             const Unproven& unproven) {
  try {
    require_current_schema(connections.front(), embedded_migrations());
    const auto transactions = begin_same_snapshot(connections);
    VerifyReport report = Verification(connections.first(transactions.size()), keys, progress).run();
    if (unproven) report.unproven_events = name_unproven(connections.front(), keys, unproven);
    return report;
  } catch (const Divergence& found) {
    VerifyReport report;
    report.divergence = found.what;
    return report;
  }
}

Result<VerifyReport> verify(const std::string& path, std::span<const PublicKey> keys, const Progress& progress, const Unproven& unproven) {
  std::error_code unseen;
  if (!std::filesystem::is_regular_file(path, unseen))
    return Error{Errc::invalid_request, "database-not-found", path + ": there is no such database"};
  try {
    const ConnectionOptions options{.path = path, .immutable = is_at_rest_and_read_only(path)};
    std::vector<SQLite::Database> connections;
    for (unsigned thread = std::clamp(std::thread::hardware_concurrency(), 1U, kThreadsMax); thread > 0; --thread) {
      connections.push_back(open_reader(options));
      // 32 MiB hold the inner pages of a log of many million events, so that a random row takes one read of the file.
      connections.back().exec("PRAGMA cache_size = -32768");
    }
    VerifyReport report = verify_snapshot(connections, keys, progress, unproven);
    if (options.immutable && !is_at_rest_and_read_only(path)) {
      return Error{Errc::unavailable, "database-in-use", path + ": a process has opened it meanwhile; run verify again"};
    }
    return report;
  } catch (const std::exception& thrown) {
    const SqliteFailure failure = failure_of(thrown);
    if (failure.fault != Fault::corrupt) return opening_error(path, thrown);
    VerifyReport report;
    report.divergence = "file: " + failure.text;
    return report;
  }
}

}  // namespace ledger::storage
