// Checks the current state of a database against the fold of its events.
#pragma once

#include "storage/sqlite/verification.h"
#include "storage/sqlite/verify.h"

namespace ledger::storage {

/// Checks that nothing is marked as stale, the state of each subject, the deletions, and the counts of each location. Adds what it sees to the
/// report. Throws Divergence and SQLite::Exception.
void check_state(SQLite::Database& database, const Advance& advance, VerifyReport& report);

}  // namespace ledger::storage
