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
             "SELECT s.subject_ref, b.kind, b.subject_id FROM stale_subject s CROSS JOIN subject b ON b.subject_ref = s.subject_ref"
             " WHERE b.location_ref = ?") {}

bool StateAsOf::must_fold(Query& row, Sequence through) {
  return row.integer(2) != 0 || Sequence(row.integer(kFirstStateColumn + kLastSequenceColumn)) > through;
}

Association StateAsOf::read(Query& row, const LocationId& location, Sequence through) {
  AssociationKey key{location, AssociationId(row.bytes(1))};
  if (!must_fold(row, through)) return state_reader_.read(row, kFirstStateColumn, std::move(key));
  return stored_fold_.fold_through(SubjectRef(row.integer(0)), key, through).value().association;
}

std::vector<StateAsOf::Stale> StateAsOf::stale_of(LocationRef location, const LocationId& id) {
  const Sequence end(std::numeric_limits<std::int64_t>::max());
  std::vector<Stale> all;
  Query row(stale_);
  row.bind(location.value());
  while (row.next()) {
    Stale& stale = all.emplace_back(Stale{read_subject_kind(row.integer(1)), stored_fold_.fold_subject(SubjectRef(row.integer(0)), end)});
    if (stale.kind == SubjectKind::association) stale.folded.association.association.key = {id, AssociationId(row.bytes(2))};
  }
  return all;
}

}  // namespace ledger::storage
