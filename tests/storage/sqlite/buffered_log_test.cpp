// The buffered log: what reaches the disk in one piece, and that nobody misses what is kept.
#include "storage/sqlite/buffered_log.h"

#include "storage/sqlite/connection.h"
#include "tests/support/simulated_vfs.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <stdexcept>

namespace ledger::storage::buffered_log_test {
namespace {

using test::FileKind;
using test::Operation;

class BufferedLogTest : public testing::Test {
 protected:
  SQLite::Database open() {
    SQLite::Database database = open_writer({"ledger.db", buffered_.name(), 10});
    return database;
  }
  std::size_t writes() { return vfs_.count(Operation::write, FileKind::log); }

  test::SimulatedVfs vfs_{1};
  BufferedLog buffered_{vfs_.name()};
};

/// A statement that dirties at least so many pages.
std::string insert(int pages) {
  return "INSERT INTO t VALUES (randomblob(" + std::to_string(pages * 4096) + "))";
}

TEST_F(BufferedLogTest, WritesACommitInOnePiece) {
  SQLite::Database database = open();
  database.exec("CREATE TABLE t (x)");
  const std::size_t before = writes();
  database.exec(insert(20));
  EXPECT_EQ(writes() - before, 1U);
}

TEST_F(BufferedLogTest, WritesALongCommitInFew) {
  SQLite::Database database = open();
  database.exec("CREATE TABLE t (x)");
  const std::size_t before = writes();
  database.exec(insert(300));
  EXPECT_LE(writes() - before, 12U) << "300 pages of 4 KiB, by 127 KiB";
}

TEST_F(BufferedLogTest, HasWrittenWhatIsSynced) {
  SQLite::Database database = open();
  database.exec("CREATE TABLE t (x)");
  std::size_t written = 0;
  std::size_t written_at_sync = 0;
  vfs_.watch([&](const test::Access& access) {
    if (access.file != FileKind::log) return;
    if (access.operation == Operation::write) ++written;
    if (access.operation == Operation::sync) written_at_sync = written;
  });
  database.exec(insert(5));
  vfs_.watch(nullptr);
  EXPECT_EQ(written, 1U);
  EXPECT_EQ(written_at_sync, 1U) << "nothing was written behind the sync";
}

TEST_F(BufferedLogTest, OthersReadWhatIsCommitted) {
  SQLite::Database database = open();
  database.exec("CREATE TABLE t (x)");
  SQLite::Database reader = open_reader({"ledger.db", vfs_.name(), 10});
  for (int i = 1; i <= 10; ++i) {
    database.exec(insert(i));
    EXPECT_EQ(reader.execAndGet("SELECT count(*) FROM t").getInt(), i);
  }
}

TEST_F(BufferedLogTest, ReadsWhatItKeepsBeforeTheCommit) {
  SQLite::Database database = open();
  database.exec("PRAGMA cache_size = 10");  // Pages go to the log in the middle of the transaction, and come back from there.
  database.exec("CREATE TABLE t (x); BEGIN");
  for (int i = 0; i < 50; ++i) database.exec("INSERT INTO t VALUES (printf('%03000d', " + std::to_string(i) + "))");
  EXPECT_EQ(database.execAndGet("SELECT count(DISTINCT x) FROM t").getInt(), 50);
  database.exec("UPDATE t SET x = x || 'y'; COMMIT");
  EXPECT_EQ(database.execAndGet("SELECT count(*) FROM t WHERE x LIKE '%y'").getInt(), 50);
  EXPECT_EQ(database.execAndGet("PRAGMA integrity_check").getString(), "ok");
}

TEST_F(BufferedLogTest, ReportsAFailedWriteBeforeTheCommitIsDone) {
  SQLite::Database database = open();
  database.exec("CREATE TABLE t (x)");
  vfs_.fail({Operation::write, FileKind::log, SQLITE_FULL});
  EXPECT_EQ(database.tryExec(insert(5).c_str()) & 0xff, SQLITE_FULL);
  vfs_.heal();
  EXPECT_EQ(database.execAndGet("SELECT count(*) FROM t").getInt(), 0);
}

TEST_F(BufferedLogTest, NeedsAVfsBelow) {
  EXPECT_THROW(BufferedLog("no-such-vfs"), std::runtime_error);
}

TEST_F(BufferedLogTest, GoesWithTheObject) {
  std::string name;
  {
    const BufferedLog passing(vfs_.name());
    name = passing.name();
    EXPECT_NE(sqlite3_vfs_find(name.c_str()), nullptr);
  }
  EXPECT_EQ(sqlite3_vfs_find(name.c_str()), nullptr);
}

}  // namespace
}  // namespace ledger::storage::buffered_log_test
