// Reads and writes rows of relation_state.
#include "storage/sqlite/relation_table.h"

#include <string>
#include <utility>

namespace ledger::storage {
namespace {

template <class Id>
std::optional<Id> optional_id(Query& row, int column) {
  auto text = row.optional_bytes(column);
  if (!text) return std::nullopt;
  return Id(*std::move(text));
}

template <class Id>
void bind_id(Query& query, const std::optional<Id>& id) {
  if (id) {
    query.bind(id->value());
  } else {
    query.bind_null();
  }
}

}  // namespace

RelationState read_relation(Query& row, int first, RelationKey key) {
  RelationState state;
  state.key = std::move(key);
  state.relation.association = optional_id<AssociationId>(row, first);
  state.relation.first_object_key = row.optional_bytes(first + 1);
  state.relation.first_record = optional_id<RecordId>(row, first + 2);
  state.relation.second_object_key = row.optional_bytes(first + 3);
  state.relation.second_record = optional_id<RecordId>(row, first + 4);
  state.created_at = to_timestamp(row.optional_integer(first + 5));
  state.vouched_at = to_timestamp(row.optional_integer(first + 6));
  state.updated_at = to_timestamp(row.integer(first + 7));
  state.deleted_at = to_timestamp(row.optional_integer(first + 8));
  state.last_sequence = Sequence(row.integer(first + 9));
  if (const auto deleted_by = row.optional_integer(first + 10)) state.deleted_by = Sequence(*deleted_by);
  state.deleted_at_is_dated = row.integer(first + 11) != 0;
  state.former_lives = row.integer(first + 12);
  return state;
}

RelationTable::RelationTable(SQLite::Database& database)
    : find_(database, std::string("SELECT ") + kRelationColumns + " FROM relation_state t WHERE t.subject_ref = ?"),
      insert_(database,
              "INSERT INTO relation_state (association_id, first_object_key, first_record_id, second_object_key, second_record_id, created_at,"
              " vouched_at, updated_at, deleted_at, last_sequence, deleted_by, deleted_at_is_dated, former_lives, location_ref, subject_ref)"
              " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      update_(database,
              "UPDATE relation_state SET association_id = ?, first_object_key = ?, first_record_id = ?, second_object_key = ?, second_record_id = ?,"
              " created_at = ?, vouched_at = ?, updated_at = ?, deleted_at = ?, last_sequence = ?, deleted_by = ?, deleted_at_is_dated = ?,"
              " former_lives = ?, location_ref = ? WHERE subject_ref = ?"),
      remove_(database, "DELETE FROM relation_state WHERE subject_ref = ?") {}

std::optional<RelationState> RelationTable::find(SubjectRef relation) {
  Query row(find_);
  row.bind(relation.value());
  if (!row.next()) return std::nullopt;
  return read_relation(row, 0, {});
}

void RelationTable::insert(LocationRef location, SubjectRef relation, const RelationState& state) {
  write(insert_, location, relation, state);
}

void RelationTable::update(LocationRef location, SubjectRef relation, const RelationState& state) {
  write(update_, location, relation, state);
}

void RelationTable::replace(LocationRef location, SubjectRef relation, const RelationState& state) {
  Query(remove_).bind(relation.value()).run();
  insert(location, relation, state);
}

void RelationTable::write(SQLite::Statement& statement, LocationRef location, SubjectRef relation, const RelationState& state) {
  std::optional<std::int64_t> deleted_by;
  if (state.deleted_by) deleted_by = state.deleted_by->value();
  Query query(statement);
  bind_id(query, state.relation.association);
  query.bind(state.relation.first_object_key);
  bind_id(query, state.relation.first_record);
  query.bind(state.relation.second_object_key);
  bind_id(query, state.relation.second_record);
  query.bind(to_column(state.created_at))
      .bind(to_column(state.vouched_at))
      .bind(to_column(state.updated_at))
      .bind(to_column(state.deleted_at))
      .bind(state.last_sequence.value())
      .bind(deleted_by)
      .bind(std::int64_t{state.deleted_at_is_dated ? 1 : 0})
      .bind(state.former_lives)
      .bind(location.value())
      .bind(relation.value())
      .run();
}

}  // namespace ledger::storage
