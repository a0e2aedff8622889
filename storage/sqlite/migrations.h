// Brings a database to the schema that this binary knows, and refuses one that it does not know.
#pragma once

#include "domain/clock.h"
#include "domain/result.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace SQLite {
class Database;
}

namespace ledger::storage {

/// One released file of migrations/, compiled in.
struct Migration {
  int version;              ///< 1, 2, 3, …
  std::string_view name;    ///< snake_case.
  std::string_view sha256;  ///< Of the file, lower-case hex.
  std::string_view sql;
};

/// All of them, in order. Static storage.
[[nodiscard]] std::span<const Migration> embedded_migrations() noexcept;

/// The newest schema version that this binary knows.
[[nodiscard]] int newest_schema_version() noexcept;

/// Applies what is missing, each migration in a transaction of its own together with its line in schema_migration (version, name, SHA-256, time).
/// REQUIRES a connection of open_writer. Returns the migrations applied now. Throws std::runtime_error when the database was made by a newer binary,
/// or by a migration with a text other than the compiled one; SQLite::Exception when SQLite fails.
std::vector<Migration> migrate(SQLite::Database& database, std::span<const Migration> migrations, const Clock& clock);

/// Throws std::runtime_error unless the database has exactly the schema that this binary knows. For readers, which cannot migrate.
void require_current_schema(SQLite::Database& database, std::span<const Migration> migrations);

/// Describes the first view, trigger, index, or name of a kind, source or scheme that `migrations` create and the database lacks or has changed;
/// nullopt when there is none. Additions are ignored. Throws SQLite::Exception.
[[nodiscard]] std::optional<std::string> schema_difference(SQLite::Database& database, std::span<const Migration> migrations);

/// Migrates the database in a file, made when missing, under its process lock. Returns the names of the migrations applied now. Errors: those
/// of ProcessLock::acquire() and opening_error().
[[nodiscard]] Result<std::vector<std::string>> migrate_file(const std::string& path, const Clock& clock);

}  // namespace ledger::storage
