// A read-only connection, and the small questions that every reader asks of it.
#pragma once

#include "domain/event_store.h"
#include "domain/log.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/rows.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <chrono>
#include <exception>
#include <optional>
#include <utility>

namespace ledger::storage {

// Errors that more than one reader answers.
[[nodiscard]] Error not_found(SubjectKind kind);
[[nodiscard]] Error as_of_in_future();

/// Runs questions, each in one read transaction and with a deadline. Blocking and not thread-safe: one connection, one thread.
///
/// Every method but read() REQUIRES that it is called inside of read(), and throws SQLite::Exception, or std::runtime_error for a damaged row.
class ReadConnection {
 public:
  /// `deadline_ms` bounds each read(). `log` outlives the connection. Throws as open_reader and require_current_schema do.
  ReadConnection(const ConnectionOptions& options, int deadline_ms, Log& log);
  ReadConnection(const ReadConnection&) = delete;
  ReadConnection& operator=(const ReadConnection&) = delete;
  ~ReadConnection();

  [[nodiscard]] SQLite::Database& database() noexcept { return database_; }

  /// Calls `ask` () -> Result<T> in one read transaction: all of its statements see one prefix of the log. Does not throw. Errors: those of `ask`;
  /// unavailable ("read-timeout") past the deadline; read_error() for whatever `ask` throws, which is logged as "read_failed".
  template <class T, class Ask>
  [[nodiscard]] Result<T> read(Ask ask) {
    try {
      const Transaction transaction(*this);
      return ask();
    } catch (const std::exception& thrown) {
      return failed(thrown);
    }
  }

  /// The last event of the log; 0 when it is empty.
  [[nodiscard]] Sequence head();
  [[nodiscard]] Timestamp recorded_at(Sequence sequence);

  struct Location {
    LocationRef ref;
    Sequence last_sequence;
  };
  [[nodiscard]] std::optional<Location> find_location(const LocationId& id);

  struct SubjectPlace {
    SubjectRef ref;
    Sequence last_sequence;
  };
  /// The association or the relation with that id.
  [[nodiscard]] std::optional<SubjectPlace> find_subject(SubjectKind kind, const AssociationKey& key);

  /// The prefix that a question about `location` is about. Latest: the location's last event, 0 when it has none. Errors: invalid_request
  /// ("as-of-in-future", "as-of-before-log").
  [[nodiscard]] Result<Sequence> resolve(const AsOf& as_of, const std::optional<Location>& location);

  /// The last subject whose first event is in the prefix `through`. Surrogates are given out in the order of first events, so every subject with a
  /// greater one is younger.
  [[nodiscard]] SubjectRef newest_by(Sequence through);

 private:
  class Transaction {
   public:
    explicit Transaction(ReadConnection& connection);
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    ~Transaction();

   private:
    ReadConnection& connection_;
  };

  [[nodiscard]] Error failed(const std::exception& thrown);
  static int on_progress(void* self) noexcept;

  Log& log_;
  const std::chrono::milliseconds budget_;
  std::chrono::steady_clock::time_point deadline_;
  SQLite::Database database_;
  SQLite::Statement begin_;
  SQLite::Statement rollback_;
  SQLite::Statement head_;
  SQLite::Statement recorded_at_;
  SQLite::Statement find_location_;
  SQLite::Statement find_subject_;
  SQLite::Statement last_subject_;
  SQLite::Statement first_of_subject_;
};

}  // namespace ledger::storage
