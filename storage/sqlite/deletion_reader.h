// Answers which associations a location lost.
#pragma once

#include "storage/sqlite/read_connection.h"
#include "storage/sqlite/state_as_of.h"

#include <vector>

namespace ledger::storage {

/// As AssociationReader.
class DeletionReader {
 public:
  DeletionReader(ReadConnection& connection, StateAsOf& states);

  [[nodiscard]] Result<DeletionPage> list_deletions(const DeletionQuery& query);

 private:
  [[nodiscard]] Deletion read(Query& row, const LocationId& location);
  /// The deletions of stale associations behind `start` and not before `from`, in the order of the list.
  [[nodiscard]] std::vector<Deletion> of_stale(const ReadConnection::Location& location, const DeletionQuery& query, DeletionPosition start);
  [[nodiscard]] Deletion complete(const FoldedAssociation& folded, EndedLife life);

  ReadConnection& connection_;
  StateAsOf& states_;
  SQLite::Statement list_;
  SQLite::Statement event_;
};

}  // namespace ledger::storage
