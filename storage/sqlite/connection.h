// Opens the database the two ways in which it is ever opened, with every setting that durability rests on set and read back.
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
};

/// Before the first use of SQLite in a process, of which asking for a vfs is one: it then takes no lock at each allocation to count its memory, which
/// nobody asks for. Later it has no effect. Any thread.
void prepare_sqlite() noexcept;

/// Opens, and creates where missing, the only connection that writes: WAL, synchronous=FULL, foreign keys, no automatic checkpoint and none on
/// closing. Settles first what a crash left in the write-ahead log, and believes nothing to be copied out of it (log_settling.h). Throws
/// SQLite::Exception, and std::runtime_error when a setting did not take or the file belongs to another application.
[[nodiscard]] SQLite::Database open_writer(const ConnectionOptions& options);

/// Lets the connection write without the schema's guards: the triggers that keep the log append-only, and the foreign keys. They are there for hands
/// other than the writer's, whose connections have them on. The writer only inserts into what they guard, with references that it has looked up in
/// the same transaction; `verify` proves it. On them go 50,000 of the 140,000 instructions of an event.
void trust_to_append(SQLite::Database& database);

/// Opens a connection that can only read, and never checkpoints. The database must exist. Throws as open_writer.
[[nodiscard]] SQLite::Database open_reader(const ConnectionOptions& options);

/// True while no transaction is open: the only truth about it after an error (SQLite may have ended it silently).
[[nodiscard]] bool in_autocommit(const SQLite::Database& database) noexcept;

/// A read transaction for one scope: all its statements see one prefix of the log. Rolls back on leaving, which for a reader loses nothing.
class ReadTransaction {
 public:
  explicit ReadTransaction(SQLite::Database& database);
  ReadTransaction(const ReadTransaction&) = delete;
  ReadTransaction& operator=(const ReadTransaction&) = delete;
  ~ReadTransaction();

 private:
  SQLite::Database& database_;
};

/// A write transaction (BEGIN IMMEDIATE) for one scope, for commands that may throw: commit() or nothing happened. The group committer, which must
/// tell a failed commit from a failed statement, commits groups by itself.
class WriteTransaction {
 public:
  explicit WriteTransaction(SQLite::Database& database);
  WriteTransaction(const WriteTransaction&) = delete;
  WriteTransaction& operator=(const WriteTransaction&) = delete;
  ~WriteTransaction();

  void commit();

 private:
  SQLite::Database& database_;
};

}  // namespace ledger::storage
