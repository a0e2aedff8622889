// Throws the current state away and folds it anew from the log.
#pragma once

#include "domain/result.h"

#include <cstdint>
#include <functional>
#include <string>

namespace ledger::storage {

/// Told now and then how far a long run is; `done` reaches `total` at the end.
using Progress = std::function<void(std::int64_t done, std::int64_t total)>;

struct RebuildReport {
  std::int64_t events = 0;
  std::int64_t associations = 0;
  std::int64_t locations = 0;
};

/// Rebuilds the projection of the database in one transaction: readers see the old state or the new one, an interrupted run changes nothing. The log
/// is not touched. Takes the process lock, so the service must be stopped. Errors: not_found ("database-not-found"), conflict ("database-in-use"),
/// internal
/// ("rebuild-failed", with what SQLite said).
[[nodiscard]] Result<RebuildReport> rebuild(const std::string& database, const Progress& progress);

}  // namespace ledger::storage
