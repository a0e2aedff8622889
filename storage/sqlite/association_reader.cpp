// Answers questions about the associations of a location.
#include "storage/sqlite/association_reader.h"

#include <string>
#include <utility>

namespace ledger::storage {
namespace {

/// A page looks at no more rows than this, however few of them match its filter.
constexpr std::size_t kScanRowsMax = 10'000;

}  // namespace

AssociationReader::AssociationReader(ReadConnection& connection, StateAsOf& states)
    : connection_(connection),
      states_(states),
      list_(connection.database(), std::string("SELECT ") + kStateAsOfColumns +
                                       " FROM association a JOIN association_state t ON t.association_ref = a.association_ref"
                                       " WHERE a.location_ref = ? AND a.association_id > ? AND a.association_ref <= ? ORDER BY a.association_id"),
      find_(connection.database(),
            std::string("SELECT ") + kStateAsOfColumns +
                " FROM location l JOIN association a ON a.location_ref = l.location_ref"
                " JOIN association_state t ON t.association_ref = a.association_ref WHERE l.location_id = ? AND a.association_id = ?") {}

Result<AssociationPage> AssociationReader::list_associations(const AssociationQuery& query) {
  const auto location = connection_.find_location(query.location);
  const Result<Sequence> through = connection_.resolve(query.as_of, location);
  if (!through) return through.error();
  AssociationPage page;
  page.as_of = *through;
  if (!location) return page;
  const AssociationRef newest = *through < location->last_sequence ? connection_.newest_by(*through) : kNewestOfAll;

  const AssociationId start = query.after.value_or(AssociationId{});
  Query row(list_);
  row.bind(location->ref.value()).bind(start.value()).bind(newest.value());
  AssociationId last_seen = start;
  std::size_t bytes = 0;
  for (std::size_t scanned = 0; row.next(); ++scanned) {
    if (scanned == kScanRowsMax) {
      page.next = last_seen;
      break;
    }
    Association association = states_.read(row, query.location, *through);
    last_seen = association.key.id;
    if (!query.filter.matches(association)) continue;
    if (page.associations.size() == query.limit || bytes >= query.bytes_max) {
      page.next = page.associations.back().key.id;
      break;
    }
    bytes += text_bytes(association.state.definition);
    page.associations.push_back(std::move(association));
  }
  return page;
}

Result<Association> AssociationReader::find_association(const AssociationKey& key) {
  Query row(find_);
  row.bind(key.location.value()).bind(key.id.value());
  if (!row.next()) return association_not_found();
  return states_.read(row, key.location, Sequence(std::numeric_limits<std::int64_t>::max()));
}

}  // namespace ledger::storage
