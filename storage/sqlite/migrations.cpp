// Brings a database to the schema that this binary knows, and refuses one that it does not know.
#include "storage/sqlite/migrations.h"

#include "storage/sqlite/checkpointer.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/process_lock.h"
#include "storage/sqlite/sqlite_error.h"
#include "storage/sqlite/statement.h"

#include <SQLiteCpp/Transaction.h>

#include <map>
#include <stdexcept>
#include <string>

namespace ledger::storage {
namespace {

bool has_migration_table(SQLite::Database& database) {
  return database.tableExists("schema_migration");
}

/// Checks the applied migrations against the compiled ones; returns how many are applied.
std::size_t applied_count(SQLite::Database& database, std::span<const Migration> migrations) {
  if (!has_migration_table(database)) return 0;
  SQLite::Statement select(database, "SELECT version, sha256 FROM schema_migration ORDER BY version");
  Query row(select);
  std::size_t count = 0;
  while (row.next()) {
    const std::string version = std::to_string(row.integer(0));
    if (count == migrations.size()) {
      throw std::runtime_error("the database has schema version " + version + ", made by a newer release; this one knows versions up to " +
                               std::to_string(migrations.size()));
    }
    const Migration& known = migrations[count];
    if (row.integer(0) != known.version || row.bytes(1) != known.sha256) {
      throw std::runtime_error("schema version " + version + " of the database was not made by migration " + std::string(known.name) +
                               " of this release; a database of a development version cannot be used");
    }
    ++count;
  }
  return count;
}

/// The objects that auditors rely on, by name.
std::map<std::string, std::string> fixed_content(SQLite::Database& database) {
  SQLite::Statement select(database,
                           "SELECT type || ' ' || name, sql FROM sqlite_schema WHERE type IN ('view', 'trigger', 'index') AND sql IS NOT NULL"
                           " UNION ALL SELECT 'event_kind row ' || kind, name FROM event_kind"
                           " UNION ALL SELECT 'event_source row ' || source, name FROM event_source"
                           " UNION ALL SELECT 'subject_kind row ' || kind, name FROM subject_kind"
                           " UNION ALL SELECT 'signature_scheme row ' || scheme, name FROM signature_scheme");
  Query row(select);
  std::map<std::string, std::string> content;
  while (row.next()) content[row.bytes(0)] = row.bytes(1);
  return content;
}

}  // namespace

int newest_schema_version() noexcept {
  return static_cast<int>(embedded_migrations().size());
}

std::vector<Migration> migrate(SQLite::Database& database, std::span<const Migration> migrations, const Clock& clock) {
  if (!has_migration_table(database)) {
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    database.exec(
        "CREATE TABLE schema_migration (version INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT");
    transaction.commit();
  }
  std::vector<Migration> applied;
  for (const Migration& migration : migrations.subspan(applied_count(database, migrations))) {
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    database.exec(std::string(migration.sql));
    const std::string name(migration.name);
    const std::string sha256(migration.sha256);
    SQLite::Statement insert(database, "INSERT INTO schema_migration (version, name, sha256, applied_at) VALUES (?, ?, ?, ?)");
    Query(insert).bind(std::int64_t{migration.version}).bind(name).bind(sha256).bind(clock.now().time_since_epoch().count()).run();
    transaction.commit();
    applied.push_back(migration);
  }
  return applied;
}

void require_current_schema(SQLite::Database& database, std::span<const Migration> migrations) {
  const std::size_t applied = applied_count(database, migrations);
  if (applied != migrations.size()) {
    throw std::runtime_error("the database has schema version " + std::to_string(applied) + ", this release needs version " +
                             std::to_string(migrations.size()) + ": run migrate first");
  }
}

std::optional<std::string> schema_difference(SQLite::Database& database, std::span<const Migration> migrations) {
  SQLite::Database blank(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  for (const Migration& migration : migrations) blank.exec(std::string(migration.sql));
  const std::map<std::string, std::string> found = fixed_content(database);
  for (const auto& [name, text] : fixed_content(blank)) {
    const auto same = found.find(name);
    if (same == found.end()) return name + ": it is not there";
    if (same->second != text) return name + ": it is not that of this release";
  }
  return std::nullopt;
}

Result<std::vector<std::string>> migrate_file(const std::string& path, const Clock& clock) {
  const auto lock = ProcessLock::acquire(path);
  if (!lock) return lock.error();
  try {
    SQLite::Database database = open_writer({.path = path});
    std::vector<std::string> names;
    for (const Migration& migration : migrate(database, embedded_migrations(), clock)) names.emplace_back(migration.name);
    empty_log(database);
    return names;
  } catch (const std::exception& thrown) {
    return opening_error(path, thrown);
  }
}

}  // namespace ledger::storage
