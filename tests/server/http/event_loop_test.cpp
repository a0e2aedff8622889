// A loop's beginning and end.
#include "server/http/event_loop.h"

#include <gtest/gtest.h>
#include <boost/asio/post.hpp>

#include <future>
#include <thread>

namespace ledger::event_loop_test {
namespace {

using server::EventLoop;

TEST(EventLoop, RunsWorkOnAThreadOfItsOwnUntilDrained) {
  EventLoop loop;
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
}

TEST(EventLoop, GoesOnWhileItDrainsUntilItMayEnd) {
  EventLoop loop;
  loop.begin_drain();
  loop.context().poll();
  EXPECT_TRUE(loop.draining());
  EXPECT_FALSE(loop.context().stopped()) << "what was accepted may still be dealt out to it";
  loop.let_end();
  loop.context().poll();
  EXPECT_TRUE(loop.context().stopped());
}

TEST(EventLoop, EndsWhateverIsLeftWhenStopped) {
  EventLoop loop;
  loop.start([] {});
  loop.stop();
  loop.join();
  EXPECT_FALSE(loop.draining());
}

TEST(EventLoop, EndsByItselfWithItsOwner) {
  bool ended = false;
  {
    EventLoop loop;
    loop.start([&] { ended = true; });
  }
  EXPECT_TRUE(ended);
}

}  // namespace
}  // namespace ledger::event_loop_test
