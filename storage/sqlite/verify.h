// Checks a database: the log has no gaps, its bodies have the recorded hashes and signatures, and the state is the fold of the log.
#pragma once

#include "domain/result.h"
#include "domain/signature_policy.h"
#include "storage/sqlite/rebuild.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

namespace SQLite {
class Database;
}

namespace ledger::storage {

/// Called for each event of a webhook that none of the given keys signed, in their order, with a sentence that names it.
using Unproven = std::function<void(const std::string& event)>;

struct VerifyReport {
  std::int64_t events = 0;
  std::int64_t associations = 0;
  std::int64_t relations = 0;
  std::int64_t quarantined = 0;
  std::int64_t admitted = 0;  ///< Admitted events without a decision; 0 if there is no divergence.
  std::int64_t signatures_verified = 0;
  std::int64_t signatures_of_unknown_keys = 0;
  std::int64_t unsigned_deliveries = 0;
  std::int64_t unproven_events = 0;  ///< Only counted if there is somebody to tell.
  /// The first error, with its row; nullopt when there is none.
  std::optional<std::string> divergence;
};

/// Verifies one snapshot of the database, with a thread for each of the connections: the file's own structure and references; every event (no gap in
/// the sequence, times that never decrease, the hash of its body, its signature if one of `keys` made it, its columns against its body); every
/// quarantined delivery (no gap in the ids, hash, signature); that nothing is marked as stale; the state of every association against the fold of its
/// events; the counts of every location; schema_difference(). Of several divergences, the first one in this order is reported, and of events the
/// first one. Not checked: the flags of events, and the reason for a quarantine. Unproven events are named only if there is no divergence.
///
/// REQUIRES at least one connection of open_reader(), all to the same file. Calls `progress` from any of the threads, one call at a time. Throws
/// SQLite::Exception when the database cannot be read, for example because the file is damaged, and std::runtime_error when its schema is not that of
/// this release.
[[nodiscard]] VerifyReport verify_snapshot(std::span<SQLite::Database> connections, std::span<const PublicKey> keys, const Progress& progress,
                                           const Unproven& unproven = {});

/// As verify_snapshot() for the database in a file, with as many threads as there are cores. It may run beside the service; the write-ahead log grows
/// until it ends. Errors: invalid_request ("database-not-found"), and those of opening_error() when it could not be read at all. Writes nothing on a
/// read-only medium.
[[nodiscard]] Result<VerifyReport> verify(const std::string& database, std::span<const PublicKey> keys, const Progress& progress,
                                          const Unproven& unproven = {});

}  // namespace ledger::storage
