// The write-ahead log has a bound though somebody always reads; and a reader that does not end cannot make the writer wait without one.
#include "storage/sqlite/checkpointer.h"
#include "storage/sqlite/connection.h"
#include "tests/support/fake_clock.h"
#include "tests/support/simulated_vfs.h"
#include "tests/support/ticking_clock.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <future>
#include <optional>
#include <vector>

namespace ledger::storage::log_too_long_test {
namespace {

using Load = Checkpointer::Load;

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
  std::array<std::optional<ReadTransaction>, 2> held_;
  std::size_t current_ = 0;
};

class CheckpointOfALogTooLong : public testing::Test {
 protected:
  CheckpointOfALogTooLong() { database_.exec("CREATE TABLE t (x)"); }

  void commit() { database_.exec("INSERT INTO t VALUES (zeroblob(4096))"); }
  [[nodiscard]] std::size_t log_pages() const { return vfs_.file_bytes("ledger.db-wal") / 4096; }

  /// Commits 500 times, while questions overlap; they go on when SQLite waits, too. How long the log became: its file does not shrink.
  std::size_t longest_log_pages(const Clock& clock) {
    Checkpointer checkpointer(database_, options_, {20, 20, 10, std::launch::deferred}, clock);
    Questions questions(options_);
    vfs_.watch([&questions](const test::Access& access) {
      if (access.operation == test::Operation::wait) questions.next();
    });
    for (int i = 0; i < 500; ++i) {
      commit();
      questions.next();
      while (checkpointer.is_due(Load::busy)) EXPECT_EQ(checkpointer.run(), SQLITE_OK);
    }
    vfs_.watch(nullptr);
    return log_pages();
  }

  test::FakeClock clock_;
  test::SimulatedVfs vfs_{1};
  ConnectionOptions options_{"ledger.db", vfs_.name(), 100};
  SQLite::Database database_ = open_writer(options_);
};

TEST_F(CheckpointOfALogTooLong, WaitsForTheQuestionsThatAreBeingAnswered) {
  const std::size_t longest = longest_log_pages(clock_);
  EXPECT_GT(longest, 50U) << "no sooner";
  EXPECT_LT(longest, 100U);
}

TEST_F(CheckpointOfALogTooLong, WaitsForThemAlsoBehindSlices) {
  const test::TickingClock slow(std::chrono::milliseconds(10));
  const std::size_t longest = longest_log_pages(slow);
  EXPECT_GT(longest, 50U) << "no sooner";
  EXPECT_LT(longest, 150U);
}

TEST_F(CheckpointOfALogTooLong, WaitsForAReaderThatDoesNotEndOnlySoLong) {
  Checkpointer checkpointer(database_, options_, {20, 20, 10, std::launch::deferred}, clock_);
  SQLite::Database auditor = open_reader(options_);
  std::optional<ReadTransaction> held(std::in_place, auditor);
  ASSERT_EQ(auditor.execAndGet("SELECT count(*) FROM t").getInt(), 0);
  std::size_t waits = 0;
  std::vector<std::size_t> waits_of_runs;
  vfs_.watch([&waits](const test::Access& access) {
    if (access.operation == test::Operation::wait) ++waits;
  });
  for (int i = 0; i < 2000; ++i) {
    commit();
    if (!checkpointer.is_due(Load::busy)) continue;
    waits = 0;
    const int code = checkpointer.run() & 0xff;
    ASSERT_EQ(code, waits == 0 ? SQLITE_OK : SQLITE_BUSY);
    waits_of_runs.push_back(waits);
  }
  EXPECT_EQ(waits_of_runs.front(), 0U);
  const auto first = std::find_if(waits_of_runs.begin(), waits_of_runs.end(), [](std::size_t count) { return count > 0; });
  ASSERT_NE(first, waits_of_runs.end());
  EXPECT_GT(waits_of_runs.back(), *first) << "longer, the longer the log";
  EXPECT_LT(waits_of_runs.back(), 20U) << "100 ms, in SQLite's steps of up to 25";

  held.reset();
  const std::size_t grown = log_pages();
  for (int i = 0; i < 30; ++i) {
    commit();
    while (checkpointer.is_due(Load::busy)) ASSERT_EQ(checkpointer.run(), SQLITE_OK);
  }
  EXPECT_LT(log_pages(), grown + 40) << "the log starts over";
  vfs_.watch(nullptr);
  EXPECT_EQ(database_.execAndGet("PRAGMA busy_timeout").getInt(), 100) << "as it was";
}

}  // namespace
}  // namespace ledger::storage::log_too_long_test
