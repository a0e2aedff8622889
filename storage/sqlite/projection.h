// The write side of the current state: folds each event in, in the transaction that appends it.
#pragma once

#include "domain/fold.h"
#include "storage/sqlite/definitions.h"
#include "storage/sqlite/event_log.h"
#include "storage/sqlite/state_reader.h"
#include "storage/sqlite/stored_fold.h"

#include <SQLiteCpp/Database.h>

#include <optional>

namespace ledger::storage {

/// Writes rows of association_state. As Projection in all else. Two statements, no REPLACE: for one that may find a row, and so an entry of an index
/// to take away, SQLite keeps a copy of each page that it touches until it ends.
class StateTable {
 public:
  explicit StateTable(SQLite::Database& database);

  /// The state of an association that has none yet.
  void insert(LocationRef location, AssociationRef association, const Association& state);

  /// The state in place of the one that there is.
  void update(AssociationRef association, const Association& state);

  /// As Definitions::forget().
  void forget() noexcept { definitions_.forget(); }

 private:
  void bind(Query& query, const Association& state);

  Definitions definitions_;
  SQLite::Statement insert_;
  SQLite::Statement update_;
};

/// Prepared statements over the projection's tables on the writer's connection. REQUIRES an open write transaction for apply(). Throws
/// SQLite::Exception. Not thread-safe, like its connection, which must outlive it.
class Projection {
 public:
  explicit Projection(SQLite::Database& database);

  /// The association as it stands; nullopt when it has no event yet.
  [[nodiscard]] std::optional<Association> find(AssociationRef association, const AssociationKey& key);

  /// Folds `event`, already appended, into the state that was `before`; one that does not sort last folds the association anew from the log. So its
  /// body is not needed.
  void apply(const EventLog::Interned& refs, const AssociationKey& key, const std::optional<Association>& before, FoldEvent event);

  /// After a transaction that was rolled back.
  void forget() noexcept {
    states_.forget();
    state_reader_.forget();
  }

 private:
  void count(LocationRef location, const std::optional<Association>& before, const Association& after);

  SQLite::Database& database_;
  StoredFold stored_fold_;
  StateTable states_;
  StateReader state_reader_;
  SQLite::Statement find_;
  SQLite::Statement update_location_;
  SQLite::Statement insert_location_;
};

}  // namespace ledger::storage
