// When a checkpoint is due, and what it leaves.
#include "storage/sqlite/checkpointer.h"

#include "storage/sqlite/connection.h"
#include "tests/support/fake_clock.h"
#include "tests/support/simulated_vfs.h"
#include "tests/support/temp_directory.h"
#include "tests/support/ticking_clock.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <cstddef>
#include <future>
#include <thread>
#include <utility>

namespace ledger::storage::checkpointer_test {
namespace {

using Load = Checkpointer::Load;
using test::TickingClock;

class CheckpointerTest : public testing::Test {
 protected:
  CheckpointerTest() { database_.exec("CREATE TABLE t (x)"); }

  /// Commits at least `pages` pages.
  void write(int pages) { database_.exec("INSERT INTO t VALUES (zeroblob(" + std::to_string(pages) + " * 4096))"); }
  std::uintmax_t log_bytes() { return std::filesystem::file_size(directory_.file("ledger.db-wal")); }

  test::FakeClock clock_;
  test::TempDirectory directory_;
  ConnectionOptions options_{directory_.file("ledger.db"), "", 100};
  SQLite::Database database_ = open_writer(options_);
};

TEST_F(CheckpointerTest, IsDueEarlierWhenNothingWaits) {
  const Checkpointer checkpointer(database_, options_, {100, 10}, clock_);
  EXPECT_FALSE(checkpointer.is_due(Load::idle));
  write(10);
  EXPECT_TRUE(checkpointer.is_due(Load::idle));
  EXPECT_FALSE(checkpointer.is_due(Load::busy));
  write(100);
  EXPECT_TRUE(checkpointer.is_due(Load::busy));
}

TEST_F(CheckpointerTest, LetsTheLogStartOver) {
  Checkpointer checkpointer(database_, options_, {100, 10}, clock_);
  write(200);
  const std::uintmax_t grown = log_bytes();
  EXPECT_EQ(checkpointer.run(), SQLITE_OK);
  EXPECT_FALSE(checkpointer.is_due(Load::idle));
  for (int i = 0; i < 5; ++i) write(20);
  EXPECT_EQ(log_bytes(), grown) << "the log was written from its start again";
  EXPECT_TRUE(checkpointer.is_due(Load::busy)) << "and counted from there";
}

TEST_F(CheckpointerTest, DoesNotTryAgainAtOnceWhileAReaderHoldsTheLog) {
  Checkpointer checkpointer(database_, options_, {100, 10}, clock_);
  write(1);
  SQLite::Database reader = open_reader(options_);
  const ReadTransaction held(reader);
  ASSERT_EQ(reader.execAndGet("SELECT count(*) FROM t").getInt(), 1);
  write(100);
  EXPECT_EQ(checkpointer.run(), SQLITE_OK) << "PASSIVE waits for nobody";
  write(20);
  EXPECT_FALSE(checkpointer.is_due(Load::busy));
  write(100);
  EXPECT_TRUE(checkpointer.is_due(Load::busy));
}

TEST_F(CheckpointerTest, ComesEarlierOnASlowDiskAndLaterOnAFastOne) {
  TickingClock slow(std::chrono::milliseconds(20));
  Checkpointer checkpointer(database_, options_, {100, 10, 10, std::launch::deferred}, slow);
  const auto run_to_the_end = [&] {
    do {
      ASSERT_EQ(checkpointer.run(), SQLITE_OK);
      write(1);
    } while (checkpointer.is_under_way() || checkpointer.is_due(Load::busy));
  };
  write(100);
  run_to_the_end();
  // At least 100 pages took 20 ms, so 10 ms allow for some 50, and the first place is taken after 30.
  write(15);
  EXPECT_FALSE(checkpointer.is_due(Load::busy));
  write(30);
  EXPECT_TRUE(checkpointer.is_due(Load::busy));
  slow.step = std::chrono::milliseconds(0);
  run_to_the_end();
  write(40);
  EXPECT_FALSE(checkpointer.is_due(Load::busy)) << "twice as many as before";
  write(40);
  EXPECT_TRUE(checkpointer.is_due(Load::busy));
}

TEST_F(CheckpointerTest, HoweverSlowTheDiskIsWaitsForTheLeastNumberOfPages) {
  TickingClock slow(std::chrono::hours(1));
  Checkpointer checkpointer(database_, options_, {100, 10, 10}, slow);
  write(100);
  ASSERT_EQ(checkpointer.run(), SQLITE_OK);
  write(2);
  EXPECT_FALSE(checkpointer.is_due(Load::busy));
  write(10);
  EXPECT_TRUE(checkpointer.is_due(Load::busy));
}

TEST_F(CheckpointerTest, TruncatesUnlessSomebodyReads) {
  write(1);
  {
    SQLite::Database reader = open_reader(options_);
    const ReadTransaction held(reader);
    ASSERT_EQ(reader.execAndGet("SELECT count(*) FROM t").getInt(), 1);
    EXPECT_EQ(checkpoint_truncating(database_) & 0xff, SQLITE_BUSY);
  }
  EXPECT_EQ(checkpoint_truncating(database_), SQLITE_OK);
  EXPECT_EQ(log_bytes(), 0U);
}

/// No checkpoint is short enough, so all but the first come in slices. They are synced without a thread.
class CheckpointInSlices : public testing::Test {
 protected:
  CheckpointInSlices() {
    database_.exec("CREATE TABLE t (x)");
    write(10);
    EXPECT_EQ(checkpointer_.run(), SQLITE_OK);
    EXPECT_FALSE(checkpointer_.is_under_way()) << "the first is a whole one";
  }

