// Answers questions about the relations of a location.
#include "storage/sqlite/relation_reader.h"

#include <utility>

namespace ledger::storage {
namespace {

constexpr std::size_t kRelationRowsMax = 10'000;

std::string select_relations(const char* condition) {
  return std::string("SELECT b.subject_id, ") + kRelationColumns + " FROM relation_state t JOIN subject b ON b.subject_ref = t.subject_ref WHERE " +
         condition;
}

}  // namespace

// Each index ends with the subject, so SQLite sorts nothing. The two sides of a record are two indexes: each gives as many rows as a page looks at.
RelationReader::RelationReader(ReadConnection& connection)
    : connection_(connection),
      all_(connection.database(), select_relations("t.location_ref = ? AND t.subject_ref > ? ORDER BY t.subject_ref")),
      one_(connection.database(), select_relations("b.location_ref = ? AND b.subject_ref > ? AND b.kind = 2 AND b.subject_id = ?")),
      of_association_(connection.database(),
                      select_relations("t.location_ref = ? AND t.subject_ref > ? AND t.association_id = ? ORDER BY t.subject_ref")),
      of_record_(connection.database(),
                 select_relations("t.subject_ref IN ("
                                  "SELECT * FROM (SELECT subject_ref FROM relation_state WHERE location_ref = ?1 AND subject_ref > ?2"
                                  " AND first_record_id = ?3 ORDER BY subject_ref LIMIT 10001)"
                                  " UNION SELECT * FROM (SELECT subject_ref FROM relation_state WHERE location_ref = ?1 AND subject_ref > ?2"
                                  " AND second_record_id = ?3 ORDER BY subject_ref LIMIT 10001)"
                                  ") ORDER BY t.subject_ref")),
      association_end_(connection.database(),
                       "SELECT max(d.deleted_at) FROM subject a JOIN deletion d ON d.subject_ref = a.subject_ref"
                       " WHERE a.location_ref = ? AND a.kind = 1 AND a.subject_id = ?") {}

Result<RelationPage> RelationReader::list_relations(const RelationQuery& query) {
  RelationPage page;
  const auto location = connection_.find_location(query.location);
  if (!location) return page;
  page.as_of = location->last_sequence;
  const auto start = start_of(query);
  if (!start) return page;

  const RelationFilter& filter = query.filter;
  Query row(filter.id ? one_ : filter.record ? of_record_ : filter.association ? of_association_ : all_);
  row.bind(location->ref.value()).bind(start->value());
  if (filter.id) {
    row.bind(filter.id->value());
  } else if (filter.record) {
    row.bind(filter.record->value());
  } else if (filter.association) {
    row.bind(filter.association->value());
  }
  Ends ends;
  RelationId last_seen;
  for (std::size_t seen = 0; row.next(); ++seen) {
    if (seen == kRelationRowsMax) {
      page.next = std::move(last_seen);
      break;
    }
    ShownRelation relation;
    relation.state = read_relation(row, 1, {query.location, RelationId(row.bytes(0))});
    const auto& association = relation.state.relation.association;
    relation.status = status_of(relation.state, association ? association_end(location->ref, *association, ends) : std::nullopt);
    last_seen = relation.state.key.id;
    if (!filter.matches(relation)) continue;
    if (page.relations.size() == query.limit) {
      page.next = page.relations.back().state.key.id;
      break;
    }
    page.relations.push_back(std::move(relation));
  }
  return page;
}

std::optional<SubjectRef> RelationReader::start_of(const RelationQuery& query) {
  if (!query.after) return SubjectRef(0);
  const auto found = connection_.find_relation({query.location, AssociationId(query.after->value())});
  return found ? std::optional(found->ref) : std::nullopt;
}

std::optional<Timestamp> RelationReader::association_end(LocationRef location, const AssociationId& association, Ends& known) {
  const auto found = known.find(association.value());
  if (found != known.end()) return found->second;
  Query row(association_end_);
  row.bind(location.value()).bind(association.value());
  const auto ended_at = row.next() ? to_timestamp(row.optional_integer(0)) : std::nullopt;
  known.emplace(association.value(), ended_at);
  return ended_at;
}

}  // namespace ledger::storage
