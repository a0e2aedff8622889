// Writes the current state: folds each event into it, in the transaction that appends the event.
#pragma once

#include "domain/fold.h"
#include "storage/sqlite/definitions.h"
#include "storage/sqlite/event_log.h"
#include "storage/sqlite/location_table.h"
#include "storage/sqlite/state_reader.h"
#include "storage/sqlite/stored_fold.h"

#include <SQLiteCpp/Database.h>

#include <optional>

namespace ledger::storage {

/// Writes rows of association_state and of deletion. Otherwise as Projection. It uses INSERT and UPDATE instead of REPLACE: for a REPLACE, SQLite
/// copies each page that it touches, because it may have to undo the removal of a row.
class StateTable {
 public:
  explicit StateTable(SQLite::Database& database);

  /// The states of an association that has none yet.
  void insert(LocationRef location, SubjectRef association, const FoldedAssociation& folded);

  /// Replaces the state of an association after one more event, which left its former lives as they were. If it began a new life, the one before
  /// becomes a former one.
  void update(LocationRef location, SubjectRef association, const Association& before, const Association& after);

  /// Replaces the states of an association that was folded again.
  void replace(LocationRef location, SubjectRef association, const FoldedAssociation& folded);

  /// What an ended life carried, of which there is a row.
  [[nodiscard]] DefinitionRef definition_of(LocationRef location, const EventPlace& end);

  /// Replaces the state, and the rows of the ended lives among `before` by `ended`.
  void replace_lives(LocationRef location, SubjectRef association, const std::vector<Life>& before, const std::vector<EndedLife>& ended,
                     const Association& after);

  /// As replace(), whatever the rows say now, even if there are none.
  void repair(LocationRef location, SubjectRef association, const FoldedAssociation& folded);

  /// As Definitions::forget().
  void forget() noexcept { definitions_.forget(); }

 private:
  void write_state(SQLite::Statement& statement, SubjectRef association, const Association& state);
  void insert_deletion(LocationRef location, SubjectRef association, const EndedLife& life);
  void remove_deletion(LocationRef location, Timestamp deleted_at, Sequence deleted_by);
  void insert_deletions(LocationRef location, SubjectRef association, const FoldedAssociation& folded);

  Definitions definitions_;
  SQLite::Statement insert_;
  SQLite::Statement update_;
  SQLite::Statement remove_;
  SQLite::Statement insert_deletion_;
  SQLite::Statement remove_deletion_;
  SQLite::Statement remove_deletions_;
  SQLite::Statement find_deletion_;
};

/// Prepared statements over the projection's tables on the writer's connection. REQUIRES an open write transaction for apply(). Throws
/// SQLite::Exception. Not thread-safe, like its connection, which must outlive it.
class Projection {
 public:
  Projection(SQLite::Database& database, LocationTable& locations);

  /// The current state; nullopt when the association has no event yet.
  [[nodiscard]] std::optional<Association> find(SubjectRef association, const AssociationKey& key);

  /// Folds `event`, which is appended already, into the state `before`. One that does not sort last, and only sets fields, sets those that no later
  /// event carries. Any other changes the lives around it. Only where LifeReader cannot say which, the association is folded from all its events in
  /// the log. The body of `event` is not used.
  void apply(const EventLog::Interned& refs, const AssociationKey& key, const std::optional<Association>& before, FoldEvent event);

  /// Writes the association as it was folded from all its events.
  void replace(LocationRef location, SubjectRef association, const FoldedAssociation& folded);

  /// Call it after a rollback.
  void forget() noexcept {
    states_.forget();
    state_reader_.forget();
  }

 private:
  std::optional<Association> with_changed_lives(const EventLog::Interned& refs, const Association& before, const FoldEvent& event);

  StoredFold stored_fold_;
  LifeReader lives_;
  StateTable states_;
  LocationTable& locations_;
  StateReader state_reader_;
  SQLite::Statement find_;
};

}  // namespace ledger::storage