  void write(int pages) { database_.exec("INSERT INTO t VALUES (zeroblob(" + std::to_string(pages) + " * 4096))"); }

  /// Both, the second at the log's end.
  void take_places() {
    ASSERT_TRUE(checkpointer_.is_due(Load::busy));
    ASSERT_EQ(checkpointer_.run(), SQLITE_OK);
    ASSERT_TRUE(checkpointer_.is_due(Load::busy));
    ASSERT_EQ(checkpointer_.run(), SQLITE_OK);
    ASSERT_TRUE(checkpointer_.is_under_way());
    ASSERT_FALSE(checkpointer_.is_due(Load::busy)) << "before a commit has passed it";
  }

  /// Operations since the last call: writes to the file of the database, and its syncs.
  std::pair<std::size_t, std::size_t> copied_and_synced() {
    const std::size_t writes = vfs_.count(test::Operation::write, test::FileKind::database);
    const std::size_t syncs = vfs_.count(test::Operation::sync, test::FileKind::database);
    return {writes - std::exchange(writes_, writes), syncs - std::exchange(syncs_, syncs)};
  }

  test::FakeClock clock_;
  test::SimulatedVfs vfs_{1};
  ConnectionOptions options_{"ledger.db", vfs_.name(), 100};
  SQLite::Database database_ = open_writer(options_);
  Checkpointer checkpointer_{database_, options_, {10, 10, 0, std::launch::deferred}, clock_};
  std::size_t writes_ = 0;
  std::size_t syncs_ = 0;
};

TEST_F(CheckpointInSlices, SyncsNothingWhileCommitsWaitButTheRest) {
  copied_and_synced();
  write(6);
  ASSERT_TRUE(checkpointer_.is_due(Load::busy));
  ASSERT_EQ(checkpointer_.run(), SQLITE_OK);
  ASSERT_FALSE(checkpointer_.is_due(Load::busy)) << "the second place is further on";
  write(40);
  ASSERT_TRUE(checkpointer_.is_due(Load::busy));
  ASSERT_EQ(checkpointer_.run(), SQLITE_OK);
  EXPECT_EQ(copied_and_synced(), std::pair(0UL, 0UL)) << "places are taken, no more";
  EXPECT_FALSE(checkpointer_.is_due(Load::busy)) << "the place is the log's end";

  write(1);
  ASSERT_TRUE(checkpointer_.is_due(Load::busy));
  ASSERT_EQ(checkpointer_.run(), SQLITE_OK);
  const auto [first, synced] = copied_and_synced();
  EXPECT_GE(first, 6U);
  EXPECT_LT(first, 10U) << "no further than the first place";
  EXPECT_EQ(synced, 0U);

  ASSERT_TRUE(checkpointer_.is_due(Load::busy)) << "a deferred sync is ready when somebody asks";
  ASSERT_EQ(checkpointer_.run(), SQLITE_OK);
  const auto [second, synced_first] = copied_and_synced();
  EXPECT_GE(second, 40U);
  EXPECT_EQ(synced_first, 1U);

  ASSERT_EQ(checkpointer_.run(), SQLITE_OK);
  const auto [rest, synced_then] = copied_and_synced();
  EXPECT_LT(rest, 10U) << "only what came behind the place";
  EXPECT_EQ(synced_then, 2U) << "the slice, and the rest";
  EXPECT_FALSE(checkpointer_.is_under_way());
  const std::size_t log_bytes = vfs_.file_bytes("ledger.db-wal");
  write(1);
  EXPECT_EQ(vfs_.file_bytes("ledger.db-wal"), log_bytes) << "the log starts over";
}

TEST_F(CheckpointInSlices, CopiesAPageOnceThatWasChangedBeforeAndBehindAPlace) {
  database_.exec("CREATE TABLE counter (x); INSERT INTO counter VALUES (0)");
  write(10);
  while (checkpointer_.is_under_way() || checkpointer_.is_due(Load::idle)) ASSERT_EQ(checkpointer_.run(), SQLITE_OK);
  const auto count_up = [this](int times) {
    for (int i = 0; i < times; ++i) database_.exec("UPDATE counter SET x = x + 1");
  };
  count_up(6);
  ASSERT_EQ(checkpointer_.run(), SQLITE_OK);
  count_up(40);
  ASSERT_EQ(checkpointer_.run(), SQLITE_OK);
  ASSERT_TRUE(checkpointer_.is_under_way());
  count_up(1);
  copied_and_synced();
  ASSERT_EQ(checkpointer_.run(), SQLITE_OK) << "the first slice";
  ASSERT_EQ(checkpointer_.run(), SQLITE_OK) << "the second";
  EXPECT_EQ(copied_and_synced().first, 0U) << "the page has a later state behind both";
  ASSERT_EQ(checkpointer_.run(), SQLITE_OK);
  EXPECT_EQ(copied_and_synced().first, 1U);
}

TEST_F(CheckpointInSlices, WhatComesDuringASliceIsTheNextOne) {
  write(10);
  take_places();
  write(1);
  ASSERT_EQ(checkpointer_.run(), SQLITE_OK) << "the first slice";
  ASSERT_EQ(checkpointer_.run(), SQLITE_OK) << "the second";
  write(2000);
  copied_and_synced();
  ASSERT_EQ(checkpointer_.run(), SQLITE_OK);
  EXPECT_EQ(copied_and_synced(), std::pair(0UL, 1UL)) << "the second slice is synced, and another place taken";
  write(1);
  ASSERT_EQ(checkpointer_.run(), SQLITE_OK);
  EXPECT_GE(copied_and_synced().first, 2000U);
  ASSERT_EQ(checkpointer_.run(), SQLITE_OK);
  EXPECT_FALSE(checkpointer_.is_under_way());
}

TEST_F(CheckpointInSlices, EndsThoughMoreComesThanASliceTakesAway) {
  int steps = 0;
  write(10);
  take_places();
  do {
    write(2000);
    ASSERT_EQ(checkpointer_.run(), SQLITE_OK);
  } while (checkpointer_.is_under_way() && ++steps < 100);
  EXPECT_LT(steps, 20);
}

TEST_F(CheckpointInSlices, GoesOnWhenNothingComesAnyMore) {
  write(10);
  take_places();
  while (checkpointer_.is_under_way()) {
    ASSERT_TRUE(checkpointer_.is_due(Load::idle));
    ASSERT_EQ(checkpointer_.run(), SQLITE_OK);
  }
  EXPECT_FALSE(checkpointer_.is_due(Load::idle));
}

TEST_F(CheckpointInSlices, WhenNothingComesAnyMoreBeginsBeforeTheLastPlace) {
  const TickingClock slow(std::chrono::milliseconds(10));
  Checkpointer checkpointer(database_, options_, {100, 10, 10, std::launch::deferred}, slow);
  write(100);
  ASSERT_EQ(checkpointer.run(), SQLITE_OK) << "a whole one";
  write(70);
  ASSERT_EQ(checkpointer.run(), SQLITE_OK) << "a place";
  ASSERT_FALSE(checkpointer.is_due(Load::busy));
  while (checkpointer.is_under_way() || checkpointer.is_due(Load::idle)) ASSERT_EQ(checkpointer.run(), SQLITE_OK);
  const std::size_t log_bytes = vfs_.file_bytes("ledger.db-wal");
  write(1);
  EXPECT_EQ(vfs_.file_bytes("ledger.db-wal"), log_bytes) << "the log starts over";
}

TEST_F(CheckpointInSlices, AreAtTheirEndWhenTheLogHasStartedOver) {
  const TickingClock disk(std::chrono::milliseconds(10));
  Checkpointer checkpointer(database_, options_, {100, 10, 10, std::launch::deferred}, disk);
  write(100);
  ASSERT_EQ(checkpointer.run(), SQLITE_OK) << "a whole one";
  for (int places = 0; places < 2; ++places) {
    write(60);
    ASSERT_EQ(checkpointer.run(), SQLITE_OK);
  }
  ASSERT_EQ(checkpointer.run(), SQLITE_OK) << "nothing has come, and the first slice is copied";
  ASSERT_EQ(checkpointer.run(), SQLITE_OK) << "the second, which ends where the log does";
  write(8);
  copied_and_synced();
  ASSERT_EQ(checkpointer.run(), SQLITE_OK);
  EXPECT_FALSE(checkpointer.is_under_way());
  EXPECT_EQ(copied_and_synced().first, 0U);
  write(30);
  EXPECT_FALSE(checkpointer.is_due(Load::busy)) << "so few pages say nothing about the disk";
}

TEST_F(CheckpointInSlices, WaitsForTwiceAsManyPages) {
  TickingClock disk(std::chrono::milliseconds(10));
  Checkpointer checkpointer(database_, options_, {100, 10, 10, std::launch::deferred}, disk);
  write(100);
  ASSERT_EQ(checkpointer.run(), SQLITE_OK) << "a whole one, too slow";
  disk.step = std::chrono::milliseconds(0);
  for (int i = 0; i < 3; ++i) {
    for (int commits = 0; commits < 30; ++commits) write(10);
    while (checkpointer.is_under_way() || checkpointer.is_due(Load::idle)) ASSERT_EQ(checkpointer.run(), SQLITE_OK);
  }
  for (int commits = 0; commits < 9; ++commits) write(10);
  EXPECT_FALSE(checkpointer.is_due(Load::busy)) << "the first place is at 120 of 200";
  write(40);
  EXPECT_TRUE(checkpointer.is_due(Load::busy));
}

TEST_F(CheckpointInSlices, TellsOfAFailedSync) {
  write(10);
  take_places();
  write(1);
  ASSERT_EQ(checkpointer_.run(), SQLITE_OK);
  vfs_.fail({test::Operation::sync, test::FileKind::database, SQLITE_IOERR_FSYNC, 0, test::Fault::Extent::once});
  EXPECT_EQ(checkpointer_.run(), SQLITE_IOERR_FSYNC);
  EXPECT_TRUE(vfs_.has_struck());
}

TEST_F(CheckpointInSlices, AtTheEndAFailedSyncKeepsTheLog) {
  write(10);
  take_places();
  write(1);
  ASSERT_EQ(checkpointer_.run(), SQLITE_OK);
  const std::size_t log_bytes = vfs_.file_bytes("ledger.db-wal");
  vfs_.fail({test::Operation::sync, test::FileKind::database, SQLITE_IOERR_FSYNC, 0, test::Fault::Extent::once});
  EXPECT_EQ(checkpointer_.finish(), SQLITE_IOERR_FSYNC);
  EXPECT_EQ(vfs_.file_bytes("ledger.db-wal"), log_bytes) << "a second sync would have succeeded, with nothing on disk";
}

TEST_F(CheckpointInSlices, AtTheEndTheLogIsEmptiedThoughPlacesWereHeld) {
  write(10);
  take_places();
  EXPECT_EQ(checkpointer_.finish(), SQLITE_OK);
  EXPECT_EQ(vfs_.file_bytes("ledger.db-wal"), 0U);
}

TEST_F(CheckpointInSlices, WithoutAPlaceItIsAWholeOne) {
  write(10);
  ASSERT_EQ(checkpointer_.run(), SQLITE_OK) << "a place";
  vfs_.fail({test::Operation::lock_shared, test::FileKind::database, SQLITE_IOERR_SHMLOCK, 0, test::Fault::Extent::once});
  copied_and_synced();
  EXPECT_EQ(checkpointer_.run(), SQLITE_OK);
  EXPECT_TRUE(vfs_.has_struck());
  EXPECT_EQ(copied_and_synced().second, 1U);
  EXPECT_FALSE(checkpointer_.is_under_way());
  write(1);
  EXPECT_FALSE(checkpointer_.is_due(Load::busy)) << "no place is left from before";
}

TEST(CheckpointInSlicesBeside, IsSyncedByAnotherThread) {
  const test::FakeClock clock;
  test::SimulatedVfs vfs(1);
  const ConnectionOptions options{"ledger.db", vfs.name(), 100};
  SQLite::Database database = open_writer(options);
  Checkpointer checkpointer(database, options, {1, 1, 0}, clock);
  database.exec("CREATE TABLE t (x)");
  ASSERT_EQ(checkpointer.run(), SQLITE_OK) << "the first is a whole one";
  database.exec("INSERT INTO t VALUES (1)");
  ASSERT_EQ(checkpointer.run(), SQLITE_OK) << "a place";
  ASSERT_EQ(checkpointer.run(), SQLITE_OK) << "another";
  database.exec("INSERT INTO t VALUES (2)");
  std::promise<std::thread::id> syncer;
  vfs.watch([&syncer](const test::Access& access) {
    if (access.operation == test::Operation::sync && access.file == test::FileKind::database) syncer.set_value(std::this_thread::get_id());
  });
  ASSERT_EQ(checkpointer.run(), SQLITE_OK) << "a slice";
  EXPECT_NE(syncer.get_future().get(), std::this_thread::get_id());
  while (!checkpointer.is_due(Checkpointer::Load::busy)) std::this_thread::yield();
  vfs.watch(nullptr);
  EXPECT_EQ(checkpointer.run(), SQLITE_OK) << "the second slice";
  while (!checkpointer.is_due(Checkpointer::Load::busy)) std::this_thread::yield();
  EXPECT_EQ(checkpointer.run(), SQLITE_OK);
  EXPECT_FALSE(checkpointer.is_under_way());
}

}  // namespace
}  // namespace ledger::storage::checkpointer_test
