// When a checkpoint is due, and what it leaves.
#include "storage/checkpointer.h"

#include "storage/connection.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_directory.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

namespace ledger::storage {
namespace {

using Load = Checkpointer::Load;

/// Goes on by a step each time it is read: so long does whatever stands between two readings take.
struct TickingClock final : Clock {
  explicit TickingClock(std::chrono::milliseconds given) : step(given) {}
  [[nodiscard]] Timestamp now() const noexcept override { return moment += step; }

  std::chrono::milliseconds step;
  mutable Timestamp moment;
};

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
  const Checkpointer checkpointer(database_, {100, 10}, clock_);
  EXPECT_FALSE(checkpointer.is_due(Load::idle));
  write(10);
  EXPECT_TRUE(checkpointer.is_due(Load::idle));
  EXPECT_FALSE(checkpointer.is_due(Load::busy));
  write(100);
  EXPECT_TRUE(checkpointer.is_due(Load::busy));
}

TEST_F(CheckpointerTest, LetsTheLogStartOver) {
  Checkpointer checkpointer(database_, {100, 10}, clock_);
  write(200);
  const std::uintmax_t grown = log_bytes();
  EXPECT_EQ(checkpointer.run(), SQLITE_OK);
  EXPECT_FALSE(checkpointer.is_due(Load::idle));
  for (int i = 0; i < 5; ++i) write(20);
  EXPECT_EQ(log_bytes(), grown) << "the log was written from its start again";
  EXPECT_TRUE(checkpointer.is_due(Load::busy)) << "and counted from there";
}

TEST_F(CheckpointerTest, DoesNotTryAgainAtOnceWhileAReaderHoldsTheLog) {
  Checkpointer checkpointer(database_, {100, 10}, clock_);
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
  Checkpointer checkpointer(database_, {100, 10, 10}, slow);
  write(100);
  ASSERT_EQ(checkpointer.run(), SQLITE_OK);
  // At least 100 pages took 20 ms, so 10 ms allow for some 50.
  write(40);
  EXPECT_FALSE(checkpointer.is_due(Load::busy));
  write(30);
  EXPECT_TRUE(checkpointer.is_due(Load::busy));
  slow.step = std::chrono::milliseconds(0);
  ASSERT_EQ(checkpointer.run(), SQLITE_OK);
  write(60);
  EXPECT_FALSE(checkpointer.is_due(Load::busy)) << "twice as many as before";
  write(60);
  EXPECT_TRUE(checkpointer.is_due(Load::busy));
}

TEST_F(CheckpointerTest, HoweverSlowTheDiskIsWaitsForTheLeastNumberOfPages) {
  TickingClock slow(std::chrono::hours(1));
  Checkpointer checkpointer(database_, {100, 10, 10}, slow);
  write(100);
  ASSERT_EQ(checkpointer.run(), SQLITE_OK);
  write(5);
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

}  // namespace
}  // namespace ledger::storage
