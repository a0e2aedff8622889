// Writes what an operator decided about deliveries in quarantine, inside the writer's transaction.
#pragma once

#include "domain/event_store.h"
#include "storage/sqlite/statement.h"

#include <SQLiteCpp/Database.h>

#include <optional>

namespace ledger::storage {

/// As EventLog. The guards of the table are off on the writer's connection, so look() comes before each decision.
class QuarantineDecisions {
 public:
  explicit QuarantineDecisions(SQLite::Database& database);

  /// When a delivery that can be admitted was dismissed; nullopt if it was not. Errors: not_found ("quarantined-not-found"), conflict
  /// ("already-admitted").
  [[nodiscard]] Result<std::optional<Timestamp>> look(QuarantineId id);

  /// Keeps the outcome of an admission. REQUIRES look().
  void admit(QuarantineId id, const Appended& appended, Timestamp now);

  /// As EventStore::dismiss().
  [[nodiscard]] Result<QuarantineId> dismiss(QuarantineId id, Timestamp now);

 private:
  void insert(QuarantineId id, const QuarantineDecision& decision);

  SQLite::Statement look_;
  SQLite::Statement insert_;
};

}  // namespace ledger::storage
