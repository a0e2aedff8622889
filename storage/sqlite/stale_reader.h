// Folds the associations of a location whose state is stale, for the questions that do not ask for one association.
#pragma once

#include "storage/sqlite/stored_fold.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <vector>

namespace ledger::storage {

/// Nothing is stale, as a rule: then a call looks into an empty table. Not thread-safe, like its connection, which must outlive it. Throws as
/// StoredFold.
class StaleReader {
 public:
  explicit StaleReader(SQLite::Database& database);

  /// Every stale association of the location, as of the end of the log.
  [[nodiscard]] std::vector<FoldedAssociation> of_location(LocationRef location, const LocationId& id);

 private:
  StoredFold stored_fold_;
  SQLite::Statement list_;
};

}  // namespace ledger::storage
