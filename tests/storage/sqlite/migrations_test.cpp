// Migrations: what they make, what they refuse, and that a released one is never edited.
#include "storage/sqlite/migrations.h"

#include "domain/digest.h"
#include "storage/sqlite/connection.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_directory.h"

#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

namespace ledger::storage::migrations_test {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

class MigrationsTest : public testing::Test {
 protected:
  test::TempDirectory directory_;
  test::FakeClock clock_;
  SQLite::Database database_ = open_writer({directory_.file("ledger.db"), "", 100});
};

TEST_F(MigrationsTest, AreAppliedOnceInOrder) {
  EXPECT_EQ(migrate(database_, embedded_migrations(), clock_).size(), embedded_migrations().size());
  EXPECT_TRUE(migrate(database_, embedded_migrations(), clock_).empty());
  require_current_schema(database_, embedded_migrations());
  EXPECT_EQ(database_.execAndGet("SELECT max(version) FROM schema_migration").getInt(), newest_schema_version());
}

TEST_F(MigrationsTest, AnEmptyDatabaseNeedsThem) {
  EXPECT_THAT([&] { require_current_schema(database_, embedded_migrations()); }, ThrowsMessage<std::runtime_error>(HasSubstr("run migrate first")));
}

TEST_F(MigrationsTest, ADatabaseOfANewerReleaseIsRefused) {
  migrate(database_, embedded_migrations(), clock_);
  const auto older = embedded_migrations().first(1);
  EXPECT_THAT([&] { migrate(database_, older, clock_); }, ThrowsMessage<std::runtime_error>(HasSubstr("newer release")));
}

TEST_F(MigrationsTest, ADatabaseMadeByAnotherTextIsRefused) {
  const std::vector<Migration> mine = {{1, "one", "aa", "CREATE TABLE t (x)"}};
  const std::vector<Migration> edited = {{1, "one", "bb", "CREATE TABLE t (y)"}};
  migrate(database_, mine, clock_);
  EXPECT_THAT([&] { migrate(database_, edited, clock_); }, ThrowsMessage<std::runtime_error>(HasSubstr("was not made by migration one")));
}

TEST_F(MigrationsTest, AFailedMigrationLeavesNothingOfItself) {
  const std::vector<Migration> broken = {{1, "good", "aa", "CREATE TABLE good (x)"},
                                         {2, "bad", "bb", "CREATE TABLE half (x); CREATE TABLE good (x)"}};
  EXPECT_THROW(migrate(database_, broken, clock_), SQLite::Exception);
  EXPECT_TRUE(database_.tableExists("good"));
  EXPECT_FALSE(database_.tableExists("half"));
  EXPECT_EQ(database_.execAndGet("SELECT max(version) FROM schema_migration").getInt(), 1);
}

/// What a query answers, a line each.
std::vector<std::string> rows(SQLite::Database& database, const std::string& query) {
  std::vector<std::string> found;
  SQLite::Statement statement(database, query);
  while (statement.executeStep()) {
    std::string line;
    for (int column = 0; column < statement.getColumnCount(); ++column) line += statement.getColumn(column).getString() + '|';
    found.push_back(std::move(line));
  }
  return found;
}

// 0004 takes the definitions out of the rows of the state, which nobody who reads the views may notice.
TEST_F(MigrationsTest, LeanRowsLeaveTheViewsAsTheyWere) {
  migrate(database_, embedded_migrations().first(3), clock_);
  database_.exec("INSERT INTO location VALUES (1, 'L'), (2, 'M')");
  database_.exec("INSERT INTO association VALUES (1, 1, 'a1'), (2, 1, 'a2'), (3, 1, 'a3'), (4, 2, 'a4')");
  for (const char* event : {"(1, 3, 1, 'w', ", "(2, 1, 2, 'w', ", "(3, 1, 3, 'w', ", "(4, 1, 4, 'w', "}) {
    database_.exec(std::string("INSERT INTO event VALUES ") + event + "NULL, 7, 8, 1, 0, NULL, NULL, randomblob(32), x'7b7d')");
  }
  database_.exec(
      "INSERT INTO association_state VALUES (1, 'k', 'USER_DEFINED', 'f', 'F', 'ONE', 's', 'S', 'MANY', 5, 6, 7, 1, 1),"
      " (2, 'k', 'USER_DEFINED', 'f', 'F', 'ONE', 's', 'S', 'MANY', 7, 7, NULL, 2, NULL),"
      " (3, 'k', 'USER_DEFINED', NULL, 'F', 'ONE', 's', 'S', '', 9, 9, NULL, 3, NULL),"
      " (4, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 9, NULL, 4, NULL)");
  const auto seen = [this] {
    std::vector<std::vector<std::string>> views;
    for (const char* view : {"associations", "deletions", "recreated_associations", "events", "conflicting_deliveries"}) {
      views.push_back(rows(database_, std::string("SELECT * FROM ") + view + " ORDER BY 1, 2, 3"));
    }
    return views;
  };
  const auto before = seen();
  ASSERT_EQ(before[0].size(), 4U);
  ASSERT_EQ(before[1].size(), 1U);
  ASSERT_EQ(before[2].size(), 2U);
  migrate(database_, embedded_migrations(), clock_);
  EXPECT_EQ(seen(), before);
  EXPECT_EQ(database_.execAndGet("SELECT count(*) FROM definition").getInt(), 3);
  EXPECT_EQ(rows(database_, "PRAGMA foreign_key_check").size(), 0U);
}

// 0005 says of each state which location it belongs to.
TEST_F(MigrationsTest, DeletedAssociationsAreFoundByTheirLocation) {
  migrate(database_, embedded_migrations().first(4), clock_);
  database_.exec("INSERT INTO location VALUES (1, 'L'), (2, 'M'); INSERT INTO association VALUES (1, 1, 'a'), (2, 2, 'a'), (3, 2, 'b')");
  for (const char* event : {"(1, 1, 1, ", "(2, 3, 2, ", "(3, 1, 3, "}) {
    database_.exec(std::string("INSERT INTO event VALUES ") + event + "NULL, NULL, 7, 8, 1, 0, NULL, NULL, zeroblob(32), x'7b7d', NULL)");
  }
  database_.exec("INSERT INTO definition (key) VALUES ('k'); INSERT INTO association_state VALUES (1, 1, 5, 6, NULL, 1, NULL)");
  database_.exec("INSERT INTO association_state VALUES (2, 1, 5, 6, 7, 2, 2), (3, 1, 5, 6, NULL, 3, NULL)");
  migrate(database_, embedded_migrations(), clock_);
  EXPECT_EQ(rows(database_, "SELECT association_ref, location_ref FROM association_state"), (std::vector<std::string>{"1|1|", "2|2|", "3|2|"}));
  EXPECT_EQ(rows(database_,
                 "SELECT association_ref FROM association_state INDEXED BY association_state_deleted"
                 " WHERE location_ref = 2 AND deleted_at IS NOT NULL"),
            (std::vector<std::string>{"2|"}));
  EXPECT_EQ(rows(database_, "PRAGMA foreign_key_check").size(), 0U);
}

// 0006 takes the hyphens of a UUID that is not there out of the views.
TEST_F(MigrationsTest, AMissingWebhookIdIsNull) {
  migrate(database_, embedded_migrations(), clock_);
  database_.exec("INSERT INTO location VALUES (1, 'L'); INSERT INTO association VALUES (1, 1, 'a'); INSERT INTO definition (key) VALUES ('k')");
  for (const char* event : {"(1, 3, 1, NULL, NULL, 7, 8, 1, 0, NULL, NULL, zeroblob(32), x'7b7d', NULL)",
                            "(2, 3, 1, 'w', NULL, 7, 8, 1, 0, NULL, NULL, zeroblob(32), x'7b7d', NULL)",
                            "(3, 3, 1, NULL, NULL, 7, 8, 1, 0, NULL, NULL, zeroblob(32), x'7b7d', x'881b94155d354ff1a6670545b80b96c0')"}) {
    database_.exec(std::string("INSERT INTO event VALUES ") + event);
  }
  database_.exec("INSERT INTO association_state VALUES (1, 1, 5, 6, 7, 3, 1, 1)");
  EXPECT_EQ(rows(database_, "SELECT quote(webhook_id) FROM events ORDER BY sequence"),
            (std::vector<std::string>{"NULL|", "'w'|", "'881b9415-5d35-4ff1-a667-0545b80b96c0'|"}));
  for (const char* deleted_by : {"1", "2", "3"}) {
    database_.exec(std::string("UPDATE association_state SET deleted_by = ") + deleted_by);
    EXPECT_EQ(rows(database_, "SELECT quote(webhook_id) FROM deletions"),
              rows(database_, std::string("SELECT quote(webhook_id) FROM events WHERE sequence = ") + deleted_by));
  }
}

// 0008: the same body twice is no contradiction.
TEST_F(MigrationsTest, OnlyAnotherBodyUnderAWebhookIdIsAConflict) {
  migrate(database_, embedded_migrations(), clock_);
  database_.exec("INSERT INTO location VALUES (1, 'L'); INSERT INTO association VALUES (1, 1, 'a')");
  for (const char* event : {"(1, 2, 1, 'same', NULL, 7, 8, 1, 0, NULL, NULL, zeroblob(32), x'7b7d', NULL)",
                            "(2, 3, 1, 'same', NULL, 7, 8, 1, 0, NULL, NULL, zeroblob(32), x'7b7d', NULL)",
                            "(3, 2, 1, 'other', NULL, 7, 8, 1, 0, NULL, NULL, zeroblob(32), x'7b7d', NULL)",
                            "(4, 2, 1, 'other', NULL, 7, 8, 1, 0, NULL, NULL, randomblob(32), x'7b207d', NULL)",
                            "(5, 3, 1, 'other', NULL, 7, 8, 1, 0, NULL, NULL, zeroblob(32), x'7b7d', NULL)"}) {
    database_.exec(std::string("INSERT INTO event VALUES ") + event);
  }
  EXPECT_EQ(rows(database_, "SELECT webhook_id, deliveries, first_sequence, last_sequence FROM conflicting_deliveries"),
            (std::vector<std::string>{"other|2|3|5|"}));
}

// A released migration is never edited: databases in the field were made by its text. A new one is added to SHA256SUMS with its release.
TEST(ReleasedMigrations, HaveTheTextThatWasReleased) {
  std::ifstream sums(LEDGER_MIGRATIONS_DIR "/SHA256SUMS");
  ASSERT_TRUE(sums);
  std::vector<std::pair<std::string, std::string>> released;
  for (std::string digest, file; sums >> digest >> file;) released.emplace_back(digest, file);
  ASSERT_EQ(released.size(), embedded_migrations().size());
  for (std::size_t i = 0; i < released.size(); ++i) {
    const Migration& migration = embedded_migrations()[i];
    EXPECT_EQ(migration.sha256, released[i].first) << released[i].second;
    EXPECT_EQ(to_hex(sha256(migration.sql)), migration.sha256) << migration.name;
    EXPECT_THAT(released[i].second, HasSubstr(std::string(migration.name)));
  }
}

/// The guards of the schema: no SQL changes what is recorded.
class LogGuards : public MigrationsTest {
 protected:
  void SetUp() override {
    migrate(database_, embedded_migrations(), clock_);
    database_.exec("INSERT INTO location VALUES (1, 'L')");
    database_.exec("INSERT INTO association VALUES (1, 1, 'a')");
    insert_event("INSERT", 1);
    database_.exec("INSERT INTO quarantine VALUES (1, NULL, 0, 1, NULL, NULL, zeroblob(32), x'7b', 'r')");
    database_.exec("INSERT INTO signing_key VALUES (1, '" + std::string(64, 'a') + "', 1)");
    database_.exec("INSERT INTO definition (key) VALUES ('k')");
  }
  void insert_event(const std::string& verb, int sequence) {
    database_.exec(verb + " INTO event VALUES (" + std::to_string(sequence) +
                   ", 1, 1, NULL, NULL, NULL, 0, 1, 0, NULL, NULL, zeroblob(32), x'7b7d', NULL)");
  }
  void expect_refused(const std::string& statement) {
    EXPECT_THAT([&] { database_.exec(statement); }, ThrowsMessage<SQLite::Exception>(HasSubstr("append-only"))) << statement;
  }
};

TEST_F(LogGuards, RefuseUpdateAndDelete) {
  for (const char* statement :
       {"DELETE FROM event", "DELETE FROM quarantine", "DELETE FROM location", "DELETE FROM association", "DELETE FROM signing_key",
        "UPDATE event SET flags = 1", "UPDATE quarantine SET reason = ''", "UPDATE location SET location_id = 'M'",
        "UPDATE association SET association_id = 'b'", "UPDATE signing_key SET scheme = 2", "DELETE FROM definition",
        "UPDATE definition SET key = 'l'", "DELETE FROM event_kind", "UPDATE event_kind SET name = 'other'", "DELETE FROM event_source",
        "UPDATE event_source SET name = 'other'", "DELETE FROM signature_scheme", "UPDATE signature_scheme SET name = 'other'"}) {
    expect_refused(statement);
  }
}

TEST_F(LogGuards, RefuseReplace) {
  EXPECT_THROW(insert_event("REPLACE", 1), SQLite::Exception);
  EXPECT_THROW(insert_event("INSERT OR REPLACE", 1), SQLite::Exception);
  expect_refused("REPLACE INTO location VALUES (1, 'M')");
  expect_refused("REPLACE INTO location VALUES (2, 'L')");
  expect_refused("REPLACE INTO association VALUES (1, 1, 'b')");
  expect_refused("REPLACE INTO association VALUES (2, 1, 'a')");
  expect_refused("REPLACE INTO signing_key VALUES (2, '" + std::string(64, 'a') + "', 1)");
  expect_refused("REPLACE INTO definition (definition_ref, key) VALUES (1, 'l')");
  expect_refused("REPLACE INTO definition (key) VALUES ('k')");
  expect_refused("REPLACE INTO event_kind VALUES (3, 'other')");
  expect_refused("REPLACE INTO event_kind VALUES (4, 'AssociationDelete')");
  expect_refused("REPLACE INTO event_source VALUES (1, 'other')");
  expect_refused("REPLACE INTO event_source VALUES (2, 'webhook')");
  expect_refused("REPLACE INTO signature_scheme VALUES (1, 'other')");
  expect_refused("REPLACE INTO signature_scheme VALUES (3, 'ed25519')");
  expect_refused("REPLACE INTO quarantine VALUES (1, NULL, 0, 1, NULL, NULL, zeroblob(32), x'7b', 'r')");
}

TEST_F(LogGuards, RefuseAGapAndARepetition) {
  EXPECT_THROW(insert_event("INSERT", 3), SQLite::Exception);
  EXPECT_THROW(insert_event("INSERT", 1), SQLite::Exception);
  insert_event("INSERT", 2);
}

}  // namespace
}  // namespace ledger::storage::migrations_test
