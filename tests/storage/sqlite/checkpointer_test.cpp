// When a checkpoint is due, and what it leaves.
#include "storage/sqlite/checkpointer.h"

#include "storage/sqlite/connection.h"
#include "tests/support/fake_clock.h"
#include "tests/support/simulated_vfs.h"
#include "tests/support/ticking_clock.h"

#include <SQLiteCpp/Transaction.h>

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace ledger::storage::checkpointer_test {
namespace {

using std::chrono::milliseconds;
using test::FileKind;
using test::Operation;
using test::TickingClock;

class CheckpointerTest : public testing::Test {
 protected:
  CheckpointerTest() { database_.exec("CREATE TABLE t (x)"); }

  /// Commits at least `pages` pages.
  void write(int pages) { database_.exec("INSERT INTO t VALUES (zeroblob(" + std::to_string(pages) + " * 4096))"); }
  [[nodiscard]] std::size_t log_bytes() const { return vfs_.file_bytes("ledger.db-wal"); }
  [[nodiscard]] std::size_t syncs() const { return vfs_.count(Operation::sync, FileKind::database); }

  /// Keeps in the log what comes after now.
  struct Held {
    explicit Held(const ConnectionOptions& options) : reader(open_reader(options)), transaction(reader) {
      static_cast<void>(reader.execAndGet("SELECT count(*) FROM t"));
    }
    SQLite::Database reader;
    SQLite::Transaction transaction;
  };

  test::FakeClock clock_;
  test::SimulatedVfs vfs_{1};
  ConnectionOptions options_{"ledger.db", vfs_.name(), 100};
  SQLite::Database database_ = open_writer(options_);
};

TEST_F(CheckpointerTest, UnderLoadIsDueAfterPagesMax) {
  const Checkpointer checkpointer(database_, 100, {100, 10}, clock_);
  write(90);
  EXPECT_FALSE(checkpointer.is_due());
  write(10);
  EXPECT_TRUE(checkpointer.is_due());
}

TEST_F(CheckpointerTest, UnderLoadLetsTheLogStartOver) {
  Checkpointer checkpointer(database_, 100, {150, 10}, clock_);
  write(200);
  const std::size_t grown = log_bytes();
  EXPECT_EQ(checkpointer.run(), SQLITE_OK);
  EXPECT_FALSE(checkpointer.is_due());
  for (int i = 0; i < 6; ++i) write(20);
  EXPECT_EQ(log_bytes(), grown) << "the log was written from its start again";
  EXPECT_FALSE(checkpointer.is_due()) << "and counted from there";
  for (int i = 0; i < 3; ++i) write(20);
  EXPECT_TRUE(checkpointer.is_due());
}

TEST_F(CheckpointerTest, WhenIdleTruncatesTheLogAfterASecond) {
  Checkpointer checkpointer(database_, 100, {100, 50}, clock_);
  write(10);
  clock_.advance(milliseconds(500));
  write(10);
  EXPECT_EQ(checkpointer.due_in(), milliseconds(1000)) << "counted from the last commit";
  clock_.advance(milliseconds(999));
  EXPECT_FALSE(checkpointer.is_due());
  clock_.advance(milliseconds(1));
  ASSERT_TRUE(checkpointer.is_due());
  EXPECT_EQ(checkpointer.run(), SQLITE_OK);
  EXPECT_EQ(log_bytes(), 0U);
  EXPECT_EQ(checkpointer.due_in(), std::nullopt) << "there is nothing left to do";
}

TEST_F(CheckpointerTest, TruncatesWhatAnEarlierProcessLeft) {
  write(10);
  Checkpointer checkpointer(database_, 100, {100, 10}, clock_);
  clock_.advance(milliseconds(1000));
  ASSERT_TRUE(checkpointer.is_due());
  EXPECT_EQ(checkpointer.run(), SQLITE_OK);
  EXPECT_EQ(log_bytes(), 0U);
}

TEST_F(CheckpointerTest, WhileAReaderIsInTheWayPausesLongerAndLonger) {
  Checkpointer checkpointer(database_, 100, {1000, 10}, clock_);
  const Held held(options_);
  write(100);
  clock_.advance(milliseconds(1000));
  for (const int pause : {100, 200, 400, 800, 1600, 3200, 3200}) {
    ASSERT_TRUE(checkpointer.is_due());
    EXPECT_EQ(checkpointer.run() & 0xff, SQLITE_BUSY);
    EXPECT_EQ(checkpointer.due_in(), milliseconds(pause));
    clock_.advance(milliseconds(pause));
  }
}

TEST_F(CheckpointerTest, AfterTheReaderHasLeftTruncatesAtTheNextAttempt) {
  Checkpointer checkpointer(database_, 100, {1000, 10}, clock_);
  {
    const Held held(options_);
    write(100);
    clock_.advance(milliseconds(1000));
    EXPECT_EQ(checkpointer.run() & 0xff, SQLITE_BUSY);
  }
  clock_.advance(checkpointer.due_in().value());
  EXPECT_EQ(checkpointer.run(), SQLITE_OK);
  EXPECT_EQ(log_bytes(), 0U);
  write(100);
  EXPECT_EQ(checkpointer.due_in(), milliseconds(1000)) << "the pause is over";
}

TEST_F(CheckpointerTest, UnderLoadPausesWhileAReaderLetsItCopyNothing) {
  Checkpointer checkpointer(database_, 100, {100, 10}, clock_);
  const Held held(options_);
  write(110);
  const std::size_t before = syncs();
  EXPECT_EQ(checkpointer.run(), SQLITE_OK) << "it waits for nobody";
  write(110);
  EXPECT_EQ(checkpointer.due_in(), milliseconds(100)) << "however many pages come";
  EXPECT_EQ(syncs(), before) << "the file is not synced for nothing";
}

TEST_F(CheckpointerTest, UnderLoadDoesNotPauseWhereItCanCopyNearlyAll) {
  Checkpointer checkpointer(database_, 100, {100, 10}, clock_);
  write(110);
  const Held held(options_);
  write(20);
  EXPECT_EQ(checkpointer.run(), SQLITE_OK);
  EXPECT_FALSE(checkpointer.is_due()) << "20 pages are left";
  write(90);
  EXPECT_TRUE(checkpointer.is_due());
}

TEST_F(CheckpointerTest, PostponedPausesAsWhenAReaderIsInTheWay) {
  Checkpointer checkpointer(database_, 100, {100, 10}, clock_);
  write(110);
  ASSERT_TRUE(checkpointer.is_due());
  checkpointer.postpone();
  EXPECT_EQ(checkpointer.due_in(), milliseconds(100));
  checkpointer.postpone();
  EXPECT_EQ(checkpointer.due_in(), milliseconds(200));
}

TEST_F(CheckpointerTest, ComesEarlierOnASlowDiskAndLaterOnAFastOne) {
  TickingClock disk(milliseconds(20));
  Checkpointer checkpointer(database_, 100, {100, 10, 10}, disk);
  write(95);
  write(5);
  ASSERT_EQ(checkpointer.run(), SQLITE_OK);
  // 100 pages took 20 ms, so 10 ms are enough for 50.
  disk.step = milliseconds(0);
  write(40);
  EXPECT_FALSE(checkpointer.is_due());
  write(15);
  ASSERT_TRUE(checkpointer.is_due());
  ASSERT_EQ(checkpointer.run(), SQLITE_OK);
  write(30);
  write(60);
  EXPECT_FALSE(checkpointer.is_due()) << "twice as many as before";
  write(15);
  EXPECT_TRUE(checkpointer.is_due());
}

TEST_F(CheckpointerTest, HoweverSlowTheDiskIsWaitsForPagesMin) {
  TickingClock disk(std::chrono::hours(1));
  Checkpointer checkpointer(database_, 100, {100, 20, 10}, disk);
  write(100);
  ASSERT_EQ(checkpointer.run(), SQLITE_OK);
  disk.step = milliseconds(0);
  write(10);
  EXPECT_FALSE(checkpointer.is_due());
  write(10);
  EXPECT_TRUE(checkpointer.is_due());
}

TEST_F(CheckpointerTest, ReportsAFailedSync) {
  Checkpointer checkpointer(database_, 100, {100, 10}, clock_);
  write(110);
  vfs_.fail({Operation::sync, FileKind::database, SQLITE_IOERR_FSYNC});
  EXPECT_EQ(checkpointer.run(), SQLITE_IOERR_FSYNC);
}

TEST_F(CheckpointerTest, LeavesTheBusyTimeoutOfTheConnectionAsItWas) {
  Checkpointer checkpointer(database_, 100, {100, 10}, clock_);
  clock_.advance(milliseconds(1000));
  ASSERT_EQ(checkpointer.run(), SQLITE_OK);
  EXPECT_EQ(database_.execAndGet("PRAGMA busy_timeout").getInt(), 100);
}

TEST_F(CheckpointerTest, AtTheEndTruncatesUnlessSomebodyReads) {
  write(1);
  {
    const Held held(options_);
    write(1);
    EXPECT_EQ(checkpoint_truncating(database_) & 0xff, SQLITE_BUSY);
  }
  EXPECT_EQ(checkpoint_truncating(database_), SQLITE_OK);
  EXPECT_EQ(log_bytes(), 0U);
}

}  // namespace
}  // namespace ledger::storage::checkpointer_test
