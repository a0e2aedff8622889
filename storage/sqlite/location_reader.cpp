// Answers which locations there are, and how many associations each has.
#include "storage/sqlite/location_reader.h"

#include <algorithm>
#include <string>
#include <utility>

namespace ledger::storage {

LocationReader::LocationReader(ReadConnection& connection, StateAsOf& states)
    : connection_(connection),
      states_(states),
      locations_(connection.database(),
                 "SELECT l.location_ref, l.location_id, s.active_associations, s.deleted_associations, s.last_sequence"
                 " FROM location l JOIN location_state s ON s.location_ref = l.location_ref WHERE l.location_id > ? ORDER BY l.location_id"),
      associations_(connection.database(), std::string("SELECT ") + kStateAsOfColumns +
                                               " FROM association a JOIN association_state t ON t.association_ref = a.association_ref WHERE "
                                               "a.location_ref = ? AND a.association_ref <= ?") {}

Result<LocationPage> LocationReader::list_locations(const LocationQuery& query) {
  LocationPage page;
  const Sequence end = connection_.head();
  if (query.as_of && *query.as_of > end) return as_of_in_future();
  page.as_of = query.as_of.value_or(end);
  const AssociationRef newest = page.as_of < end ? connection_.newest_by(page.as_of) : kNewestOfAll;
  const LocationId start = query.after.value_or(LocationId{});
  Query row(locations_);
  row.bind(start.value());
  while (row.next()) {
    const LocationId id(row.bytes(1));
    std::optional<LocationSummary> summary;
    if (Sequence(row.integer(4)) <= page.as_of) {
      summary = LocationSummary{id, row.integer(2), row.integer(3), Sequence(row.integer(4)), {}};
    } else {
      summary = summary_as_of(LocationRef(row.integer(0)), id, page.as_of, newest);
    }
    if (!summary) continue;
    if (page.locations.size() == query.limit) {
      page.next = page.locations.back().location;
      break;
    }
    summary->last_recorded_at = connection_.recorded_at(summary->last_sequence);
    page.locations.push_back(*std::move(summary));
  }
  return page;
}

std::optional<LocationSummary> LocationReader::summary_as_of(LocationRef ref, const LocationId& id, Sequence through, AssociationRef newest) {
  LocationSummary summary;
  summary.location = id;
  Query row(associations_);
  row.bind(ref.value()).bind(newest.value());
  while (row.next()) {
    const Association association = states_.read(row, id, through);
    ++(association.is_deleted() ? summary.deleted_associations : summary.active_associations);
    summary.last_sequence = std::max(summary.last_sequence, association.last_sequence);
  }
  if (summary.last_sequence == Sequence(0)) return std::nullopt;
  return summary;
}

}  // namespace ledger::storage
