// Reads and writes rows of association_state, and writes those of deletion.
#include "storage/sqlite/association_table.h"

#include <stdexcept>
#include <string>

namespace ledger::storage {

AssociationTable::AssociationTable(SQLite::Database& database)
    : definitions_(database),
      state_reader_(database),
      find_(database, std::string("SELECT ") + kStateColumns + " FROM association_state t WHERE t.subject_ref = ?"),
      insert_(database,
              "INSERT INTO association_state (definition_ref, created_at, updated_at, deleted_at, last_sequence, deleted_by, deleted_at_is_dated,"
              " former_lives, inferred, subject_ref) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      update_(database,
              "UPDATE association_state SET definition_ref = ?, created_at = ?, updated_at = ?, deleted_at = ?, last_sequence = ?, deleted_by = ?,"
              " deleted_at_is_dated = ?, former_lives = ?, inferred = ? WHERE subject_ref = ?"),
      remove_(database, "DELETE FROM association_state WHERE subject_ref = ?"),
      insert_deletion_(
          database, "INSERT INTO deletion (location_ref, deleted_at, deleted_by, subject_ref, created_at, definition_ref) VALUES (?, ?, ?, ?, ?, ?)"),
      remove_deletion_(database, "DELETE FROM deletion WHERE location_ref = ? AND deleted_at = ? AND deleted_by = ?"),
      // A row for an ended life has the place that its Delete gives it. An index by subject would cost every Delete more than it saves these few.
      remove_deletions_(database,
                        "DELETE FROM deletion WHERE (location_ref, deleted_at, deleted_by) IN"
                        " (SELECT ?, effective_at, sequence FROM event WHERE subject_ref = ? AND kind IN (3, 9))"),
      find_deletion_(database, "SELECT definition_ref FROM deletion WHERE location_ref = ? AND deleted_at = ? AND deleted_by = ?") {}

std::optional<Association> AssociationTable::find(SubjectRef association, const AssociationKey& key) {
  Query row(find_);
  row.bind(association.value());
  if (!row.next()) return std::nullopt;
  return state_reader_.read(row, 0, key);
}

void AssociationTable::insert(LocationRef location, SubjectRef association, const FoldedAssociation& folded) {
  write_state(insert_, association, folded.association);
  insert_deletions(location, association, folded);
}

void AssociationTable::update(LocationRef location, SubjectRef association, const Association& before, const Association& after) {
  write_state(update_, association, after);
  const std::optional<EndedLife> was = present_end(before);
  const std::optional<EndedLife> is = present_end(after);
  if (was == is) return;
  const bool became_former = after.state.former_lives > before.state.former_lives;
  if (was && !became_former) remove_deletion(location, was->deleted_at, was->deleted_by);
  if (is) insert_deletion(location, association, *is);
}

void AssociationTable::replace(LocationRef location, SubjectRef association, const FoldedAssociation& folded) {
  write_state(update_, association, folded.association);
  Query(remove_deletions_).bind(location.value()).bind(association.value()).run();
  insert_deletions(location, association, folded);
}

SharedDefinition AssociationTable::definition_of(LocationRef location, const EventPlace& end) {
  Query row(find_deletion_);
  row.bind(location.value()).bind(to_column(end.effective_at)).bind(end.sequence.value());
  if (!row.next()) throw std::runtime_error("the life that event " + std::to_string(end.sequence.value()) + " ended has no row");
  return state_reader_.definition(DefinitionRef(row.integer(0)));
}

void AssociationTable::replace_lives(LocationRef location, SubjectRef association, const std::vector<Life>& before,
                                     const std::vector<EndedLife>& ended, const Association& after) {
  write_state(update_, association, after);
  for (const Life& life : before) {
    if (life.end) remove_deletion(location, life.end->effective_at, life.end->sequence);
  }
  for (const EndedLife& life : ended) insert_deletion(location, association, life);
}

void AssociationTable::repair(LocationRef location, SubjectRef association, const FoldedAssociation& folded) {
  Query(remove_).bind(association.value()).run();
  Query(remove_deletions_).bind(location.value()).bind(association.value()).run();
  // An event ends a life of one association, so a row in the place of this one's is wrong.
  for (const EndedLife& life : folded.former_lives) remove_deletion(location, life.deleted_at, life.deleted_by);
  if (const auto end = present_end(folded.association)) remove_deletion(location, end->deleted_at, end->deleted_by);
  insert(location, association, folded);
}

void AssociationTable::write_state(SQLite::Statement& statement, SubjectRef association, const Association& state) {
  std::optional<std::int64_t> deleted_by;
  if (state.deleted_by) deleted_by = state.deleted_by->value();
  Query(statement)
      .bind(definitions_.ref_of(*state.state.definition).value())
      .bind(to_column(state.state.created_at))
      .bind(to_column(state.state.updated_at))
      .bind(to_column(state.state.deleted_at))
      .bind(state.last_sequence.value())
      .bind(deleted_by)
      .bind(std::int64_t{state.state.deleted_at_is_dated ? 1 : 0})
      .bind(state.state.former_lives)
      .bind(std::int64_t{state.state.inferred})
      .bind(association.value())
      .run();
}

void AssociationTable::insert_deletions(LocationRef location, SubjectRef association, const FoldedAssociation& folded) {
  for (const EndedLife& life : folded.former_lives) insert_deletion(location, association, life);
  if (const auto end = present_end(folded.association)) insert_deletion(location, association, *end);
}

void AssociationTable::insert_deletion(LocationRef location, SubjectRef association, const EndedLife& life) {
  Query(insert_deletion_)
      .bind(location.value())
      .bind(to_column(life.deleted_at))
      .bind(life.deleted_by.value())
      .bind(association.value())
      .bind(to_column(life.created_at))
      .bind(definitions_.ref_of(*life.definition).value())
      .run();
}

void AssociationTable::remove_deletion(LocationRef location, Timestamp deleted_at, Sequence deleted_by) {
  Query(remove_deletion_).bind(location.value()).bind(to_column(deleted_at)).bind(deleted_by.value()).run();
}

}  // namespace ledger::storage
