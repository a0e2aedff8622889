// The write-ahead log has a bound though somebody always reads; and a reader that does not end cannot make the writer wait without one.
#include "storage/sqlite/checkpointer.h"
#include "storage/sqlite/connection.h"
#include "tests/support/fake_clock.h"
#include "tests/support/simulated_vfs.h"

#include <SQLiteCpp/Transaction.h>

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>

namespace ledger::storage::log_too_long_test {
namespace {

/// Questions that overlap: one is always being answered, and none of them takes long.
class Questions {
 public:
  explicit Questions(const ConnectionOptions& options) : readers_{open_reader(options), open_reader(options)} { next(); }

  /// A question begins, then the one before ends.
  void next() {
    const std::size_t other = 1 - current_;
    held_[other].emplace(readers_[other]);
    static_cast<void>(readers_[other].execAndGet("SELECT count(*) FROM t"));
    held_[current_].reset();
    current_ = other;
  }

 private:
  std::array<SQLite::Database, 2> readers_;
  std::array<std::optional<SQLite::Transaction>, 2> held_;
  std::size_t current_ = 0;
};

class CheckpointOfALogTooLong : public testing::Test {
 protected:
  CheckpointOfALogTooLong() { database_.exec("CREATE TABLE t (x)"); }

  void commit() { database_.exec("INSERT INTO t VALUES (zeroblob(4096))"); }
  [[nodiscard]] std::size_t log_pages() const { return vfs_.file_bytes("ledger.db-wal") / 4096; }

  test::FakeClock clock_;
  test::SimulatedVfs vfs_{1};
  ConnectionOptions options_{"ledger.db", vfs_.name(), 100};
  SQLite::Database database_ = open_writer(options_);
};

TEST_F(CheckpointOfALogTooLong, WaitsForTheQuestionsThatAreBeingAnswered) {
  Checkpointer checkpointer(database_, 100, {20, 20, 10}, clock_);
  Questions questions(options_);
  vfs_.watch([&questions](const test::Access& access) {
    if (access.operation == test::Operation::wait) questions.next();  // They go on while SQLite waits, too.
  });
  std::size_t longest = 0;
  for (int i = 0; i < 500; ++i) {
    commit();
    questions.next();
    if (checkpointer.is_due()) {
      EXPECT_EQ(checkpointer.run(), SQLITE_OK);
    }
    longest = std::max(longest, log_pages());
  }
  vfs_.watch(nullptr);
  EXPECT_GE(longest, 40U) << "it waited for nobody before the log was twice as long as it should be";
  EXPECT_LT(longest, 70U);
}

TEST_F(CheckpointOfALogTooLong, WaitsForAReaderThatDoesNotEndOnlySoLong) {
  Checkpointer checkpointer(database_, 100, {20, 20, 10}, clock_);
  SQLite::Database auditor = open_reader(options_);
  std::optional<SQLite::Transaction> held(std::in_place, auditor);
  ASSERT_EQ(auditor.execAndGet("SELECT count(*) FROM t").getInt(), 0);
  std::size_t waits = 0;
  vfs_.watch([&waits](const test::Access& access) {
    if (access.operation == test::Operation::wait) ++waits;
  });
  std::size_t longest = 0;
  std::size_t attempts_that_waited = 0;
  for (int i = 0; i < 2000; ++i) {
    clock_.advance(std::chrono::milliseconds(10));
    commit();
    if (!checkpointer.is_due()) continue;
    waits = 0;
    const int code = checkpointer.run() & 0xff;
    ASSERT_EQ(code, waits == 0 ? SQLITE_OK : SQLITE_BUSY);
    longest = std::max(longest, waits);
    if (waits > 0) ++attempts_that_waited;
  }
  EXPECT_GT(longest, 0U);
  EXPECT_LT(longest, 7U) << "20 ms, in steps of 1, 2, 5 and 10 ms";
  EXPECT_LT(attempts_that_waited, 12U) << "in 20 s, since the pauses become longer";

  held.reset();
  clock_.advance(Checkpointer::kPauseMax);
  for (int i = 0; i < 100; ++i) {
    commit();
    if (checkpointer.is_due()) {
      ASSERT_EQ(checkpointer.run(), SQLITE_OK);
    }
  }
  vfs_.watch(nullptr);
  EXPECT_LT(log_pages(), 70U) << "the file is short again";
  EXPECT_EQ(database_.execAndGet("PRAGMA busy_timeout").getInt(), 100) << "as it was";
}

}  // namespace
}  // namespace ledger::storage::log_too_long_test
