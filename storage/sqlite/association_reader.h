// Answers questions about the associations of a location.
#pragma once

#include "storage/sqlite/read_connection.h"
#include "storage/sqlite/state_as_of.h"

namespace ledger::storage {

/// Both methods REQUIRE to be called inside of ReadConnection::read(), answer as EventStore's of the same name, and throw as ReadConnection. The
/// references outlive the reader.
class AssociationReader {
 public:
  AssociationReader(ReadConnection& connection, StateAsOf& states);

  [[nodiscard]] Result<AssociationPage> list_associations(const AssociationQuery& query);
  [[nodiscard]] Result<Association> find_association(const AssociationKey& key);

 private:
  ReadConnection& connection_;
  StateAsOf& states_;
  SQLite::Statement list_;
  SQLite::Statement find_;
};

}  // namespace ledger::storage
