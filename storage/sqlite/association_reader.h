// Answers questions about the associations of a location.
#pragma once

#include "storage/sqlite/read_connection.h"
#include "storage/sqlite/state_as_of.h"

namespace ledger::storage {

/// What an answer may cost.
enum class Effort {
  full,    ///< A page looks at 10,000 rows, or folds 20,000 events of the past, and then ends early.
  little,  ///< 100 associations, 1,000 rows, 256 KiB of texts, no association of the past. What takes more is refused: unavailable
           ///< ("question-not-short").
};

/// Both methods REQUIRE to be called inside of ReadConnection::read(), answer as EventStore's of the same name, and throw as ReadConnection. The
/// references outlive the reader.
class AssociationReader {
 public:
  AssociationReader(ReadConnection& connection, StateAsOf& states, Effort effort);

  [[nodiscard]] Result<AssociationPage> list_associations(const AssociationQuery& query);
  [[nodiscard]] Result<Association> find_association(const AssociationKey& key);

 private:
  ReadConnection& connection_;
  StateAsOf& states_;
  const Effort effort_;
  SQLite::Statement list_;
  SQLite::Statement one_of_list_;
  SQLite::Statement find_;
};

}  // namespace ledger::storage
