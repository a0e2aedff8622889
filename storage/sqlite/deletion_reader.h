// Answers which associations a location lost.
#pragma once

#include "storage/sqlite/read_connection.h"
#include "storage/sqlite/state_reader.h"

namespace ledger::storage {

/// As AssociationReader.
class DeletionReader {
 public:
  explicit DeletionReader(ReadConnection& connection);

  [[nodiscard]] Result<DeletionPage> list_deletions(const DeletionQuery& query);

 private:
  [[nodiscard]] Deletion read(Query& row, const LocationId& location);

  ReadConnection& connection_;
  StateReader definitions_;
  SQLite::Statement list_;
};

}  // namespace ledger::storage
