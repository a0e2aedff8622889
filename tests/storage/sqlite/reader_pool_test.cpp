// Questions and threads: bounded, each asked once, none forgotten at the end.
#include "storage/sqlite/reader_pool.h"

#include "storage/sqlite/migrations.h"
#include "tests/support/fake_clock.h"
#include "tests/support/recording_log.h"
#include "tests/support/temp_directory.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>

namespace ledger::storage::reader_pool_test {
namespace {

class ReaderPoolTest : public testing::Test {
 protected:
  ReaderPoolTest() {
    SQLite::Database database = open_writer(options_);
    migrate(database, embedded_migrations(), clock_);
  }
  std::vector<std::unique_ptr<Reader>> one_reader() {
    std::vector<std::unique_ptr<Reader>> readers;
    readers.push_back(std::make_unique<Reader>(options_, 1000, log_));
    return readers;
  }

  test::TempDirectory directory_;
  test::FakeClock clock_;
  test::RecordingLog log_;
  ConnectionOptions options_{directory_.file("ledger.db"), "", 100};
};

TEST_F(ReaderPoolTest, RefusesPastItsBoundAndForgetsNoneAtTheEnd) {
  ReaderPool pool(one_reader(), 2);
  std::latch running(1);
  std::latch go_on(1);
  std::atomic<int> asked = 0;
  std::atomic<int> turned_away = 0;
  const auto count = [&](Reader* reader) { ++(reader != nullptr ? asked : turned_away); };

  ASSERT_EQ(pool.submit([&](Reader*) {
    running.count_down();
    go_on.wait();
  }),
            ReaderPool::Submitted::queued);
  running.wait();
  EXPECT_EQ(pool.submit(count), ReaderPool::Submitted::queued);
  EXPECT_EQ(pool.submit(count), ReaderPool::Submitted::queued);
  EXPECT_EQ(pool.submit(count), ReaderPool::Submitted::full);

  go_on.count_down();
  pool.close();
  EXPECT_EQ(asked + turned_away, 2);
  EXPECT_EQ(pool.submit(count), ReaderPool::Submitted::closed);
}

}  // namespace
}  // namespace ledger::storage::reader_pool_test
