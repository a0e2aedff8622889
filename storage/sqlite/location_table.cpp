// Writes what location_state says about relations and installs.
#include "storage/sqlite/location_table.h"

namespace ledger::storage {

// The first INSERT inserts only a missing row. An upsert would not do: SQLite checks the constraints before it finds the conflict, and a difference
// may be negative.
LocationTable::LocationTable(SQLite::Database& database)
    : insert_missing_(database,
                      "INSERT INTO location_state (location_ref, active_associations, deleted_associations, last_sequence) VALUES (?1, 0, 0, ?2)"
                      " ON CONFLICT DO NOTHING"),
      count_relations_(database,
                       "UPDATE location_state SET active_relations = active_relations + ?, deleted_relations = deleted_relations + ?,"
                       " last_sequence = ? WHERE location_ref = ?"),
      recount_relations_(database,
                         "UPDATE location_state SET (active_relations, deleted_relations) ="
                         " (SELECT count(*) FILTER (WHERE deleted_at IS NULL), count(deleted_at) FROM relation_state WHERE location_ref = ?1)"
                         " WHERE location_ref = ?1"),
      last_sequence_(database, "SELECT last_sequence FROM location_state WHERE location_ref = ?"),
      find_installs_(database, "SELECT installed_at, uninstalled_at FROM location_state WHERE location_ref = ?"),
      set_installs_(database, "UPDATE location_state SET installed_at = ?, uninstalled_at = ?, last_sequence = ? WHERE location_ref = ?") {}

void LocationTable::count_relations(LocationRef location, std::int64_t active, std::int64_t deleted, Sequence last) {
  Query(insert_missing_).bind(location.value()).bind(last.value()).run();
  Query(count_relations_).bind(active).bind(deleted).bind(last.value()).bind(location.value()).run();
}

void LocationTable::recount_relations(LocationRef location, Sequence last) {
  Query(insert_missing_).bind(location.value()).bind(last.value()).run();
  Query(recount_relations_).bind(location.value()).run();
}

Sequence LocationTable::last_sequence(LocationRef location) {
  Query row(last_sequence_);
  row.bind(location.value());
  return Sequence(row.next() ? row.integer(0) : 0);
}

Installs LocationTable::installs(LocationRef location) {
  Query row(find_installs_);
  row.bind(location.value());
  if (!row.next()) return {};
  return {to_timestamp(row.optional_integer(0)), to_timestamp(row.optional_integer(1))};
}

void LocationTable::set_installs(LocationRef location, const Installs& installs, Sequence last) {
  Query(insert_missing_).bind(location.value()).bind(last.value()).run();
  Query(set_installs_)
      .bind(to_column(installs.installed_at))
      .bind(to_column(installs.uninstalled_at))
      .bind(last.value())
      .bind(location.value())
      .run();
}

}  // namespace ledger::storage
