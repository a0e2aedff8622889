// Names the log that a database file holds.
#pragma once

#include <string>

namespace SQLite {
class Database;
}

namespace ledger::storage {

/// 11 characters, as EventStore::log_identity() says: the first bytes of a SHA-256 of the file's device and inode and of the time at which its schema
/// was made. No path can be read from it. A copy of the file is another log. REQUIRES a migrated database that was opened from `path`. Throws
/// SQLite::Exception.
[[nodiscard]] std::string log_identity(SQLite::Database& database, const std::string& path);

}  // namespace ledger::storage
