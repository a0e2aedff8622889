// What the store on SQLite adds to the contract: a file that outlives it, one process per file, clear refusals on opening.
#include "storage/sqlite/sqlite_event_store.h"

#include "tests/support/blocking_store.h"
#include "tests/support/fake_clock.h"
#include "tests/support/generators.h"
#include "tests/support/recording_log.h"
#include "tests/support/simulated_vfs.h"
#include "tests/support/temp_directory.h"

#include <SQLiteCpp/Database.h>
#include <gmock/gmock.h>
#include <sqlite3.h>

#include <atomic>
#include <fstream>
#include <limits>

namespace ledger::storage::sqlite_event_store_test {
namespace {

class SqliteEventStoreTest : public testing::Test {
 protected:
  SqliteOptions options() {
    SqliteOptions options;
    options.database = directory_.file("ledger.db");
    return options;
  }
  Result<std::unique_ptr<SqliteEventStore>> open(const SqliteOptions& options) {
    return SqliteEventStore::open(options, clock_, log_, [this] { ++poisoned_; });
  }
  static NewEvent create(const std::string& id) {
    return test::new_event(R"({"type":"AssociationCreate","locationId":"L","id":")" + id + "\"}", std::nullopt);
  }

  test::TempDirectory directory_;
  test::FakeClock clock_;
  test::RecordingLog log_;
  std::atomic<int> poisoned_ = 0;
};

TEST_F(SqliteEventStoreTest, WhatWasAcknowledgedIsThereAfterReopening) {
  {
    const auto store = open(options()).value();
    EXPECT_EQ(test::BlockingStore(*store).append(create("a"))->sequence, Sequence(1));
  }
  const auto store = open(options()).value();
  EXPECT_EQ(test::BlockingStore(*store).append(create("b"))->sequence, Sequence(2));
  EXPECT_TRUE(test::BlockingStore(*store).find_association({LocationId("L"), AssociationId("a")}));
}

TEST_F(SqliteEventStoreTest, ASecondStoreOnTheSameFileIsRefused) {
  const auto store = open(options()).value();
  const auto second = open(options());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().reason, "database-in-use");
}

TEST_F(SqliteEventStoreTest, AFileThatIsNoDatabaseIsRefusedAndLeftAlone) {
  std::ofstream(options().database) << std::string(4096, 'x');
  const auto store = open(options());
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().reason, "database-not-usable");
  EXPECT_THAT(store.error().detail, testing::HasSubstr("not a database"));
  EXPECT_EQ(std::filesystem::file_size(options().database), 4096U);
}

TEST_F(SqliteEventStoreTest, AMissingGuardOrViewIsAnErrorInTheLog) {
  static_cast<void>(open(options()).value());
  EXPECT_TRUE(log_.lines("schema_differs").empty());
  for (const char* damage : {"DROP VIEW deletions", "DROP TRIGGER event_is_not_deleted"}) {
    SQLite::Database(options().database, SQLite::OPEN_READWRITE).exec(damage);
    ASSERT_TRUE(open(options()));
    const auto lines = log_.lines("schema_differs");
    ASSERT_FALSE(lines.empty()) << damage;
    EXPECT_EQ(lines.back().level, LogLevel::error);
    EXPECT_THAT(lines.back().fields.at("difference"), testing::HasSubstr("is not there"));
  }
}

TEST_F(SqliteEventStoreTest, AClockADayBehindTheLogIsRefusedUnlessItIsAccepted) {
  const Timestamp right = clock_.now();
  clock_.set(right + std::chrono::hours(8 * 365 * 24));
  ASSERT_TRUE(test::BlockingStore(*open(options()).value()).append(create("a")));
  clock_.set(right);
  const auto refused = open(options());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::invalid_request);
  EXPECT_EQ(refused.error().reason, "clock-behind");
  EXPECT_THAT(refused.error().detail, testing::AllOf(testing::HasSubstr("2026-11-23T12:00:00.000Z"), testing::HasSubstr("2034-11-21T12:00:00.000Z")));
  SqliteOptions accepting = options();
  accepting.accept_clock = true;
  ASSERT_TRUE(test::BlockingStore(*open(accepting).value()).append(create("b")));
  EXPECT_EQ(log_.lines("clock_accepted").size(), 1U);
  EXPECT_EQ(log_.lines("clock_behind").size(), 1U);
}

