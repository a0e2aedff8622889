// The queue's bounds and its handing over of whole groups.
#include "storage/append_queue.h"

#include "tests/support/generators.h"

#include <gtest/gtest.h>

namespace ledger::storage::append_queue_test {
namespace {

Ticket ticket(std::size_t body_bytes) {
  NewQuarantine request;
  request.delivery.body = std::string(body_bytes, 'x');
  return QuarantineTicket{std::move(request), [](const Result<QuarantineId>&) {}};
}

bool push(AppendQueue& queue, std::size_t body_bytes) {
  Ticket one = ticket(body_bytes);
  return !queue.push(one).has_value();
}

TEST(AppendQueue, HandsOverAllThatWaitsInOrder) {
  AppendQueue queue({});
  for (std::size_t bytes : {1U, 2U, 3U}) ASSERT_TRUE(push(queue, bytes));
  const AppendQueue::Batch batch = queue.take();
  ASSERT_EQ(batch.tickets.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(bytes_of(batch.tickets[i]), i + 1);
  EXPECT_EQ(queue.size().items, 0U);
  EXPECT_EQ(queue.size().bytes, 0U);
}

TEST(AppendQueue, HandsOverNothingWhenNothingCameInTime) {
  AppendQueue queue({});
  EXPECT_TRUE(queue.take(std::chrono::milliseconds(0)).tickets.empty());
  ASSERT_TRUE(push(queue, 1));
  EXPECT_EQ(queue.take(std::chrono::milliseconds(0)).tickets.size(), 1U);
}

TEST(AppendQueue, RefusesTheItemPastItsBoundAndLeavesItUntouched) {
  AppendQueue queue({2, 1000});
  EXPECT_TRUE(push(queue, 1));
  EXPECT_TRUE(push(queue, 1));
  Ticket third = ticket(7);
  const auto refused = queue.push(third);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->code, Errc::overloaded);
  EXPECT_EQ(refused->reason, "queue-full");
  EXPECT_EQ(bytes_of(third), 7U);
  EXPECT_EQ(queue.take().tickets.size(), 2U);
  EXPECT_TRUE(push(queue, 1)) << "there is room again";
}

TEST(AppendQueue, RefusesBytesPastItsBoundAtTheByte) {
  AppendQueue queue({10, 100});
  EXPECT_TRUE(push(queue, 60));
  EXPECT_FALSE(push(queue, 41));
  EXPECT_TRUE(push(queue, 40));
  EXPECT_FALSE(push(queue, 1));
}

TEST(AppendQueue, TakesOneOversizedBodyWhenEmpty) {
  AppendQueue queue({10, 100});
  EXPECT_TRUE(push(queue, 101));
}

TEST(AppendQueue, RefusesAfterCloseButHandsOverWhatWasQueued) {
  AppendQueue queue({});
  ASSERT_TRUE(push(queue, 1));
  queue.close();
  Ticket late = ticket(1);
  EXPECT_EQ(queue.push(late)->reason, "closing");
  const AppendQueue::Batch last = queue.take();
  EXPECT_EQ(last.tickets.size(), 1U);
  EXPECT_TRUE(last.closed);
}

}  // namespace
}  // namespace ledger::storage::append_queue_test
