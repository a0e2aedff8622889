// Computes location_state from the states of all associations.
#include "storage/sqlite/location_totals.h"

#include "storage/sqlite/statement.h"

#include <algorithm>

namespace ledger::storage {

void LocationTotals::add(LocationRef location, const Association& association) {
  Total& total = totals_[location.value()];
  ++(association.is_deleted() ? total.deleted : total.active);
  total.last = std::max(total.last, association.last_sequence);
}

void LocationTotals::insert_into(SQLite::Database& database) const {
  SQLite::Statement insert(database,
                           "INSERT INTO location_state (location_ref, active_associations, deleted_associations, last_sequence) VALUES (?, ?, ?, ?)");
  for (const auto& [location, total] : in_order()) {
    Query(insert).bind(location).bind(total.active).bind(total.deleted).bind(total.last.value()).run();
  }
}

std::optional<LocationRef> LocationTotals::difference(SQLite::Database& database) const {
  SQLite::Statement select(database,
                           "SELECT location_ref, active_associations, deleted_associations, last_sequence FROM location_state ORDER BY location_ref");
  Query row(select);
  const auto totals = in_order();
  auto expected = totals.begin();
  while (row.next()) {
    const std::int64_t location = row.integer(0);
    if (expected == totals.end() || location < expected->first) return LocationRef(location);
    const Total found{row.integer(1), row.integer(2), Sequence(row.integer(3))};
    if (location != expected->first || found != expected->second) return LocationRef(expected->first);
    ++expected;
  }
  if (expected != totals.end()) return LocationRef(expected->first);
  return std::nullopt;
}

}  // namespace ledger::storage
