// Accepting, and what stands in its way.
#include "server/http/listener.h"

#include "tests/server/running_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <new>
#include <string>

namespace ledger::listener_test {
namespace {

using test::fetch;
using test::HttpClient;
using test::RunningServer;

TEST(Listener, NamesAnAddressThatIsNotOfThisMachine) {
  boost::asio::io_context loop;
  std::atomic<std::size_t> open{0};
  test::RecordingLog log;
  server::Listener listener(loop, open, 1, log);
  const Result<void> opened = listener.open({"192.0.2.1", 80});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().reason, "listen-failed");
  EXPECT_THAT(opened.error().detail, ::testing::StartsWith("Cannot listen on 192.0.2.1:80: "));
}

TEST(Listener, TakesNoMoreConnectionsThanItMay) {
  server::Options options = test::test_options();
  options.connections_max = 2;
  RunningServer server(options);
  HttpClient first(server.port());
  HttpClient second(server.port());
  ASSERT_EQ(first.request("GET", "/v1/locations").status, 200);
  ASSERT_EQ(second.request("GET", "/v1/locations").status, 200);

  // The third is connected by the kernel and waits there: others are served meanwhile, it is not.
  HttpClient third(server.port());
  third.send("GET /v1/events HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_EQ(first.request("GET", "/v1/locations").status, 200);
  ASSERT_EQ(fetch(server.ops_port(), "GET", "/livez").status, 200) << "the other listener has a bound of its own";
  EXPECT_EQ(server.log().wait_for("accept_failed").value().fields.at("reason"), "all 2 connections are open");
  first.finish_sending();  // The server closes it then, and has room.
  EXPECT_EQ(third.receive().status, 200);
  EXPECT_EQ(server.log().wait_for("request", 5).value().fields.at("path"), "/v1/events") << "the third was served before there was room";
  EXPECT_EQ(server.log().lines("accept_failed").size(), 1U) << "it goes on, and is nothing new";
}

TEST(Listener, GoesOnWhenAConnectionCannotBeTaken) {
  server::Counters counters;
  server::EventLoop loop(counters);
  std::atomic<std::size_t> open{0};
  test::RecordingLog log;
  server::Listener listener(loop.context(), open, 10, log);
  ASSERT_TRUE(listener.open({"127.0.0.1", 0}));
  int taken = 0;
  listener.start([&]() -> server::EventLoop& { return loop; },
                 [&](const boost::asio::ip::tcp::socket& /*socket*/, const server::ConnectionSlot& /*slot*/, server::EventLoop& /*loop*/) {
                   if (++taken == 1) throw std::bad_alloc();
                   listener.close();
                   loop.stop();
                 });
  const HttpClient first(listener.port());
  const HttpClient second(listener.port());
  loop.context().run();
  EXPECT_EQ(taken, 2);
  EXPECT_EQ(log.lines("accept_failed").size(), 1U);
  EXPECT_EQ(open.load(), 0U);
}

/// Leaves the process exactly one free file descriptor for as long as it lives.
class OneDescriptorLeft {
 public:
  OneDescriptorLeft() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const int lowest_free = ::dup(0);
    ::close(lowest_free);
    rlimit tight = before_;
    tight.rlim_cur = static_cast<rlim_t>(lowest_free) + 1;
    ::setrlimit(RLIMIT_NOFILE, &tight);
  }
  OneDescriptorLeft(const OneDescriptorLeft&) = delete;
  OneDescriptorLeft& operator=(const OneDescriptorLeft&) = delete;
  ~OneDescriptorLeft() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

TEST(Listener, SurvivesRunningOutOfDescriptors) {
  RunningServer server;
  HttpClient connected(server.port());
  ASSERT_EQ(connected.request("GET", "/v1/locations").status, 200);

  auto shortage = std::make_unique<OneDescriptorLeft>();
  HttpClient late(server.port());  // Takes the last one, so that none is left to accept it with.
  ASSERT_TRUE(server.log().wait_for("accept_failed"));
  EXPECT_EQ(connected.request("GET", "/v1/locations").status, 200) << "those who are connected do not notice";
  shortage.reset();
  EXPECT_EQ(late.request("GET", "/v1/locations").status, 200);
}

}  // namespace
}  // namespace ledger::listener_test
