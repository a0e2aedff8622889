// Translates SQLite's result codes. No other file does.
#pragma once

#include "domain/result.h"

#include <exception>
#include <string>
#include <string_view>

namespace SQLite {
class Database;
}

namespace ledger::storage {

/// What an SQLite result code means for the caller.
enum class Fault {
  busy,         ///< Another connection holds the lock.
  bad_row,      ///< The row breaks a rule of the schema, or a value is over SQLite's limit.
  full,         ///< No room on the disk, or in the quota of the user.
  read_only,    ///< The database has become read-only.
  io,           ///< The disk or its driver failed.
  no_memory,    ///< An allocation failed.
  interrupted,  ///< The ledger's own deadline ended the statement.
  corrupt,      ///< The file is damaged or is not a database.
  other,        ///< Misuse, schema errors and everything else that only a defect of the ledger can cause.
};

/// Maps a primary or extended result code. SQLite reports an exhausted disk quota as an I/O error, which only failure_of() can tell apart.
[[nodiscard]] Fault classify(int sqlite_code) noexcept;

/// "busy", "bad_row", …, for logs. Static storage.
[[nodiscard]] std::string_view name(Fault fault) noexcept;

/// A result code of SQLite, with SQLite's message for logs.
struct SqliteFailure {
  Fault fault = Fault::other;
  int code = 0;  ///< Extended.
  std::string text;
  std::string_view system_error = {};  ///< Of an I/O error, the name of the errno, such as "EDQUOT". Static storage.
};

/// What SQLite has just reported on this connection. `code` is not SQLITE_OK. Call it before anything else changes errno, and set errno to 0 before
/// SQLite is called: sqlite3_system_errno() tells nothing about a COMMIT.
[[nodiscard]] SqliteFailure failure_of(const SQLite::Database& database, int code);

/// The same for an exception. std::bad_alloc is no_memory; other exceptions that SQLiteCpp did not throw are Fault::other.
[[nodiscard]] SqliteFailure failure_of(const std::exception& thrown);

/// Why the database at `path` could not be opened: invalid_request ("database-not-usable") if a restart cannot help, because the file is damaged, is
/// no ledger, is read-only, or was made by a newer release; else unavailable ("database-cannot-be-opened").
[[nodiscard]] Error opening_error(const std::string& path, const std::exception& thrown);

/// A reader's answer to a fault: unavailable if a retry can help, else internal. The detail may be shown to clients.
[[nodiscard]] Error read_error(Fault fault);

}  // namespace ledger::storage
