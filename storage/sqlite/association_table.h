// Reads and writes rows of association_state, and writes those of deletion.
#pragma once

#include "domain/fold.h"
#include "storage/sqlite/definitions.h"
#include "storage/sqlite/life_reader.h"
#include "storage/sqlite/state_reader.h"

#include <SQLiteCpp/Database.h>

#include <optional>
#include <vector>

namespace ledger::storage {

/// As RelationTable. It uses INSERT and UPDATE instead of REPLACE: for a REPLACE, SQLite copies each page that it touches, because it may have to
/// undo the removal of a row.
class AssociationTable {
 public:
  explicit AssociationTable(SQLite::Database& database);

  /// nullopt when the association has no row.
  [[nodiscard]] std::optional<Association> find(SubjectRef association, const AssociationKey& key);

  /// The states of an association that has none yet.
  void insert(LocationRef location, SubjectRef association, const FoldedAssociation& folded);

  /// Replaces the state of an association after one more event, which left its former lives as they were. If it began a new life, the one before
  /// becomes a former one.
  void update(LocationRef location, SubjectRef association, const Association& before, const Association& after);

  /// Replaces the states of an association that was folded again.
  void replace(LocationRef location, SubjectRef association, const FoldedAssociation& folded);

  /// What an ended life carried, of which there is a row.
  [[nodiscard]] SharedDefinition definition_of(LocationRef location, const EventPlace& end);

  /// Replaces the state, and the rows of the ended lives among `before` by `ended`.
  void replace_lives(LocationRef location, SubjectRef association, const std::vector<Life>& before, const std::vector<EndedLife>& ended,
                     const Association& after);

  /// As replace(), whatever the rows say now, even if there are none.
  void repair(LocationRef location, SubjectRef association, const FoldedAssociation& folded);

  /// Call it after a rollback.
  void forget() noexcept {
    definitions_.forget();
    state_reader_.forget();
  }

 private:
  void write_state(SQLite::Statement& statement, SubjectRef association, const Association& state);
  void insert_deletion(LocationRef location, SubjectRef association, const EndedLife& life);
  void remove_deletion(LocationRef location, Timestamp deleted_at, Sequence deleted_by);
  void insert_deletions(LocationRef location, SubjectRef association, const FoldedAssociation& folded);

  Definitions definitions_;
  StateReader state_reader_;
  SQLite::Statement find_;
  SQLite::Statement insert_;
  SQLite::Statement update_;
  SQLite::Statement remove_;
  SQLite::Statement insert_deletion_;
  SQLite::Statement remove_deletion_;
  SQLite::Statement remove_deletions_;
  SQLite::Statement find_deletion_;
};

}  // namespace ledger::storage
