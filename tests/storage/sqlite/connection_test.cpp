// The settings that durability rests on, as SQLite itself reports them.
#include "storage/sqlite/connection.h"

#include "tests/support/temp_directory.h"

#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Transaction.h>
#include <gmock/gmock.h>

namespace ledger::storage::connection_test {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

class ConnectionTest : public testing::Test {
 protected:
  test::TempDirectory directory_;
  ConnectionOptions options_{directory_.file("ledger.db"), "", 100};
};

std::string pragma(SQLite::Database& database, const std::string& name) {
  return database.execAndGet("PRAGMA " + name).getString();
}

TEST_F(ConnectionTest, TheWriterSyncsEveryCommitAndNeverCheckpointsByItself) {
  SQLite::Database writer = open_writer(options_);
  EXPECT_EQ(pragma(writer, "journal_mode"), "wal");
  EXPECT_EQ(pragma(writer, "synchronous"), "2") << "FULL";
  EXPECT_EQ(pragma(writer, "wal_autocheckpoint"), "0");
  EXPECT_EQ(pragma(writer, "foreign_keys"), "1");
}

TEST_F(ConnectionTest, AWriterThatIsTrustedPaysForNoGuards) {
  SQLite::Database writer = open_writer(options_);
  writer.exec(
      "CREATE TABLE parent (id INTEGER PRIMARY KEY); CREATE TABLE child (parent REFERENCES parent);"
      "CREATE TRIGGER guard BEFORE INSERT ON child WHEN NEW.parent = 2 BEGIN SELECT RAISE(ABORT, 'guarded'); END");
  EXPECT_THROW(writer.exec("INSERT INTO child VALUES (1)"), SQLite::Exception);
  EXPECT_THROW(writer.exec("INSERT INTO child VALUES (2)"), SQLite::Exception);
  trust_to_append(writer);
  writer.exec("INSERT INTO child VALUES (1), (2)");
  SQLite::Database other = open_writer(options_);
  EXPECT_THROW(other.exec("INSERT INTO child VALUES (2)"), SQLite::Exception) << "the others' guards stay";
}

TEST_F(ConnectionTest, ClosingAConnectionDoesNotCheckpoint) {
  {
    SQLite::Database writer = open_writer(options_);
    writer.exec("CREATE TABLE t (x)");
  }
  EXPECT_GT(std::filesystem::file_size(options_.path + "-wal"), 0U);
}

TEST_F(ConnectionTest, TheReaderCannotWrite) {
  open_writer(options_).exec("CREATE TABLE t (x)");
  SQLite::Database reader = open_reader(options_);
  EXPECT_EQ(reader.execAndGet("SELECT count(*) FROM t").getInt(), 0);
  EXPECT_THROW(reader.exec("INSERT INTO t VALUES (1)"), SQLite::Exception);
}

TEST_F(ConnectionTest, AnImmutableReaderOpensAFileOfAnyName) {
  for (const char* name : {"plain", "what?", "100%", "#1", "a b&c=d"}) {
    const std::string path = directory_.file(name);
    SQLite::Database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec("CREATE TABLE t (x)");
    SQLite::Database(path, SQLite::OPEN_READWRITE).exec("PRAGMA application_id = 1095978055");
    for (const std::string& given : {path, "/" + path}) {
      SQLite::Database reader = open_reader({.path = given, .immutable = true});
      EXPECT_EQ(reader.execAndGet("SELECT count(*) FROM t").getInt(), 0) << given;
    }
  }
}

TEST_F(ConnectionTest, TheReaderDoesNotCreate) {
  EXPECT_THROW(const SQLite::Database refused = open_reader(options_), SQLite::Exception);
  EXPECT_FALSE(std::filesystem::exists(options_.path));
}

TEST_F(ConnectionTest, AnotherApplicationsDatabaseIsRefused) {
  SQLite::Database(options_.path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec("CREATE TABLE theirs (x)");
  EXPECT_THAT([&] { const SQLite::Database refused = open_writer(options_); }, ThrowsMessage<std::runtime_error>(HasSubstr("another application")));
}

TEST_F(ConnectionTest, AReadTransactionSeesOnePrefix) {
  SQLite::Database writer = open_writer(options_);
  writer.exec("CREATE TABLE t (x)");
  SQLite::Database reader = open_reader(options_);
  {
    const SQLite::Transaction transaction(reader);
    EXPECT_EQ(reader.execAndGet("SELECT count(*) FROM t").getInt(), 0);
    writer.exec("INSERT INTO t VALUES (1)");
    EXPECT_EQ(reader.execAndGet("SELECT count(*) FROM t").getInt(), 0);
  }
  EXPECT_EQ(reader.execAndGet("SELECT count(*) FROM t").getInt(), 1);
}

}  // namespace
}  // namespace ledger::storage::connection_test
