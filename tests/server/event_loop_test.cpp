// A loop's beginning and end.
#include "server/event_loop.h"

#include <gtest/gtest.h>
#include <boost/asio/post.hpp>

#include <future>

namespace ledger {
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
  ended.get_future().wait();
  loop.join();
  EXPECT_TRUE(loop.draining());
  EXPECT_EQ(loop.connections_left(), 0U);
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
}  // namespace ledger
