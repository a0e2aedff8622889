// Reads and writes rows of relation_state.
#pragma once

#include "domain/relation.h"
#include "storage/sqlite/rows.h"

#include <SQLiteCpp/Database.h>

#include <optional>

namespace ledger::storage {

/// The columns of read_relation(), where relation_state is `t`.
inline constexpr const char* kRelationColumns =
    "t.association_id, t.first_object_key, t.first_record_id, t.second_object_key, t.second_record_id, t.created_at, t.vouched_at, t.updated_at,"
    " t.deleted_at, t.last_sequence, t.deleted_by, t.deleted_at_is_dated, t.former_lives";

/// Reads kRelationColumns from column `first` on. Throws std::runtime_error for a time that is out of range.
[[nodiscard]] RelationState read_relation(Query& row, int first, RelationKey key);

/// Prepared statements over relation_state on a connection that writes. REQUIRES an open write transaction. Throws SQLite::Exception. Not
/// thread-safe, like its connection, which must outlive it.
class RelationTable {
 public:
  explicit RelationTable(SQLite::Database& database);

  /// nullopt when the relation has no row.
  [[nodiscard]] std::optional<RelationState> find(SubjectRef relation);
  void insert(LocationRef location, SubjectRef relation, const RelationState& state);
  void update(LocationRef location, SubjectRef relation, const RelationState& state);
  /// Inserts the row, in place of one that may be there.
  void replace(LocationRef location, SubjectRef relation, const RelationState& state);

 private:
  static void write(SQLite::Statement& statement, LocationRef location, SubjectRef relation, const RelationState& state);

  SQLite::Statement find_;
  SQLite::Statement insert_;
  SQLite::Statement update_;
  SQLite::Statement remove_;
};

}  // namespace ledger::storage
