// Answers questions about the quarantine.
#pragma once

#include "storage/sqlite/read_connection.h"

#include <optional>

namespace ledger::storage {

[[nodiscard]] Error quarantined_not_found();

/// Reads three columns of quarantine_decision from `first` on: decision, decided_at, sequence. nullopt if they are null. Throws std::runtime_error on
/// a decision that no release of this schema writes.
[[nodiscard]] std::optional<QuarantineDecision> read_decision(Query& row, int first);

/// As AssociationReader.
class QuarantineReader {
 public:
  explicit QuarantineReader(ReadConnection& connection);

  [[nodiscard]] Result<QuarantinePage> list(const QuarantineQuery& query);
  [[nodiscard]] Result<QuarantinedDelivery> find(QuarantineId id);

 private:
  SQLite::Statement list_;
  SQLite::Statement find_;
};

}  // namespace ledger::storage
