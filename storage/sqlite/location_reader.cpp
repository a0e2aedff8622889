// Answers which locations there are, and how many associations each has.
#include "storage/sqlite/location_reader.h"

namespace ledger::storage {

LocationReader::LocationReader(ReadConnection& connection)
    : connection_(connection),
      stale_(connection.database()),
      locations_(connection.database(),
                 "SELECT l.location_id, s.active_associations, s.deleted_associations, s.last_sequence, e.recorded_at, l.location_ref,"
                 " EXISTS (SELECT 1 FROM stale_subject x CROSS JOIN subject b ON b.subject_ref = x.subject_ref WHERE b.location_ref = l.location_ref)"
                 " FROM location l JOIN location_state s ON s.location_ref = l.location_ref JOIN event e ON e.sequence = s.last_sequence"
                 " WHERE l.location_id > ? ORDER BY l.location_id"),
      count_(connection.database(),
             "SELECT count(*) FILTER (WHERE t.deleted_at IS NULL), count(t.deleted_at) FROM subject b"
             " JOIN association_state t ON t.subject_ref = b.subject_ref"
             " WHERE b.location_ref = ? AND b.kind = 1 AND b.subject_ref NOT IN stale_subject") {}

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
    if (row.integer(6) != 0) recount(page.locations.back(), LocationRef(row.integer(5)));
  }
  return page;
}

void LocationReader::recount(LocationSummary& summary, LocationRef location) {
  {
    Query row(count_);
    row.bind(location.value());
    if (row.next()) {
      summary.active_associations = row.integer(0);
      summary.deleted_associations = row.integer(1);
    }
  }
  for (const FoldedAssociation& folded : stale_.of_location(location, summary.location)) {
    ++(folded.association.is_deleted() ? summary.deleted_associations : summary.active_associations);
  }
}

}  // namespace ledger::storage
