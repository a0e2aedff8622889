// Folds an association anew from the log: for late arrivals, for the past, for rebuild and for verify.
#pragma once

#include "storage/rows.h"

#include <SQLiteCpp/Database.h>

#include <optional>

namespace ledger::storage {

/// A prepared read of one association's events. Not thread-safe, like its connection, which must outlive it.
class StoredFold {
 public:
  explicit StoredFold(SQLite::Database& database);

  /// The association as of the event `through`; nullopt when it had no event by then. Cost: its events, read and sorted. Throws SQLite::Exception,
  /// and std::runtime_error when a stored body can no longer be decoded.
  [[nodiscard]] std::optional<Association> fold_through(AssociationRef association, const AssociationKey& key, Sequence through);

 private:
  SQLite::Statement select_;
};

}  // namespace ledger::storage
