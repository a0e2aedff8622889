// Folds the associations of a location whose state is stale, for the questions that do not ask for one association.
#include "storage/sqlite/stale_reader.h"

#include <limits>

namespace ledger::storage {

StaleReader::StaleReader(SQLite::Database& database)
    : stored_fold_(database),
      // CROSS JOIN keeps SQLite from reading the subjects of the location first.
      list_(database,
            "SELECT s.subject_ref, b.subject_id FROM stale_subject s CROSS JOIN subject b ON b.subject_ref = s.subject_ref"
            " WHERE b.location_ref = ? AND b.kind = 1") {}

std::vector<FoldedAssociation> StaleReader::of_location(LocationRef location, const LocationId& id) {
  const Sequence kEnd(std::numeric_limits<std::int64_t>::max());
  std::vector<FoldedAssociation> all;
  Query row(list_);
  row.bind(location.value());
  while (row.next()) {
    all.push_back(stored_fold_.fold_through(SubjectRef(row.integer(0)), {id, AssociationId(row.bytes(1))}, kEnd).value());
  }
  return all;
}

}  // namespace ledger::storage
