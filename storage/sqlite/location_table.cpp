// Reads and writes rows of location_state: the numbers of a location's associations and relations, its installs, and its last event.
#include "storage/sqlite/location_table.h"

namespace ledger::storage {

LocationTable::LocationTable(SQLite::Database& database)
    : database_(database),
      update_(database,
              "UPDATE location_state SET active_associations = active_associations + ?, deleted_associations = deleted_associations + ?,"
              " active_relations = active_relations + ?, deleted_relations = deleted_relations + ?, last_sequence = ? WHERE location_ref = ?"),
      insert_(
          database,
          "INSERT INTO location_state (active_associations, deleted_associations, active_relations, deleted_relations, last_sequence, location_ref)"
          " VALUES (?, ?, ?, ?, ?, ?)"),
      recount_(database,
               "INSERT INTO location_state"
               " (location_ref, active_associations, deleted_associations, active_relations, deleted_relations, last_sequence)"
               " SELECT ?1, a.active, a.deleted, r.active, r.deleted, max(a.last, r.last)"
               " FROM (SELECT count(*) FILTER (WHERE t.deleted_at IS NULL) AS active, count(t.deleted_at) AS deleted,"
               " ifnull(max(iif(b.subject_ref IN stale_subject, 0, t.last_sequence)), 0) AS last"
               " FROM subject b JOIN association_state t ON t.subject_ref = b.subject_ref WHERE b.location_ref = ?1 AND b.kind = 1) a,"
               " (SELECT count(*) FILTER (WHERE t.deleted_at IS NULL) AS active, count(t.deleted_at) AS deleted,"
               " ifnull(max(iif(t.subject_ref IN stale_subject, 0, t.last_sequence)), 0) AS last"
               " FROM relation_state t WHERE t.location_ref = ?1) r WHERE true"
               " ON CONFLICT DO UPDATE SET active_associations = excluded.active_associations, deleted_associations = excluded.deleted_associations,"
               " active_relations = excluded.active_relations, deleted_relations = excluded.deleted_relations,"
               " last_sequence = max(last_sequence, excluded.last_sequence)"),
      touch_(database,
             "INSERT INTO location_state (active_associations, deleted_associations, last_sequence, location_ref) VALUES (0, 0, ?, ?)"
             " ON CONFLICT DO UPDATE SET last_sequence = excluded.last_sequence"),
      find_installs_(database, "SELECT installed_at, uninstalled_at FROM location_state WHERE location_ref = ?"),
      set_installs_(database, "UPDATE location_state SET installed_at = ?, uninstalled_at = ? WHERE location_ref = ?") {}

// An upsert would not do: SQLite checks the constraints before it finds the conflict, and a difference may be negative.
void LocationTable::count(LocationRef location, const Change& associations, const Change& relations, Sequence last) {
  for (SQLite::Statement* const statement : {&update_, &insert_}) {
    Query(*statement)
        .bind(associations.active)
        .bind(associations.deleted)
        .bind(relations.active)
        .bind(relations.deleted)
        .bind(last.value())
        .bind(location.value())
        .run();
    if (database_.getChanges() != 0) return;
  }
}

void LocationTable::recount(LocationRef location) {
  Query(recount_).bind(location.value()).run();
}

void LocationTable::touch(LocationRef location, Sequence last) {
  Query(touch_).bind(last.value()).bind(location.value()).run();
}

Installs LocationTable::installs(LocationRef location) {
  Query row(find_installs_);
  row.bind(location.value());
  if (!row.next()) return {};
  return {to_timestamp(row.optional_integer(0)), to_timestamp(row.optional_integer(1))};
}

void LocationTable::set_installs(LocationRef location, const Installs& installs) {
  Query(set_installs_).bind(to_column(installs.installed_at)).bind(to_column(installs.uninstalled_at)).bind(location.value()).run();
}

}  // namespace ledger::storage
