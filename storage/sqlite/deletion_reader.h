// Answers which associations a location lost.
#pragma once

#include "storage/sqlite/read_connection.h"
#include "storage/sqlite/state_as_of.h"

namespace ledger::storage {

/// As AssociationReader.
class DeletionReader {
 public:
  DeletionReader(ReadConnection& connection, StateAsOf& states);

  [[nodiscard]] Result<DeletionPage> list_deletions(const DeletionQuery& query);

 private:
  [[nodiscard]] Deletion with_evidence(Association association);

  ReadConnection& connection_;
  StateAsOf& states_;
  SQLite::Statement deleted_;
  SQLite::Statement evidence_;
};

}  // namespace ledger::storage