TEST_F(SqliteEventStoreTest, AClockLessThanADayBehindTheLogIsNoObstacle) {
  clock_.advance(std::chrono::hours(24));
  ASSERT_TRUE(test::BlockingStore(*open(options()).value()).append(create("a")));
  clock_.advance(-std::chrono::hours(24));
  EXPECT_TRUE(open(options()));
}

TEST_F(SqliteEventStoreTest, ReadersAreRefusedPastTheirQueue) {
  SqliteOptions narrow = options();
  narrow.read_queue_max = 0;
  const auto store = open(narrow).value();
  const auto refused = test::BlockingStore(*store).find_event(Sequence(1));
  EXPECT_EQ(refused.error().code, Errc::overloaded);
  EXPECT_EQ(refused.error().reason, "read-queue-full");
}

TEST_F(SqliteEventStoreTest, AQuestionThatWaitedTooLongIsNotReadAnyMore) {
  SqliteOptions impatient = options();
  impatient.read_deadline_ms = 0;
  const auto store = open(impatient).value();
  EXPECT_EQ(test::BlockingStore(*store).find_event(Sequence(1)).error().reason, "read-timeout") << "and not that there is none";
}

TEST_F(SqliteEventStoreTest, AFailedSyncIsNeverAnsweredAsRecorded) {
  test::SimulatedVfs vfs(1);
  SqliteOptions faulty = options();
  faulty.vfs = vfs.name();
  auto store = open(faulty).value();
  test::BlockingStore blocking(*store);
  ASSERT_TRUE(blocking.append(create("a")));
  vfs.fail({test::Operation::sync, test::FileKind::log, SQLITE_IOERR_FSYNC});
  EXPECT_EQ(blocking.append(create("b")).error().code, Errc::outcome_unknown);
  EXPECT_FALSE(store->health().can_record);
  store->close();
  EXPECT_EQ(poisoned_, 1);
}

TEST_F(SqliteEventStoreTest, ADiskUnderTheLowWaterMarkIsNotReadyBeforeADeliveryHasToBeRefused) {
  SqliteOptions narrow = options();
  narrow.disk_free_bytes_min = std::numeric_limits<std::uintmax_t>::max();
  const auto store = open(narrow).value();
  const StoreHealth health = store->health();
  EXPECT_FALSE(health.can_record);
  EXPECT_EQ(health.why_not, "the disk is full");
}

TEST_F(SqliteEventStoreTest, ACheckpointBoundUnderTheIdleOneHoldsWhenIdle) {
  test::SimulatedVfs vfs(1);
  SqliteOptions small = options();
  small.vfs = vfs.name();
  small.checkpoint_pages_max = 1;
  const auto store = open(small).value();
  test::BlockingStore blocking(*store);
  const std::size_t before = vfs.count(test::Operation::sync, test::FileKind::database);
  // One thread commits and checkpoints: the answer to an append comes behind the checkpoint that the one before it made due.
  for (const char* id : {"a", "b", "c"}) ASSERT_TRUE(blocking.append(create(id)));
  EXPECT_GE(vfs.count(test::Operation::sync, test::FileKind::database) - before, 2U);
}

TEST_F(SqliteEventStoreTest, ReadsAfterCloseAreRefused) {
  const auto store = open(options()).value();
  store->close();
  EXPECT_EQ(test::BlockingStore(*store).find_event(Sequence(1)).error().reason, "closing");
}

}  // namespace
}  // namespace ledger::storage::sqlite_event_store_test
