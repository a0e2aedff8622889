// Checks that a database is what it claims to be: a dense log of bodies that somebody vouched for, and a state that is the fold of it.
#pragma once

#include "domain/result.h"
#include "domain/signature_policy.h"
#include "storage/sqlite/rebuild.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace SQLite {
class Database;
}

namespace ledger::storage {

struct VerifyReport {
  std::int64_t events = 0;
  std::int64_t associations = 0;
  std::int64_t quarantined = 0;
  std::int64_t signatures_verified = 0;
  std::int64_t signatures_of_unknown_keys = 0;
  std::int64_t unsigned_deliveries = 0;
  /// The first thing that does not hold, naming the row; absent when all holds.
  std::optional<std::string> divergence;
};

/// Verifies one snapshot of the database, in this order: the file's own structure and references; every event (dense sequence, times that never fall,
/// the hash of its body, its signature where one of `keys` made it, its columns against its body); every quarantined delivery (dense ids, hash,
/// signature); the state of every association against the fold of its events; the counts of every location; schema_difference(). Not what events say
/// of their arrival (their flags), nor why a delivery is quarantined. Stops at the first divergence. Throws SQLite::Exception when it cannot be read,
/// a damaged file included, and std::runtime_error when its schema is not that of this release.
[[nodiscard]] VerifyReport verify_snapshot(SQLite::Database& database, std::span<const PublicKey> keys, const Progress& progress);

/// The same for the database in a file, through a read-only connection, so that it may run beside the service, whose write-ahead log then grows until
/// it ends. Errors: not_found ("database-not-found"), internal ("verify-failed") when it could not be read at all.
[[nodiscard]] Result<VerifyReport> verify(const std::string& database, std::span<const PublicKey> keys, const Progress& progress);

}  // namespace ledger::storage
