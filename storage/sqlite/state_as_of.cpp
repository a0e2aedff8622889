// Reads the associations of a location as they were at a prefix of the log.
#include "storage/sqlite/state_as_of.h"

#include <utility>

namespace ledger::storage {
namespace {

/// Where kStateColumns begin in kStateAsOfColumns.
constexpr int kFirstStateColumn = 3;

}  // namespace

StateAsOf::StateAsOf(SQLite::Database& database)
    : stored_fold_(database),
      state_reader_(database),
      // CROSS JOIN keeps SQLite from reading the subjects of the location first.
      stale_(database,
             "SELECT s.subject_ref, b.subject_id FROM stale_subject s CROSS JOIN subject b ON b.subject_ref = s.subject_ref"
             " WHERE b.location_ref = ? AND b.kind = 1") {}

bool StateAsOf::must_fold(Query& row, Sequence through) {
  return row.integer(2) != 0 || Sequence(row.integer(kFirstStateColumn + kLastSequenceColumn)) > through;
}

Association StateAsOf::read(Query& row, const LocationId& location, Sequence through) {
  AssociationKey key{location, AssociationId(row.bytes(1))};
  if (!must_fold(row, through)) return state_reader_.read(row, kFirstStateColumn, std::move(key));
  return stored_fold_.fold_through(SubjectRef(row.integer(0)), key, through).value().association;
}

std::vector<FoldedAssociation> StateAsOf::stale_of(LocationRef location, const LocationId& id) {
  const Sequence end(std::numeric_limits<std::int64_t>::max());
  std::vector<FoldedAssociation> all;
  Query row(stale_);
  row.bind(location.value());
  while (row.next()) {
    all.push_back(stored_fold_.fold_through(SubjectRef(row.integer(0)), {id, AssociationId(row.bytes(1))}, end).value());
  }
  return all;
}

}  // namespace ledger::storage
