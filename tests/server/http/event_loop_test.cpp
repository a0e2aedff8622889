// A loop's beginning and end.
#include "server/http/event_loop.h"

#include <gtest/gtest.h>
#include <boost/asio/post.hpp>

#include <sched.h>

#include <future>
#include <thread>

namespace ledger::event_loop_test {
namespace {

using server::EventLoop;

TEST(EventLoop, RunsWorkOnAThreadOfItsOwnUntilDrained) {
  server::Counters counters;
  EventLoop loop(counters);
  std::promise<void> ended;
  loop.start([&] { ended.set_value(); });
  std::promise<std::thread::id> worked;
  boost::asio::post(loop.context(), [&] { worked.set_value(std::this_thread::get_id()); });
  EXPECT_NE(worked.get_future().get(), std::this_thread::get_id());
  loop.begin_drain();
  loop.let_end();
  ended.get_future().wait();
  loop.join();
  EXPECT_TRUE(loop.draining());
  EXPECT_EQ(loop.connections_left(), 0U);
}

TEST(EventLoop, GoesOnWhileItDrainsUntilItMayEnd) {
  server::Counters counters;
  EventLoop loop(counters);
  loop.begin_drain();
  loop.context().poll();
  EXPECT_TRUE(loop.draining());
  EXPECT_FALSE(loop.context().stopped()) << "what was accepted may still be dealt out to it";
  loop.let_end();
  loop.context().poll();
  EXPECT_TRUE(loop.context().stopped());
}

/// The scheduling policy of the thread of a loop, when whoever starts the loop has this one.
int policy_under(int policy_of_starter) {
  int found = -1;
  std::thread([&] {
    constexpr sched_param no_priority{};
    ASSERT_EQ(sched_setscheduler(0, policy_of_starter, &no_priority), 0);
    server::Counters counters;
    EventLoop loop(counters);
    loop.start([] {});
    std::promise<int> policy;
    boost::asio::post(loop.context(), [&policy] { policy.set_value(sched_getscheduler(0)); });
    found = policy.get_future().get();
    EXPECT_EQ(sched_getscheduler(0), policy_of_starter);
  }).join();
  return found;
}

TEST(EventLoop, InterruptsNoOtherThreadWhenWoken) {
  EXPECT_EQ(policy_under(SCHED_OTHER), SCHED_BATCH);
}

TEST(EventLoop, KeepsThePolicyThatTheOperatorChose) {
  EXPECT_EQ(policy_under(SCHED_IDLE), SCHED_IDLE);
}

TEST(EventLoop, EndsWhateverIsLeftWhenStopped) {
  server::Counters counters;
  EventLoop loop(counters);
  loop.start([] {});
  loop.stop();
  loop.join();
  EXPECT_FALSE(loop.draining());
}

TEST(EventLoop, EndsByItselfWithItsOwner) {
  server::Counters counters;
  bool ended = false;
  {
    EventLoop loop(counters);
    loop.start([&] { ended = true; });
  }
  EXPECT_TRUE(ended);
}

}  // namespace
}  // namespace ledger::event_loop_test
