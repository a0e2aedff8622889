// Answers questions about the relations of a location.
#include "storage/sqlite/relation_reader.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace ledger::storage {
namespace {

constexpr std::size_t kRelationRowsMax = 10'000;
constexpr std::size_t kRelationEventsMax = 20'000;  // Of the past.
const Sequence kEndOfLog(std::numeric_limits<std::int64_t>::max());

std::string select_relations(const char* condition) {
  return std::string("SELECT b.subject_id, t.subject_ref, 0, ") + kRelationColumns +
         " FROM relation_state t JOIN subject b ON b.subject_ref = t.subject_ref WHERE " + condition;
}

/// Also those that are stale, whose state is wrong or missing.
std::string select_of_subjects(const char* condition) {
  return std::string("SELECT b.subject_id, b.subject_ref, t.subject_ref IS NULL OR b.subject_ref IN stale_subject, ") + kRelationColumns +
         " FROM subject b LEFT JOIN relation_state t ON t.subject_ref = b.subject_ref WHERE b.kind = 2 AND " + condition;
}

/// When the last life that ended did so.
std::optional<Timestamp> last_end(const FoldedAssociation& folded) {
  std::optional<Timestamp> ended_at = folded.association.state.deleted_at;
  for (const EndedLife& life : folded.former_lives) ended_at = std::max(ended_at, std::optional(life.deleted_at));
  return ended_at;
}

}  // namespace

// Each index ends with the subject, so SQLite sorts nothing. The two sides of a record are two indexes: each gives as many rows as a page looks at.
RelationReader::RelationReader(ReadConnection& connection)
    : connection_(connection),
      stored_fold_(connection.database()),
      all_(connection.database(), select_relations("t.location_ref = ? AND t.subject_ref > ? ORDER BY t.subject_ref")),
      one_(connection.database(), select_of_subjects("b.location_ref = ? AND b.subject_ref > ? AND b.subject_id = ?")),
      beside_stale_(connection.database(), select_of_subjects("b.location_ref = ? AND b.subject_ref > ? ORDER BY b.subject_ref")),
      has_stale_(connection.database(),
                 "SELECT 1 FROM stale_subject s CROSS JOIN subject b ON b.subject_ref = s.subject_ref WHERE b.location_ref = ? LIMIT 1"),
      of_association_(connection.database(),
                      select_relations("t.location_ref = ? AND t.subject_ref > ? AND t.association_id = ? ORDER BY t.subject_ref")),
      of_record_(connection.database(),
                 select_relations("t.subject_ref IN ("
                                  "SELECT * FROM (SELECT subject_ref FROM relation_state WHERE location_ref = ?1 AND subject_ref > ?2"
                                  " AND first_record_id = ?3 ORDER BY subject_ref LIMIT 10001)"
                                  " UNION SELECT * FROM (SELECT subject_ref FROM relation_state WHERE location_ref = ?1 AND subject_ref > ?2"
                                  " AND second_record_id = ?3 ORDER BY subject_ref LIMIT 10001)"
                                  ") ORDER BY t.subject_ref")),
      // CROSS JOIN keeps SQLite from reading all deletions of the location.
      association_end_(connection.database(),
                       "SELECT max(d.deleted_at) FROM subject a CROSS JOIN event e ON e.subject_ref = a.subject_ref AND e.kind IN (3, 9)"
                       " CROSS JOIN deletion d ON d.location_ref = a.location_ref AND d.deleted_at = e.effective_at AND d.deleted_by = e.sequence"
                       " WHERE a.location_ref = ? AND a.kind = 1 AND a.subject_id = ?") {}

Result<RelationPage> RelationReader::list_relations(const RelationQuery& query) {
  const auto location = connection_.find_location(query.location);
  const Result<Sequence> through = connection_.resolve(query.as_of, location);
  if (!through) return through.error();
  RelationPage page;
  page.as_of = *through;
  if (!location) return page;
  const auto start = start_of(query);
  if (!start) return page;
  std::optional<Sequence> past;
  if (*through < location->last_sequence) past = *through;
  const SubjectRef newest = past ? connection_.newest_by(*past) : kNewestOfAll;

  const RelationFilter& filter = query.filter;
  const bool is_stale = has_stale(location->ref);
  SQLite::Statement* rows = &all_;
  const std::string* only = nullptr;
  if (filter.id) {
    rows = &one_;
    only = &filter.id->value();
  } else if (is_stale) {
    rows = &beside_stale_;
  } else if (!past && filter.record) {  // The indexes hold what the relations say now.
    rows = &of_record_;
    only = &filter.record->value();
  } else if (!past && filter.association) {
    rows = &of_association_;
    only = &filter.association->value();
  }
  Query row(*rows);
  row.bind(location->ref.value()).bind(start->value());
  if (only != nullptr) row.bind(*only);
  Ends ends;
  RelationId last_seen;
  const std::size_t folded_before = stored_fold_.events_read();
  for (std::size_t seen = 0; row.next(); ++seen) {
    const SubjectRef ref(row.integer(1));
    if (ref > newest) break;
    if (seen == kRelationRowsMax || (seen > 0 && stored_fold_.events_read() - folded_before > kRelationEventsMax)) {
      page.next = std::move(last_seen);
      break;
    }
    ShownRelation relation;
    RelationKey key{query.location, RelationId(row.bytes(0))};
    if (row.integer(2) == 0) relation.state = read_relation(row, 3, key);
    if (row.integer(2) != 0 || (past && relation.state.last_sequence > *past)) {
      relation.state = stored_fold_.fold_subject(ref, past.value_or(kEndOfLog)).relation;
      relation.state.key = std::move(key);
    }
    std::optional<Timestamp> ended_at;
    if (const auto& association = relation.state.relation.association) {
      const auto [end, is_new] = ends.try_emplace(*association);
      if (is_new) end->second = association_end(location->ref, {query.location, *association}, past, is_stale);
      ended_at = end->second;
    }
    relation.status = status_of(relation.state, ended_at);
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
  const auto found = connection_.find_subject(SubjectKind::relation, {query.location, AssociationId(query.after->value())});
  return found ? std::optional(found->ref) : std::nullopt;
}

bool RelationReader::has_stale(LocationRef location) {
  Query row(has_stale_);
  return row.bind(location.value()).next();
}

std::optional<Timestamp> RelationReader::association_end(LocationRef location, const AssociationKey& association, std::optional<Sequence> past,
                                                         bool is_stale) {
  if (past || is_stale) {
    const Sequence through = past.value_or(kEndOfLog);
    const auto found = connection_.find_subject(SubjectKind::association, association);
    if (found && (is_stale || found->last_sequence > through)) {
      const auto folded = stored_fold_.fold_through(found->ref, association, through);
      return folded ? last_end(*folded) : std::nullopt;
    }
  }
  Query row(association_end_);
  row.bind(location.value()).bind(association.id.value());
  return row.next() ? to_timestamp(row.optional_integer(0)) : std::nullopt;
}

}  // namespace ledger::storage
