// What the rows of location_state must say, summed up from the states of all associations.
#include "storage/location_totals.h"

#include "storage/statement.h"

#include <algorithm>

namespace ledger::storage {

void LocationTotals::add(LocationRef location, const Association& association) {
  Total& total = totals_[location];
  ++(association.is_deleted() ? total.deleted : total.active);
  total.last = std::max(total.last, association.last_sequence);
}

void LocationTotals::insert_into(SQLite::Database& database) const {
  SQLite::Statement insert(database,
                           "INSERT INTO location_state (location_ref, active_associations, deleted_associations, last_sequence) VALUES (?, ?, ?, ?)");
  for (const auto& [location, total] : totals_) {
    Query(insert).bind(location.value()).bind(total.active).bind(total.deleted).bind(total.last.value()).run();
  }
}

std::optional<LocationRef> LocationTotals::difference(SQLite::Database& database) const {
  SQLite::Statement select(database,
                           "SELECT location_ref, active_associations, deleted_associations, last_sequence FROM location_state ORDER BY location_ref");
  Query row(select);
  auto expected = totals_.begin();
  while (row.next()) {
    const LocationRef location(row.integer(0));
    if (expected == totals_.end() || location < expected->first) return location;
    const Total found{row.integer(1), row.integer(2), Sequence(row.integer(3))};
    if (location != expected->first || found != expected->second) return expected->first;
    ++expected;
  }
  if (expected != totals_.end()) return expected->first;
  return std::nullopt;
}

}  // namespace ledger::storage
