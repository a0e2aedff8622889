// Deletes the current state and folds it again from the log.
#pragma once

#include "domain/result.h"

#include <cstdint>
#include <functional>
#include <string>

namespace SQLite {
class Database;
}

namespace ledger::storage {

/// Called from time to time during a long run; `done` equals `total` at the end.
using Progress = std::function<void(std::int64_t done, std::int64_t total)>;

struct RebuildReport {
  std::int64_t events = 0;
  std::int64_t associations = 0;
  std::int64_t relations = 0;
  std::int64_t locations = 0;
};

/// Rebuilds the current state in one transaction, and empties the write-ahead log. Readers see the old or the new state; an interrupted run changes
/// nothing. The log of events is not touched. REQUIRES a connection of open_writer. Throws SQLite::Exception, and std::runtime_error when a stored
/// body can no longer be decoded or the schema is not that of this release.
RebuildReport rebuild_state(SQLite::Database& database, const Progress& progress);

/// As rebuild_state() for the database in a file. Takes the process lock, so the service must be stopped. Errors: invalid_request
/// ("database-not-found"), those of ProcessLock::acquire() and opening_error().
[[nodiscard]] Result<RebuildReport> rebuild(const std::string& database, const Progress& progress);

}  // namespace ledger::storage
