// The state can be thrown away and comes back the same, byte for byte.
#include "storage/sqlite/rebuild.h"

#include "storage/sqlite/group_committer.h"
#include "tests/support/fake_clock.h"
#include "tests/support/generators.h"
#include "tests/support/recording_log.h"
#include "tests/support/temp_directory.h"

#include <SQLiteCpp/Transaction.h>

#include <gtest/gtest.h>

namespace ledger::storage::rebuild_test {
namespace {

const Progress kNoProgress = [](std::int64_t, std::int64_t) {};

class RebuildTest : public testing::Test {
 protected:
  void fill(std::uint64_t seed, int events) {
    test::Random random(seed);
    GroupCommitter committer({options_, {}, 0}, clock_, log_);
    for (int i = 0; i < events;) {
      std::vector<Ticket> group;
      for (std::size_t size = 1 + random.below(20); size > 0; --size, ++i) {
        const AssociationKey key{LocationId("L" + std::to_string(random.below(5))), AssociationId("a" + std::to_string(random.below(8)))};
        group.emplace_back(AppendTicket{test::random_event_of_any_kind(random, key, test::Dating::some), [](const Result<Appended>&) {}});
      }
      clock_.advance(std::chrono::milliseconds(random.below(3)));
      committer.commit(group);
    }
  }

  /// Every column of every row of the projection, as SQL literals.
  std::string projection() {
    SQLite::Database reader = open_reader(options_);
    std::string text;
    for (const char* query :
         {"SELECT quote(subject_ref) || ' ' || quote(definition_ref) || ' ' || quote(created_at) || ' ' || quote(updated_at) || ' ' ||"
          " quote(deleted_at) || ' ' || quote(last_sequence) || ' ' || quote(deleted_by) || ' ' ||"
          " quote(deleted_at_is_dated) || ' ' || quote(former_lives) || ' ' || quote(inferred) FROM association_state ORDER BY subject_ref",
          "SELECT quote(location_ref) || ' ' || quote(deleted_at) || ' ' || quote(deleted_by) || ' ' || quote(subject_ref) || ' ' ||"
          " quote(created_at) || ' ' || quote(definition_ref) FROM deletion ORDER BY location_ref, deleted_at, deleted_by",
          "SELECT quote(definition_ref) || ' ' || quote(key) || quote(association_type) || quote(first_object_key) || quote(first_object_label)"
          " || quote(first_to_second_cardinality) || quote(second_object_key) || quote(second_object_label)"
          " || quote(second_to_first_cardinality) FROM definition ORDER BY definition_ref",
          "SELECT quote(location_ref) || ' ' || quote(active_associations) || ' ' || quote(deleted_associations) || ' ' ||"
          " quote(last_sequence) || ' ' || quote(active_relations) || ' ' || quote(deleted_relations) || ' ' || quote(installed_at) || ' ' ||"
          " quote(uninstalled_at) FROM location_state ORDER BY location_ref",
          "SELECT quote(subject_ref) || ' ' || quote(location_ref) || ' ' || quote(association_id) || ' ' || quote(first_object_key) || ' ' ||"
          " quote(first_record_id) || ' ' || quote(second_object_key) || ' ' || quote(second_record_id) || ' ' || quote(created_at) || ' ' ||"
          " quote(vouched_at) || ' ' || quote(updated_at) || ' ' || quote(deleted_at) || ' ' || quote(last_sequence) || ' ' ||"
          " quote(deleted_by) || ' ' || quote(deleted_at_is_dated) || ' ' || quote(former_lives) FROM relation_state ORDER BY subject_ref"}) {
      SQLite::Statement rows(reader, query);
      while (rows.executeStep()) text += rows.getColumn(0).getString() + "\n";
    }
    return text;
  }

