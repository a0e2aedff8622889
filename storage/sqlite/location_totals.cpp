// Computes location_state from the states of all subjects.
#include "storage/sqlite/location_totals.h"

#include "storage/sqlite/statement.h"

#include <algorithm>

namespace ledger::storage {

void LocationTotals::add(LocationRef location, const Association& association) {
  Total& total = totals_[location.value()];
  ++(association.is_deleted() ? total.deleted : total.active);
  total.last = std::max(total.last, association.last_sequence);
}

void LocationTotals::add(LocationRef location, const RelationState& relation) {
  Total& total = totals_[location.value()];
  ++(relation.is_deleted() ? total.deleted_relations : total.active_relations);
  total.last = std::max(total.last, relation.last_sequence);
}

void LocationTotals::add(LocationRef location, const Installs& installs, Sequence last) {
  Total& total = totals_[location.value()];
  total.installs = installs;
  total.last = std::max(total.last, last);
}

void LocationTotals::insert_into(SQLite::Database& database) const {
  SQLite::Statement insert(database,
                           "INSERT INTO location_state (location_ref, active_associations, deleted_associations, last_sequence, active_relations,"
                           " deleted_relations, installed_at, uninstalled_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  for (const auto& [location, total] : in_order()) {
    Query(insert)
        .bind(location)
        .bind(total.active)
        .bind(total.deleted)
        .bind(total.last.value())
        .bind(total.active_relations)
        .bind(total.deleted_relations)
        .bind(to_column(total.installs.installed_at))
        .bind(to_column(total.installs.uninstalled_at))
        .run();
  }
}

std::optional<LocationRef> LocationTotals::difference(SQLite::Database& database) const {
  SQLite::Statement select(database,
                           "SELECT location_ref, active_associations, deleted_associations, last_sequence, active_relations, deleted_relations,"
                           " installed_at, uninstalled_at FROM location_state ORDER BY location_ref");
  Query row(select);
  const auto totals = in_order();
  auto expected = totals.begin();
  while (row.next()) {
    const std::int64_t location = row.integer(0);
    if (expected == totals.end() || location < expected->first) return LocationRef(location);
    const Total found{row.integer(1), row.integer(2), Sequence(row.integer(3)),
                      row.integer(4), row.integer(5), {to_timestamp(row.optional_integer(6)), to_timestamp(row.optional_integer(7))}};
    if (location != expected->first || found != expected->second) return LocationRef(expected->first);
    ++expected;
  }
  if (expected != totals.end()) return LocationRef(expected->first);
  return std::nullopt;
}

}  // namespace ledger::storage
