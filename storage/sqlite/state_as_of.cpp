// Reads the associations of a location as they were at a prefix of the log.
#include "storage/sqlite/state_as_of.h"

#include <utility>

namespace ledger::storage {
namespace {

/// Where kStateColumns begin in kStateAsOfColumns.
constexpr int kFirstStateColumn = 3;

}  // namespace

bool StateAsOf::must_fold(Query& row, Sequence through) {
  return row.integer(2) != 0 || Sequence(row.integer(kFirstStateColumn + kLastSequenceColumn)) > through;
}

Association StateAsOf::read(Query& row, const LocationId& location, Sequence through) {
  AssociationKey key{location, AssociationId(row.bytes(1))};
  if (!must_fold(row, through)) return state_reader_.read(row, kFirstStateColumn, std::move(key));
  return stored_fold_.fold_through(SubjectRef(row.integer(0)), key, through).value().association;
}

}  // namespace ledger::storage
