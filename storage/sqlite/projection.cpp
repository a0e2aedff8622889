// Writes the current state: folds each event into it, in the transaction that appends the event.
#include "storage/sqlite/projection.h"

#include <stdexcept>
#include <string>
#include <utility>

namespace ledger::storage {

StateTable::StateTable(SQLite::Database& database)
    : definitions_(database),
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

void StateTable::insert(LocationRef location, SubjectRef association, const FoldedAssociation& folded) {
  write_state(insert_, association, folded.association);
  insert_deletions(location, association, folded);
}

void StateTable::update(LocationRef location, SubjectRef association, const Association& before, const Association& after) {
  write_state(update_, association, after);
  const std::optional<EndedLife> was = present_end(before);
  const std::optional<EndedLife> is = present_end(after);
  if (was == is) return;
  const bool became_former = after.state.former_lives > before.state.former_lives;
  if (was && !became_former) remove_deletion(location, was->deleted_at, was->deleted_by);
  if (is) insert_deletion(location, association, *is);
}

void StateTable::replace(LocationRef location, SubjectRef association, const FoldedAssociation& folded) {
  write_state(update_, association, folded.association);
  Query(remove_deletions_).bind(location.value()).bind(association.value()).run();
  insert_deletions(location, association, folded);
}

DefinitionRef StateTable::definition_of(LocationRef location, const EventPlace& end) {
  Query row(find_deletion_);
  row.bind(location.value()).bind(to_column(end.effective_at)).bind(end.sequence.value());
  if (!row.next()) throw std::runtime_error("the life that event " + std::to_string(end.sequence.value()) + " ended has no row");
  return DefinitionRef(row.integer(0));
}

void StateTable::replace_lives(LocationRef location, SubjectRef association, const std::vector<Life>& before, const std::vector<EndedLife>& ended,
                               const Association& after) {
  write_state(update_, association, after);
  for (const Life& life : before) {
    if (life.end) remove_deletion(location, life.end->effective_at, life.end->sequence);
  }
  for (const EndedLife& life : ended) insert_deletion(location, association, life);
}

void StateTable::repair(LocationRef location, SubjectRef association, const FoldedAssociation& folded) {
  Query(remove_).bind(association.value()).run();
  Query(remove_deletions_).bind(location.value()).bind(association.value()).run();
  // An event ends a life of one association, so a row in the place of this one's is wrong.
  for (const EndedLife& life : folded.former_lives) remove_deletion(location, life.deleted_at, life.deleted_by);
  if (const auto end = present_end(folded.association)) remove_deletion(location, end->deleted_at, end->deleted_by);
  insert(location, association, folded);
}

void StateTable::write_state(SQLite::Statement& statement, SubjectRef association, const Association& state) {
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

void StateTable::insert_deletions(LocationRef location, SubjectRef association, const FoldedAssociation& folded) {
  for (const EndedLife& life : folded.former_lives) insert_deletion(location, association, life);
  if (const auto end = present_end(folded.association)) insert_deletion(location, association, *end);
}

void StateTable::insert_deletion(LocationRef location, SubjectRef association, const EndedLife& life) {
  Query(insert_deletion_)
      .bind(location.value())
      .bind(to_column(life.deleted_at))
      .bind(life.deleted_by.value())
      .bind(association.value())
      .bind(to_column(life.created_at))
      .bind(definitions_.ref_of(*life.definition).value())
      .run();
}

void StateTable::remove_deletion(LocationRef location, Timestamp deleted_at, Sequence deleted_by) {
  Query(remove_deletion_).bind(location.value()).bind(to_column(deleted_at)).bind(deleted_by.value()).run();
}

Projection::Projection(SQLite::Database& database, LocationTable& locations)
    : stored_fold_(database),
      lives_(database),
      states_(database),
      locations_(locations),
      state_reader_(database),
      find_(database, std::string("SELECT ") + kStateColumns + " FROM association_state t WHERE t.subject_ref = ?") {}

std::optional<Association> Projection::find(SubjectRef association, const AssociationKey& key) {
  Query row(find_);
  row.bind(association.value());
  if (!row.next()) return std::nullopt;
  return state_reader_.read(row, 0, key);
}

void Projection::apply(const EventLog::Interned& refs, const AssociationKey& key, const std::optional<Association>& before, FoldEvent event) {
  if (!before) {
    FoldedAssociation folded;
    folded.association.key = key;
    extend(folded, std::move(event));
    states_.insert(refs.location, refs.subject, folded);
    return locations_.count(refs.location, change_of(before, folded.association), {}, folded.association.last_sequence);
  }
  if (before->last_sequence >= event.sequence) {
    throw std::runtime_error("association_state row " + std::to_string(refs.subject.value()) + ": its last sequence lies beyond the log");
  }
  const bool is_next = event.is_conflict || sorts_last(*before, event);
  if (is_next || only_sets_fields(*before, event)) {
    Association after = *before;
    if (is_next) {
      extend(after, std::move(event));
    } else {
      insert_late(after, event, stored_fold_.not_overridden(refs.subject, event));
    }
    states_.update(refs.location, refs.subject, *before, after);
    return locations_.count(refs.location, change_of(before, after), {}, after.last_sequence);
  }
  if (const auto after = with_changed_lives(refs, *before, event))
    return locations_.count(refs.location, change_of(before, *after), {}, after->last_sequence);
  const auto folded = stored_fold_.fold_through(refs.subject, key, event.sequence);
  if (!folded) throw std::runtime_error("event " + std::to_string(event.sequence.value()) + ": the index of the log does not have it");
  states_.replace(refs.location, refs.subject, *folded);
  locations_.count(refs.location, change_of(before, folded->association), {}, folded->association.last_sequence);
}

std::optional<Association> Projection::with_changed_lives(const EventLog::Interned& refs, const Association& before, const FoldEvent& event) {
  const auto changed = lives_.changed_by(refs.subject, event);
  if (!changed) return std::nullopt;
  // No event of these lives carries a field that they do not have.
  Definition wanted = event.definition;
  for (const Life& life : changed->before) {
    add_earlier(wanted, life.next ? *state_reader_.definition(states_.definition_of(refs.location, *life.end)) : *before.state.definition);
  }
  Association after = before;
  after.last_sequence = event.sequence;
  after.state.former_lives += static_cast<std::int64_t>(changed->after.size()) - static_cast<std::int64_t>(changed->before.size());
  std::vector<EndedLife> ended;
  for (const Life& life : changed->after) {
    const SharedDefinition definition = stored_fold_.definition_of(refs.subject, life, wanted);
    if (life.end) ended.push_back({definition, life.created_at, life.end->effective_at, life.end->sequence});
    if (life.next) continue;
    after.state.definition = definition;
    after.state.created_at = life.created_at;
    after.state.deleted_at.reset();
    after.deleted_by.reset();
    if (life.end) {
      after.state.deleted_at = life.end->effective_at;
      after.deleted_by = life.end->sequence;
    }
    after.state.deleted_at_is_dated = life.end.has_value();
  }
  states_.replace_lives(refs.location, refs.subject, changed->before, ended, after);
  return after;
}

void Projection::replace(LocationRef location, SubjectRef association, const FoldedAssociation& folded) {
  states_.repair(location, association, folded);
}

}  // namespace ledger::storage
