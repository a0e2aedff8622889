// The write side of the current state: folds each event in, in the transaction that appends it.
#include "storage/projection.h"

#include "domain/check.h"

#include <utility>

namespace ledger::storage {

Projection::Projection(SQLite::Database& database)
    : database_(database),
      stored_fold_(database),
      find_(database,
            "SELECT key, association_type, first_object_key, first_object_label, first_to_second_cardinality, second_object_key, second_object_label,"
            " second_to_first_cardinality, created_at, updated_at, deleted_at, last_sequence, deleted_by FROM association_state WHERE "
            "association_ref = ?"),
      replace_(database, kReplaceState),
      update_location_(database,
                       "UPDATE location_state SET active_associations = active_associations + ?, deleted_associations = deleted_associations + ?,"
                       " last_sequence = ? WHERE location_ref = ?"),
      insert_location_(database,
                       "INSERT INTO location_state (active_associations, deleted_associations, last_sequence, location_ref) VALUES (?, ?, ?, ?)") {}

std::optional<Association> Projection::find(AssociationRef association, const AssociationKey& key) {
  Query row(find_);
  row.bind(association.value());
  if (!row.next()) return std::nullopt;
  return read_state(row, 0, key);
}

void Projection::apply(const EventLog::Interned& refs, const AssociationKey& key, std::optional<Association> before, const FoldEvent& event) {
  std::optional<Association> after;
  if (!before) {
    after = fold(key, {event});
  } else if (sorts_last(*before, event)) {
    after = before;
    extend(*after, event);
  } else {
    after = stored_fold_.fold_through(refs.association, key, event.sequence);
    LEDGER_CHECK(after.has_value());
  }
  store(refs.association, *after);
  count(refs.location, before, *after);
}

void Projection::store(AssociationRef association, const Association& state) {
  Query replace(replace_);
  replace.bind(association.value());
  bind_state(replace, state);
  replace.run();
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
