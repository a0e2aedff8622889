// Opens the database to write or to read, with all settings that durability depends on, each read back.
#pragma once

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <string>

namespace ledger::storage {

/// Marks the file as a ledger ("ASLG"), so that no other SQLite file is ever migrated by mistake.
inline constexpr std::int64_t kApplicationId = 0x41534C47;

/// What differs between installations and tests.
struct ConnectionOptions {
  std::string path;
  std::string vfs = {};       ///< Name of a registered sqlite3_vfs; empty for the system's.
  int busy_budget_ms = 2000;  ///< How long BEGIN and COMMIT wait for a lock that a foreign process holds.
  bool immutable = false;     ///< Nobody can write the file or has a log of it. SQLite then takes no locks and makes no files beside it.
};

/// Turns off SQLite's memory statistics, which take a lock at each allocation. Call it before the first use of SQLite in a process (looking up a vfs
/// is one); later calls have no effect. Any thread.
void prepare_sqlite() noexcept;

/// Opens the only connection that writes, and creates a missing file: WAL, synchronous=FULL, foreign keys, no automatic checkpoint and none on
/// closing. First makes durable what a crash left in the write-ahead log, and counts nothing of it as copied (log_settling.h). Throws
/// SQLite::Exception, and std::runtime_error when a setting had no effect or the file belongs to another application.
[[nodiscard]] SQLite::Database open_writer(const ConnectionOptions& options);

/// Lets the connection write without the schema's guards: the triggers that keep the log append-only, and foreign keys. They protect against other
/// programs, whose connections have them on. The writer only inserts into the guarded tables, with references that it has looked up in the same
/// transaction, and `verify` checks the result.
void trust_to_append(SQLite::Database& database);

/// The paths of the write-ahead log and of the shared memory. SQLite follows links before it appends the suffix.
[[nodiscard]] std::string log_path(const SQLite::Database& database);
[[nodiscard]] std::string shared_memory_path(const SQLite::Database& database);

/// Opens a connection that can only read, and never checkpoints. The database must exist. Throws as open_writer.
[[nodiscard]] SQLite::Database open_reader(const ConnectionOptions& options);

/// True while no transaction is open. After an error this is the only way to know: SQLite may have ended the transaction silently.
[[nodiscard]] bool in_autocommit(const SQLite::Database& database) noexcept;

}  // namespace ledger::storage
