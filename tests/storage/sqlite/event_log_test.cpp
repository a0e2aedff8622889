// The surrogates that the log gives out. tests/contract/ holds every store to the rest, and group_committer_test.cpp to how it fails.
#include "storage/sqlite/event_log.h"

#include "storage/sqlite/connection.h"
#include "storage/sqlite/migrations.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_directory.h"

#include <gtest/gtest.h>

#include <string>

namespace ledger::storage::event_log_test {
namespace {

NewEvent event_of(EventKind kind, const std::string& location, const std::string& id) {
  NewEvent event;
  event.decoded.kind = kind;
  event.decoded.association = {LocationId(location), AssociationId(id)};
  return event;
}

/// The row of a Create is inserted before it is looked up, that of a Delete afterwards.
EventLog::Interned intern(EventLog& log, const std::string& location, const std::string& id, EventKind kind = EventKind::association_create) {
  return log.intern(event_of(kind, location, id));
}

class EventLogTest : public testing::Test {
 protected:
  EventLogTest() {
    migrate(database_, embedded_migrations(), clock_);
    trust_to_append(database_);
    database_.exec("BEGIN IMMEDIATE");
  }

  test::TempDirectory directory_;
  test::FakeClock clock_;
  SQLite::Database database_ = open_writer({directory_.file("ledger.db"), "", 100});
};

TEST_F(EventLogTest, GivesASubjectOneSurrogateWhetherItIsLookedUpOrInsertedFirst) {
  EventLog log(database_);
  for (const EventKind first : {EventKind::association_delete, EventKind::association_create}) {
    const std::string id(name(first));
    EXPECT_FALSE(log.find(event_of(first, "L", id)));
    const EventLog::Interned given = intern(log, "L", id, first);
    EXPECT_TRUE(given.is_new);
    EXPECT_EQ(log.find(event_of(first, "L", id))->subject, given.subject);
    for (const EventKind kind : {EventKind::association_delete, EventKind::association_create}) {
      const EventLog::Interned again = intern(log, "L", id, kind);
      EXPECT_EQ(again.location, given.location);
      EXPECT_EQ(again.subject, given.subject);
      EXPECT_FALSE(again.is_new);
    }
  }
  EXPECT_EQ(database_.execAndGet("SELECT count(*) FROM subject").getInt(), 2);
}

TEST_F(EventLogTest, TellsTheSameIdOfTwoKindsApart) {
  EventLog log(database_);
  const auto association = intern(log, "L", "a");
  const auto relation = intern(log, "L", "a", EventKind::relation_create);
  EXPECT_NE(association.subject, relation.subject);
  EXPECT_TRUE(relation.is_new);
}

TEST_F(EventLogTest, TellsTheSameIdInTwoLocationsApart) {
  EventLog log(database_);
  const auto one = intern(log, "L", "a");
  const auto other = intern(log, "M", "a");
  EXPECT_NE(one.location, other.location);
  EXPECT_NE(one.subject, other.subject);
  EXPECT_TRUE(other.is_new);
}

TEST_F(EventLogTest, ForgetsWhatWasRolledBack) {
  EventLog log(database_);
  static_cast<void>(intern(log, "gone", "a"));
  database_.exec("ROLLBACK; BEGIN IMMEDIATE");
  log.forget();
  static_cast<void>(intern(log, "other", "a"));
  const auto again = intern(log, "gone", "a");
  EXPECT_TRUE(again.is_new);
  EXPECT_EQ(database_.execAndGet("SELECT location_id FROM location WHERE location_ref = " + std::to_string(again.location.value())).getString(),
            "gone");
}

TEST_F(EventLogTest, FindsLocationsBeyondThoseThatItRemembers) {
  EventLog log(database_);
  const auto first = intern(log, "0", "a");
  for (int i = 1; i < 20'000; ++i) static_cast<void>(intern(log, std::to_string(i), "a"));
  const auto again = intern(log, "0", "a", EventKind::association_delete);
  EXPECT_EQ(again.location, first.location);
  EXPECT_EQ(again.subject, first.subject);
  EXPECT_EQ(database_.execAndGet("SELECT count(*) FROM location").getInt(), 20'000);
}

}  // namespace
}  // namespace ledger::storage::event_log_test
