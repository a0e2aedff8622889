// Answers which locations there are, and how many associations each has.
#include "storage/sqlite/location_reader.h"

namespace ledger::storage {

LocationReader::LocationReader(ReadConnection& connection)
    : connection_(connection),
      locations_(connection.database(),
                 "SELECT l.location_id, s.active_associations, s.deleted_associations, s.last_sequence, e.recorded_at"
                 " FROM location l JOIN location_state s ON s.location_ref = l.location_ref JOIN event e ON e.sequence = s.last_sequence"
                 " WHERE l.location_id > ? ORDER BY l.location_id") {}

Result<LocationPage> LocationReader::list_locations(const LocationQuery& query) {
  LocationPage page;
  page.as_of = connection_.head();
  const LocationId start = query.after.value_or(LocationId{});
  Query row(locations_);
  row.bind(start.value());
  while (row.next()) {
    if (page.locations.size() == query.limit) {
      page.next = page.locations.back().location;
      break;
    }
    page.locations.push_back({LocationId(row.bytes(0)), row.integer(1), row.integer(2), Sequence(row.integer(3)), to_timestamp(row.integer(4))});
  }
  return page;
}

}  // namespace ledger::storage
