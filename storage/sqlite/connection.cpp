// Opens the database to write or to read, with all settings that durability depends on, each read back.
#include "storage/sqlite/connection.h"

#include "storage/sqlite/log_settling.h"

#include <sqlite3.h>

#include <array>
#include <filesystem>
#include <stdexcept>
#include <string_view>

namespace ledger::storage {
namespace {

void configure(SQLite::Database& database, int setting, int value, const char* what) {
  int taken = -1;
  if (sqlite3_db_config(database.getHandle(), setting, value, &taken) != SQLITE_OK || taken != value) {
    throw std::runtime_error(std::string("SQLite did not take the setting ") + what);
  }
}

void expect(SQLite::Database& database, const char* pragma, const std::string& wanted) {
  const std::string found = database.execAndGet(std::string("PRAGMA ") + pragma).getString();
  if (found != wanted) throw std::runtime_error("PRAGMA " + std::string(pragma) + " is " + found + ", not " + wanted);
}

/// https://www.sqlite.org/uri.html
std::string immutable_uri(const std::string& path) {
  std::string uri = "file:";
  for (const char letter : std::filesystem::absolute(path).lexically_normal().string()) {
    const std::size_t special = std::string_view("%?#").find(letter);
    uri += special == std::string_view::npos ? std::string(1, letter) : std::array{"%25", "%3f", "%23"}[special];
  }
  return uri + "?immutable=1";
}

SQLite::Database open(const ConnectionOptions& options, int flags) {
  prepare_sqlite();
  SQLite::Database database(options.immutable ? immutable_uri(options.path) : options.path, options.immutable ? flags | SQLITE_OPEN_URI : flags,
                            options.busy_budget_ms, options.vfs);
  sqlite3_extended_result_codes(database.getHandle(), 1);
  // SQLite before 3.51.3 can corrupt a database when a connection checkpoints beside the writer (the WAL-reset bug).
  configure(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, "NO_CKPT_ON_CLOSE");
  configure(database, SQLITE_DBCONFIG_DEFENSIVE, 1, "DEFENSIVE");
  configure(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, "TRUSTED_SCHEMA");
  // With a memory map, an I/O error is a SIGBUS and no error code.
  database.exec("PRAGMA mmap_size = 0");
  return database;
}

enum class Owner { nobody, ledger };

Owner owner_of(SQLite::Database& database) {
  const std::int64_t owner = database.execAndGet("PRAGMA application_id").getInt64();
  if (owner == kApplicationId) return Owner::ledger;
  if (owner == 0 && database.tableExists("schema_migration")) {
    throw std::runtime_error(
        "the file is a ledger without its application id, as .dump makes it; restore a copy that was made with VACUUM INTO, or"
        " set PRAGMA application_id = 1095978055 and run verify");
  }
  if (owner != 0 || database.execAndGet("SELECT count(*) FROM sqlite_schema").getInt64() != 0) {
    throw std::runtime_error("the file is an SQLite database of another application");
  }
  return Owner::nobody;
}

}  // namespace

void prepare_sqlite() noexcept {
  static const int ignored = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(ignored);
}

SQLite::Database open_writer(const ConnectionOptions& options) {
  prepare_sqlite();
  settle_log(options.path, options.vfs);
  SQLite::Database database = open(options, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE | SQLite::OPEN_NOMUTEX);
  const Owner owner = owner_of(database);
  database.exec("PRAGMA journal_mode = WAL");
  database.exec("PRAGMA synchronous = FULL");
  database.exec("PRAGMA wal_autocheckpoint = 0");
  database.exec("PRAGMA foreign_keys = ON");
  database.exec("PRAGMA temp_store = MEMORY");
  database.exec("PRAGMA cache_size = -16384");  // 16 MiB
  expect(database, "journal_mode", "wal");
  expect(database, "synchronous", "2");
  expect(database, "wal_autocheckpoint", "0");
  expect(database, "foreign_keys", "1");
  static_assert(kApplicationId == 1095978055);
  forget_backfill(database);
  if (owner == Owner::nobody) database.exec("PRAGMA application_id = 1095978055");
  return database;
}

void trust_to_append(SQLite::Database& database) {
  configure(database, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, "ENABLE_TRIGGER");
  configure(database, SQLITE_DBCONFIG_ENABLE_FKEY, 0, "ENABLE_FKEY");
}

std::string log_path(const SQLite::Database& database) {
  return sqlite3_filename_wal(sqlite3_db_filename(database.getHandle(), "main"));
}

std::string shared_memory_path(const SQLite::Database& database) {
  return std::string(sqlite3_db_filename(database.getHandle(), "main")) + "-shm";
}

SQLite::Database open_reader(const ConnectionOptions& options) {
  SQLite::Database database = open(options, SQLite::OPEN_READONLY | SQLite::OPEN_NOMUTEX);
  static_cast<void>(owner_of(database));
  database.exec("PRAGMA query_only = ON");
  database.exec("PRAGMA wal_autocheckpoint = 0");
  database.exec("PRAGMA temp_store = MEMORY");
  database.exec("PRAGMA cache_size = -4096");  // 4 MiB
  expect(database, "query_only", "1");
  expect(database, "wal_autocheckpoint", "0");
  return database;
}

bool in_autocommit(const SQLite::Database& database) noexcept {
  return sqlite3_get_autocommit(database.getHandle()) != 0;
}

}  // namespace ledger::storage
