// Answers questions about the associations of a location.
#include "storage/sqlite/association_reader.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

namespace ledger::storage {
namespace {

struct Bounds {
  std::size_t scan_rows_max;      ///< However few of them match the filter.
  std::size_t folded_events_max;  ///< Of the past. The page ends behind the association that passes it.
  std::size_t limit_max;
  std::size_t bytes_max;
};
constexpr Bounds kFull = {10'000, 20'000, std::numeric_limits<std::size_t>::max(), std::numeric_limits<std::size_t>::max()};
constexpr Bounds kLittle = {1'000, 0, 100, std::size_t{256} * 1024};

Error not_short() {
  return {Errc::unavailable, "question-not-short", "The answer takes more than a few rows."};
}

std::string select_of_location(const char* condition) {
  return std::string("SELECT ") + kStateAsOfColumns + " FROM subject b" + kStateAsOfJoin + " WHERE b.location_ref = ? AND b.kind = 1 AND " +
         condition;
}

}  // namespace

AssociationReader::AssociationReader(ReadConnection& connection, StateAsOf& states, Effort effort)
    : connection_(connection),
      states_(states),
      effort_(effort),
      list_(connection.database(), select_of_location("b.subject_id > ? AND b.subject_ref <= ? ORDER BY b.subject_id")),
      one_of_list_(connection.database(), select_of_location("b.subject_id = ? AND b.subject_ref <= ?")),
      find_(connection.database(), std::string("SELECT ") + kStateAsOfColumns + " FROM location l JOIN subject b ON b.location_ref = l.location_ref" +
                                       kStateAsOfJoin + " WHERE l.location_id = ? AND b.kind = 1 AND b.subject_id = ?") {}

Result<AssociationPage> AssociationReader::list_associations(const AssociationQuery& query) {
  const Bounds& bounds = effort_ == Effort::full ? kFull : kLittle;
  if (query.limit > bounds.limit_max) return not_short();
  const auto location = connection_.find_location(query.location);
  const Result<Sequence> through = connection_.resolve(query.as_of, location);
  if (!through) return through.error();
  AssociationPage page;
  page.as_of = *through;
  if (!location) return page;
  const SubjectRef newest = *through < location->last_sequence ? connection_.newest_by(*through) : kNewestOfAll;

  const AssociationId start = query.after.value_or(AssociationId{});
  const std::optional<AssociationId>& only = query.filter.id;
  if (only && *only <= start) return page;
  Query row(only ? one_of_list_ : list_);
  row.bind(location->ref.value()).bind(only ? only->value() : start.value()).bind(newest.value());
  // Most locations have a few dozen; moving them while the page grows would cost as much as reading some.
  page.associations.reserve(std::min<std::size_t>(query.limit, 32));
  AssociationId last_skipped;
  std::size_t bytes = 0;
  const std::size_t folded_before = states_.events_folded();
  for (std::size_t scanned = 0; row.next(); ++scanned) {
    const bool is_tired = scanned == bounds.scan_rows_max || (scanned > 0 && states_.events_folded() - folded_before > bounds.folded_events_max);
    if (effort_ == Effort::little && (is_tired || bytes > bounds.bytes_max || StateAsOf::must_fold(row, *through))) return not_short();
    if (is_tired) {
      page.next = page.associations.empty() ? last_skipped : std::max(last_skipped, page.associations.back().key.id);
      break;
    }
    Association association = states_.read(row, query.location, *through);
    if (!query.filter.matches(association)) {
      last_skipped = std::move(association.key.id);
      continue;
    }
    if (page.associations.size() == query.limit || bytes >= query.bytes_max) {
      page.next = page.associations.back().key.id;
      break;
    }
    bytes += text_bytes(*association.state.definition);
    page.associations.push_back(std::move(association));
  }
  return page;
}

Result<Association> AssociationReader::find_association(const AssociationKey& key) {
  Query row(find_);
  row.bind(key.location.value()).bind(key.id.value());
  if (!row.next()) return not_found(SubjectKind::association);
  const Sequence present(std::numeric_limits<std::int64_t>::max());
  if (effort_ == Effort::little && StateAsOf::must_fold(row, present)) return not_short();
  return states_.read(row, key.location, present);
}

}  // namespace ledger::storage
