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

  void insert_subject() { database_.exec("INSERT INTO location VALUES (1, 'L'); INSERT INTO subject VALUES (1, 1, 1, 'a')"); }
  void insert_event(int sequence, int kind, const std::string& webhook_id, const std::string& webhook_uuid,
                    const std::string& sha256 = "zeroblob(32)", const std::string& verb = "INSERT") {
    database_.exec(verb + " INTO event VALUES (" + std::to_string(sequence) + ", " + std::to_string(kind) + ", 1, 7, 7, 8, 1, 0, " + webhook_id +
                   ", " + webhook_uuid + ", NULL, NULL, NULL, NULL, " + sha256 + ", x'7b7d')");
  }
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
  database_.exec("INSERT INTO schema_migration VALUES (" + std::to_string(newest_schema_version() + 1) + ", 'of the future', 'ff', 0)");
  EXPECT_THAT([&] { migrate(database_, embedded_migrations(), clock_); }, ThrowsMessage<std::runtime_error>(HasSubstr("newer release")));
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

TEST_F(MigrationsTest, AMissingWebhookIdIsNullInTheViews) {
  migrate(database_, embedded_migrations(), clock_);
  insert_subject();
  insert_event(1, 3, "NULL", "NULL");
  insert_event(2, 3, "'w'", "NULL");
  insert_event(3, 3, "NULL", "x'881b94155d354ff1a6670545b80b96c0'");
  EXPECT_EQ(rows(database_, "SELECT quote(webhook_id) FROM events ORDER BY sequence"),
            (std::vector<std::string>{"NULL|", "'w'|", "'881b9415-5d35-4ff1-a667-0545b80b96c0'|"}));
  database_.exec("INSERT INTO definition (key) VALUES ('k'); INSERT INTO association_state VALUES (1, 1, 5, 6, 7, 3, 1, 0, 0, 0)");
  for (const char* deleted_by : {"1", "2", "3"}) {
    database_.exec(std::string("UPDATE association_state SET deleted_by = ") + deleted_by);
    database_.exec(std::string("DELETE FROM deletion; INSERT INTO deletion VALUES (1, 7, ") + deleted_by + ", 1, 5, 1)");
    EXPECT_EQ(rows(database_, "SELECT quote(webhook_id) FROM deletions"),
              rows(database_, std::string("SELECT quote(webhook_id) FROM events WHERE sequence = ") + deleted_by));
  }
}

TEST_F(MigrationsTest, OnlyAnotherBodyUnderAWebhookIdIsAConflictingDelivery) {
  migrate(database_, embedded_migrations(), clock_);
  insert_subject();
  insert_event(1, 2, "'same'", "NULL");
  insert_event(2, 3, "'same'", "NULL");
  insert_event(3, 2, "'other'", "NULL");
  insert_event(4, 2, "'other'", "NULL", "randomblob(32)");
  insert_event(5, 3, "'other'", "NULL");
  EXPECT_EQ(rows(database_, "SELECT webhook_id, deliveries, first_sequence, last_sequence FROM conflicting_deliveries"),
            (std::vector<std::string>{"other|2|3|5|"}));
}

TEST_F(MigrationsTest, TheSameIdOrBytesAsAnotherKindAreConflicts) {
  migrate(database_, embedded_migrations(), clock_);
  insert_subject();
  insert_event(1, 2, "'w'", "NULL");
  insert_event(2, 3, "'w'", "NULL");
  insert_event(3, 2, "NULL", "NULL", "x'" + std::string(64, '1') + "'");
  insert_event(4, 3, "NULL", "NULL", "x'" + std::string(64, '1') + "'");
  insert_event(5, 2, "NULL", "NULL", "x'" + std::string(64, '2') + "'");
  EXPECT_EQ(rows(database_, "SELECT shared, sequence FROM conflicts ORDER BY sequence"),
            (std::vector<std::string>{"webhook_id|1|", "webhook_id|2|", "body|3|", "body|4|"}));
}

