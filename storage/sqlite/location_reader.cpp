// Answers which locations there are, and how many associations each has.
#include "storage/sqlite/location_reader.h"

#include <string>

namespace ledger::storage {
namespace {

std::string count_of(const std::string& state) {
  return "SELECT count(*) FILTER (WHERE t.deleted_at IS NULL), count(t.deleted_at) FROM subject b JOIN " + state +
         " t ON t.subject_ref = b.subject_ref WHERE b.location_ref = ? AND b.subject_ref NOT IN stale_subject";
}

}  // namespace

LocationReader::LocationReader(ReadConnection& connection, StateAsOf& states)
    : connection_(connection),
      states_(states),
      locations_(connection.database(),
                 "SELECT l.location_id, s.active_associations, s.deleted_associations, s.last_sequence, e.recorded_at, s.active_relations,"
                 " s.deleted_relations, s.installed_at, s.uninstalled_at, l.location_ref,"
                 " EXISTS (SELECT 1 FROM stale_subject x CROSS JOIN subject b ON b.subject_ref = x.subject_ref WHERE b.location_ref = l.location_ref)"
                 " FROM location l JOIN location_state s ON s.location_ref = l.location_ref JOIN event e ON e.sequence = s.last_sequence"
                 " WHERE l.location_id > ? ORDER BY l.location_id"),
      count_associations_(connection.database(), count_of("association_state")),
      count_relations_(connection.database(), count_of("relation_state")) {}

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
    LocationSummary& location = page.locations.emplace_back();
    location.location = LocationId(row.bytes(0));
    location.active_associations = row.integer(1);
    location.deleted_associations = row.integer(2);
    location.last_sequence = Sequence(row.integer(3));
    location.last_recorded_at = to_timestamp(row.integer(4));
    location.active_relations = row.integer(5);
    location.deleted_relations = row.integer(6);
    const bool has_stale = row.integer(10) != 0;
    const bool has_installs = has_stale && recount(location, LocationRef(row.integer(9)));
    if (!has_installs) location.installs = {to_timestamp(row.optional_integer(7)), to_timestamp(row.optional_integer(8))};
  }
  return page;
}

bool LocationReader::recount(LocationSummary& summary, LocationRef location) {
  const auto count = [location](SQLite::Statement& statement, std::int64_t& active, std::int64_t& deleted) {
    Query row(statement);
    row.bind(location.value());
    if (!row.next()) return;
    active = row.integer(0);
    deleted = row.integer(1);
  };
  count(count_associations_, summary.active_associations, summary.deleted_associations);
  count(count_relations_, summary.active_relations, summary.deleted_relations);
  bool has_installs = false;
  for (const StateAsOf::Stale& stale : states_.stale_of(location, summary.location)) {
    switch (stale.kind) {
      case SubjectKind::association:
        ++(stale.folded.association.association.is_deleted() ? summary.deleted_associations : summary.active_associations);
        break;
      case SubjectKind::relation: ++(stale.folded.relation.is_deleted() ? summary.deleted_relations : summary.active_relations); break;
      case SubjectKind::location:
        summary.installs = stale.folded.installs;
        has_installs = true;
        break;
    }
  }
  return has_installs;
}

}  // namespace ledger::storage