  test::TempDirectory directory_;
  ConnectionOptions options_{directory_.file("ledger.db"), "", 100};
  test::FakeClock clock_;
  test::RecordingLog log_;
};

// Rule 13.
TEST_F(RebuildTest, GivesTheSameBytes) {
  const std::uint64_t seed = test::test_seed();
  SCOPED_TRACE("LEDGER_TEST_SEED=" + std::to_string(seed));
  fill(seed, 600);
  const std::string before = projection();
  const auto report = rebuild(options_.path, kNoProgress);
  ASSERT_TRUE(report);
  EXPECT_EQ(projection(), before);
  EXPECT_GE(report->associations, 30);
  EXPECT_GE(report->relations, 20);
  EXPECT_EQ(report->locations, 5);
  EXPECT_GE(report->events, 500);
}

// Events are read 4,096 at a time. Of the last association, the greatest body counts, and it came first.
TEST_F(RebuildTest, SortsEventsOfTheSameTimeAtTheEndOfABatch) {
  {
    GroupCommitter committer({options_, {}, 0}, clock_, log_);
    std::vector<Ticket> group;
    for (int event = 9000; event > 4890; --event) {
      const std::string id = event > 4910 ? std::to_string(event) : "last";
      const std::string body = R"({"type":"AssociationUpdate","locationId":"L","timestamp":"2026-11-07T12:00:00Z","id":")" + id +
                               R"(","firstObjectLabel":")" + std::to_string(event) + "\"}";
      group.emplace_back(AppendTicket{test::new_event(body, std::nullopt), [](const Result<Appended>&) {}});
    }
    committer.commit(group);
  }
  const std::string before = projection();
  ASSERT_TRUE(rebuild(options_.path, kNoProgress));
  EXPECT_EQ(projection(), before);
}

TEST_F(RebuildTest, RepairsAStateThatIsWrong) {
  fill(1, 100);
  const std::string truth = projection();
  {
    SQLite::Database vandal(options_.path, SQLite::OPEN_READWRITE);
    vandal.exec(
        "UPDATE association_state SET definition_ref = 1, created_at = 7, deleted_at = NULL, deleted_by = NULL; DELETE FROM location_state; DELETE "
        "FROM deletion; DELETE FROM relation_state WHERE deleted_at IS NULL");
  }
  ASSERT_NE(projection(), truth);
  ASSERT_TRUE(rebuild(options_.path, kNoProgress));
  EXPECT_EQ(projection(), truth);
}

TEST_F(RebuildTest, ReportsProgressUpToTheEnd) {
  fill(1, 100);
  std::int64_t last = 0;
  std::int64_t total = 0;
  ASSERT_TRUE(rebuild(options_.path, [&](std::int64_t done, std::int64_t of) {
    EXPECT_GT(done, last);
    last = done;
    total = of;
  }));
  EXPECT_GT(total, 0);
  EXPECT_EQ(last, total);
}

TEST_F(RebuildTest, AMissingDatabaseIsNotMade) {
  const auto report = rebuild(directory_.file("other.db"), kNoProgress);
  EXPECT_EQ(report.error().reason, "database-not-found");
  EXPECT_FALSE(std::filesystem::exists(directory_.file("other.db")));
}

TEST_F(RebuildTest, LeavesAnEmptyWriteAheadLog) {
  fill(1, 100);
  ASSERT_TRUE(rebuild(options_.path, kNoProgress));
  EXPECT_EQ(std::filesystem::file_size(options_.path + "-wal"), 0U);
}

TEST_F(RebuildTest, SomebodyWhoReadsIsNoReasonToFail) {
  fill(1, 100);
  SQLite::Database reader = open_reader(options_);
  const SQLite::Transaction held(reader);
  ASSERT_GT(reader.execAndGet("SELECT count(*) FROM event").getInt(), 0);
  EXPECT_TRUE(rebuild(options_.path, kNoProgress));
}

TEST_F(RebuildTest, AnEmptyLedgerIsFine) {
  fill(1, 0);
  EXPECT_EQ(rebuild(options_.path, kNoProgress)->events, 0);
}

}  // namespace
}  // namespace ledger::storage::rebuild_test
