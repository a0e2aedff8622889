// Questions and threads: the queue is bounded, and every question is called once.
#include "storage/reader_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <memory>
#include <vector>

namespace ledger::storage::reader_pool_test {
namespace {

struct FakeReader {};
using Pool = ReaderPool<FakeReader>;

std::vector<std::unique_ptr<FakeReader>> one_reader() {
  std::vector<std::unique_ptr<FakeReader>> readers;
  readers.push_back(std::make_unique<FakeReader>());
  return readers;
}

TEST(ReaderPoolTest, RefusesPastItsBoundAndForgetsNoneAtTheEnd) {
  Pool pool(one_reader(), 2);
  std::latch running(1);
  std::latch go_on(1);
  std::atomic<int> asked = 0;
  std::atomic<int> closed = 0;
  const auto count = [&](FakeReader* reader) { ++(reader != nullptr ? asked : closed); };
  const auto block = [&](FakeReader*) {
    running.count_down();
    go_on.wait();
  };

  ASSERT_EQ(pool.submit(block), Pool::Submitted::queued);
  running.wait();
  EXPECT_EQ(pool.submit(count), Pool::Submitted::queued);
  EXPECT_EQ(pool.submit(count), Pool::Submitted::queued);
  EXPECT_EQ(pool.submit(count), Pool::Submitted::full);

  go_on.count_down();
  pool.close();
  EXPECT_EQ(asked + closed, 2);
  EXPECT_EQ(pool.submit(count), Pool::Submitted::closed);
}

}  // namespace
}  // namespace ledger::storage::reader_pool_test
