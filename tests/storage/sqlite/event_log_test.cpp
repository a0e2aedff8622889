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

constexpr EventKind kKinds[] = {EventKind::association_create, EventKind::association_update, EventKind::association_delete};

AssociationKey key(const std::string& location, const std::string& id) {
  return {LocationId(location), AssociationId(id)};
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

TEST_F(EventLogTest, GivesAnAssociationOneSurrogateWhicheverEventComesFirst) {
  EventLog log(database_);
  for (const EventKind first : kKinds) {
    const AssociationKey named = key("L", std::to_string(static_cast<int>(first)));
    const EventLog::Interned given = log.intern(named, first);
    EXPECT_TRUE(given.is_new);
    for (const EventKind kind : kKinds) {
      const EventLog::Interned again = log.intern(named, kind);
      EXPECT_EQ(again.location, given.location);
      EXPECT_EQ(again.association, given.association);
      EXPECT_FALSE(again.is_new);
    }
  }
  EXPECT_EQ(database_.execAndGet("SELECT count(*) FROM association").getInt(), 3);
}

TEST_F(EventLogTest, TellsTheSameIdInTwoLocationsApart) {
  EventLog log(database_);
  const auto one = log.intern(key("L", "a"), EventKind::association_create);
  const auto other = log.intern(key("M", "a"), EventKind::association_create);
  EXPECT_NE(one.location, other.location);
  EXPECT_NE(one.association, other.association);
  EXPECT_TRUE(other.is_new);
}

TEST_F(EventLogTest, ForgetsWhatWasRolledBack) {
  EventLog log(database_);
  static_cast<void>(log.intern(key("gone", "a"), EventKind::association_create));
  database_.exec("ROLLBACK; BEGIN IMMEDIATE");
  log.forget();
  static_cast<void>(log.intern(key("other", "a"), EventKind::association_create));
  const auto again = log.intern(key("gone", "a"), EventKind::association_create);
  EXPECT_TRUE(again.is_new);
  EXPECT_EQ(database_.execAndGet("SELECT location_id FROM location WHERE location_ref = " + std::to_string(again.location.value())).getString(),
            "gone");
}

TEST_F(EventLogTest, FindsLocationsBeyondThoseThatItRemembers) {
  EventLog log(database_);
  const auto first = log.intern(key("0", "a"), EventKind::association_create);
  for (int i = 1; i < 20'000; ++i) static_cast<void>(log.intern(key(std::to_string(i), "a"), EventKind::association_create));
  const auto again = log.intern(key("0", "a"), EventKind::association_update);
  EXPECT_EQ(again.location, first.location);
  EXPECT_EQ(again.association, first.association);
  EXPECT_EQ(database_.execAndGet("SELECT count(*) FROM location").getInt(), 20'000);
}

}  // namespace
}  // namespace ledger::storage::event_log_test