TEST_F(MigrationsTest, EveryDatabaseHasALineageOfItsOwn) {
  migrate(database_, embedded_migrations(), clock_);
  SQLite::Database other = open_writer({directory_.file("other.db"), "", 100});
  migrate(other, embedded_migrations(), clock_);
  const std::string lineage = database_.execAndGet("SELECT lineage FROM ledger").getString();
  EXPECT_THAT(lineage, testing::MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}"));
  EXPECT_NE(other.execAndGet("SELECT lineage FROM ledger").getString(), lineage);
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
    insert_subject();
    MigrationsTest::insert_event(1, 1, "NULL", "NULL");
    database_.exec("INSERT INTO quarantine VALUES (1, NULL, 0, 1, NULL, NULL, 'r', zeroblob(32), x'7b')");
    database_.exec("INSERT INTO quarantine_decision VALUES (1, 'dismissed', 0, NULL)");
    database_.exec("INSERT INTO signing_key VALUES (1, '" + std::string(64, 'a') + "', 1)");
    database_.exec("INSERT INTO definition (key) VALUES ('k')");
  }
  void insert_event(const std::string& verb, int sequence) { MigrationsTest::insert_event(sequence, 1, "NULL", "NULL", "zeroblob(32)", verb); }
  void expect_refused(const std::string& statement) {
    EXPECT_THAT([&] { database_.exec(statement); }, ThrowsMessage<SQLite::Exception>(HasSubstr("append-only"))) << statement;
  }
};

TEST_F(LogGuards, RefuseUpdateAndDelete) {
  for (const char* statement : {"DELETE FROM event",
                                "DELETE FROM quarantine",
                                "DELETE FROM quarantine_decision",
                                "UPDATE quarantine_decision SET decided_at = 1",
                                "DELETE FROM location",
                                "DELETE FROM subject",
                                "DELETE FROM signing_key",
                                "UPDATE event SET flags = 1",
                                "UPDATE quarantine SET reason = ''",
                                "UPDATE location SET location_id = 'M'",
                                "UPDATE subject SET subject_id = 'b'",
                                "UPDATE signing_key SET scheme = 2",
                                "DELETE FROM definition",
                                "UPDATE definition SET key = 'l'",
                                "DELETE FROM event_kind",
                                "UPDATE event_kind SET name = 'other'",
                                "DELETE FROM event_source",
                                "UPDATE event_source SET name = 'other'",
                                "DELETE FROM signature_scheme",
                                "UPDATE signature_scheme SET name = 'other'",
                                "DELETE FROM subject_kind",
                                "UPDATE subject_kind SET name = 'other'",
                                "DELETE FROM ledger",
                                "UPDATE ledger SET lineage = lineage"}) {
    expect_refused(statement);
  }
}

TEST_F(LogGuards, RefuseReplace) {
  EXPECT_THROW(insert_event("REPLACE", 1), SQLite::Exception);
  EXPECT_THROW(insert_event("INSERT OR REPLACE", 1), SQLite::Exception);
  expect_refused("REPLACE INTO location VALUES (1, 'M')");
  expect_refused("REPLACE INTO location VALUES (2, 'L')");
  expect_refused("REPLACE INTO subject VALUES (1, 1, 1, 'b')");
  expect_refused("REPLACE INTO subject VALUES (2, 1, 1, 'a')");
  expect_refused("REPLACE INTO signing_key VALUES (2, '" + std::string(64, 'a') + "', 1)");
  expect_refused("REPLACE INTO definition (definition_ref, key) VALUES (1, 'l')");
  expect_refused("REPLACE INTO definition (key) VALUES ('k')");
  expect_refused("REPLACE INTO event_kind VALUES (3, 'other')");
  expect_refused("REPLACE INTO event_kind VALUES (10, 'AssociationDelete')");
  expect_refused("REPLACE INTO event_source VALUES (1, 'other')");
  expect_refused("REPLACE INTO event_source VALUES (4, 'webhook')");
  expect_refused("REPLACE INTO signature_scheme VALUES (1, 'other')");
  expect_refused("REPLACE INTO signature_scheme VALUES (3, 'ed25519')");
  expect_refused("REPLACE INTO subject_kind VALUES (1, 'other')");
  expect_refused("REPLACE INTO ledger SELECT * FROM ledger");
  expect_refused("REPLACE INTO quarantine VALUES (1, NULL, 0, 1, NULL, NULL, 'r', zeroblob(32), x'7b')");
  expect_refused("REPLACE INTO quarantine_decision VALUES (1, 'dismissed', 1, NULL)");
  database_.exec("INSERT INTO quarantine_decision VALUES (1, 'admitted', 0, 1)");
  for (const char* decision : {"'admitted', 0, 1", "'duplicate', 0, 1", "'dismissed', 0, NULL"}) {
    expect_refused(std::string("REPLACE INTO quarantine_decision VALUES (1, ") + decision + ")");
  }
}

TEST_F(LogGuards, RefuseAGapAndARepetition) {
  EXPECT_THROW(insert_event("INSERT", 3), SQLite::Exception);
  EXPECT_THROW(insert_event("INSERT", 1), SQLite::Exception);
  insert_event("INSERT", 2);
}

}  // namespace
}  // namespace ledger::storage::migrations_test
