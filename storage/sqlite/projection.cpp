// Writes the current state: folds each event into it, in the transaction that appends the event.
#include "storage/sqlite/projection.h"

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace ledger::storage {

StateTable::StateTable(SQLite::Database& database)
    : definitions_(database),
      insert_(database,
              "INSERT INTO association_state (definition_ref, created_at, updated_at, deleted_at, last_sequence, deleted_by, association_ref,"
              " location_ref) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
      update_(database,
              "UPDATE association_state SET definition_ref = ?, created_at = ?, updated_at = ?, deleted_at = ?, last_sequence = ?, deleted_by = ?"
              " WHERE association_ref = ?") {}

void StateTable::insert(LocationRef location, AssociationRef association, const Association& state) {
  Query query(insert_);
  bind(query, state);
  query.bind(association.value()).bind(location.value()).run();
}

void StateTable::update(AssociationRef association, const Association& state) {
  Query query(update_);
  bind(query, state);
  query.bind(association.value()).run();
}

void StateTable::bind(Query& query, const Association& state) {
  std::optional<std::int64_t> deleted_by;
  if (state.deleted_by) deleted_by = state.deleted_by->value();
  query.bind(definitions_.ref_of(state.state.definition).value())
      .bind(to_column(state.state.created_at))
      .bind(to_column(state.state.updated_at))
      .bind(to_column(state.state.deleted_at))
      .bind(state.last_sequence.value())
      .bind(deleted_by);
}

Projection::Projection(SQLite::Database& database)
    : database_(database),
      stored_fold_(database),
      states_(database),
      state_reader_(database),
      find_(database, std::string("SELECT ") + kStateColumns + " FROM association_state t WHERE t.association_ref = ?"),
      update_location_(database,
                       "UPDATE location_state SET active_associations = active_associations + ?, deleted_associations = deleted_associations + ?,"
                       " last_sequence = ? WHERE location_ref = ?"),
      insert_location_(database,
                       "INSERT INTO location_state (active_associations, deleted_associations, last_sequence, location_ref) VALUES (?, ?, ?, ?)") {}

std::optional<Association> Projection::find(AssociationRef association, const AssociationKey& key) {
  Query row(find_);
  row.bind(association.value());
  if (!row.next()) return std::nullopt;
  return state_reader_.read(row, 0, key);
}

void Projection::apply(const EventLog::Interned& refs, const AssociationKey& key, const std::optional<Association>& before, FoldEvent event) {
  if (before && before->last_sequence >= event.sequence) {
    throw std::runtime_error("association_state row " + std::to_string(refs.association.value()) + ": its last sequence lies beyond the log");
  }
  std::optional<Association> after;
  if (!before) {
    std::vector<FoldEvent> only;
    only.push_back(std::move(event));
    after = fold(key, std::move(only));
  } else if (sorts_last(*before, event)) {
    after = before;
    extend(*after, std::move(event));
  } else {
    after = stored_fold_.fold_through(refs.association, key, event.sequence);
    if (!after) throw std::runtime_error("event " + std::to_string(event.sequence.value()) + ": the index of the log does not have it");
  }
  if (before) {
    states_.update(refs.association, *after);
  } else {
    states_.insert(refs.location, refs.association, *after);
  }
  count(refs.location, before, *after);
}

void Projection::count(LocationRef location, const std::optional<Association>& before, const Association& after) {
  const std::int64_t active = (after.is_deleted() ? 0 : 1) - (before && !before->is_deleted() ? 1 : 0);
  const std::int64_t deleted = (after.is_deleted() ? 1 : 0) - (before && before->is_deleted() ? 1 : 0);
  {
    Query update(update_location_);
    update.bind(active).bind(deleted).bind(after.last_sequence.value()).bind(location.value()).run();
    if (database_.getChanges() != 0) return;
  }
  Query(insert_location_).bind(active).bind(deleted).bind(after.last_sequence.value()).bind(location.value()).run();
}

}  // namespace ledger::storage
