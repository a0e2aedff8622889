// Accepting, and what stands in its way.
#include "server/http/listener.h"

#include "tests/server/http/raw_requests.h"
#include "tests/server/running_server.h"
#include "tests/support/temp_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <boost/asio/local/stream_protocol.hpp>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <memory>
#include <new>
#include <string>
#include <vector>

namespace ledger::listener_test {
namespace {

using test::fetch;
using test::HttpClient;
using test::RunningServer;

TEST(Listener, NamesAnAddressThatIsNotOfThisMachine) {
  server::Listener::Loops loops;
  loops.push_back(std::make_unique<server::EventLoop>());
  test::RecordingLog log;
  server::Listener listener(loops, 0, 1, log);
  const Result<void> opened = listener.open({"192.0.2.1", 80});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().reason, "listen-failed");
  EXPECT_THAT(opened.error().detail, ::testing::StartsWith("Cannot listen on 192.0.2.1:80: "));
}

/// Sends a delivery, which is in the store's hands and without an answer when this returns.
void occupy(RunningServer& server, HttpClient& client, std::size_t deliveries) {
  client.send(test::raw_post_with_length(test::event_body("AssociationCreate", "L", "A")));
  server.store().wait_for_held(deliveries);
}

TEST(Listener, TakesNoMoreConnectionsThanItMay) {
  test::ServiceOptions options;
  options.limits.connections_max = 2;
  RunningServer server(options);
  server.store().hold();
  HttpClient first(server.port());
  HttpClient second(server.port());
  occupy(server, first, 1);
  occupy(server, second, 2);

  // The kernel connects the third one and keeps it: no connection that serves a request is closed for it.
  HttpClient third(server.port());
  third.send("GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(server.log().wait_for("accept_failed").value().fields.at("reason"), "all 2 connections are open");
  EXPECT_EQ(fetch(server.ops_port(), "GET", "/livez").status, 200) << "the other listener has a limit of its own";
  server.store().release();
  EXPECT_EQ(first.receive().status, 200);
  EXPECT_EQ(second.receive().status, 200);
  EXPECT_EQ(third.receive().status, 404) << "an idle connection made room";
  EXPECT_EQ(server.log().lines("accept_failed").size(), 1U) << "the same reason is logged once a minute";
}

TEST(Listener, ClosesTheLongestIdleConnectionToMakeRoom) {
  test::ServiceOptions options;
  options.limits.connections_max = 3;
  RunningServer server(options);
  HttpClient first(server.port());
  HttpClient second(server.port());
  HttpClient third(server.port());
  for (HttpClient* const client : {&second, &first, &third}) ASSERT_EQ(client->request("GET", "/v1/locations").status, 200);

  EXPECT_EQ(server.get("/v1/locations").status, 200);
  EXPECT_EQ(second.receive_until_closed(), "");
  EXPECT_EQ(first.request("GET", "/v1/locations").status, 200);
  EXPECT_EQ(third.request("GET", "/v1/locations").status, 200);
}

TEST(Listener, LetsNewClientsInHoweverManyAreIdle) {
  for (const std::size_t threads : {1U, 3U}) {
    test::ServiceOptions options;
    options.server.threads = threads;
    options.limits.connections_max = 8;
    RunningServer server(options);
    std::vector<std::unique_ptr<HttpClient>> idle;
    idle.reserve(200);
    for (int i = 0; i < 200; ++i) idle.push_back(std::make_unique<HttpClient>(server.port()));
    EXPECT_EQ(server.get("/v1/locations").status, 200) << threads;
  }
}

TEST(Listener, LetsProbesInHoweverManyAreIdle) {
  RunningServer server;
  std::vector<std::unique_ptr<HttpClient>> idle;
  idle.reserve(200);
  for (int i = 0; i < 200; ++i) idle.push_back(std::make_unique<HttpClient>(server.ops_port()));
  EXPECT_EQ(fetch(server.ops_port(), "GET", "/readyz").status, 200);
}

TEST(Listener, GoesOnWhenAConnectionCannotBeServed) {
  server::Listener::Loops loops;
  loops.push_back(std::make_unique<server::EventLoop>());
  server::EventLoop& loop = *loops.front();
  test::RecordingLog log;
  server::Listener listener(loops, 0, 10, log);
  ASSERT_TRUE(listener.open({"127.0.0.1", 0}));
  int accepted = 0;
  listener.start([&](const server::StreamSocket& /*socket*/, const server::ConnectionSlot& /*slot*/, server::EventLoop& /*loop*/) {
    if (++accepted == 1) throw std::bad_alloc();
    listener.close();
    loop.stop();
  });
  const HttpClient first(listener.port());
  const HttpClient second(listener.port());
  loop.context().run();
  EXPECT_EQ(accepted, 2);
  EXPECT_EQ(log.lines("accept_failed").size(), 1U);
  EXPECT_EQ(listener.connections(), 0U);
}

class UnixListener : public testing::Test {
 protected:
  UnixListener() { loops_.push_back(std::make_unique<server::EventLoop>()); }
  Result<void> open(server::Listener& listener, const std::string& path) { return listener.open({.address = {}, .socket_path = path}); }

  test::TempDirectory directory_;
  const std::string path_ = directory_.file("socket");
  server::Listener::Loops loops_;
  test::RecordingLog log_;
};

TEST_F(UnixListener, IsOpenToItsOwnerAloneAndRemovesItsFileAtTheEnd) {
  const mode_t before = ::umask(0);
  {
    server::Listener listener(loops_, 0, 10, log_);
    ASSERT_TRUE(open(listener, path_));
    struct stat found {};
    ASSERT_EQ(::stat(path_.c_str(), &found), 0);
    EXPECT_EQ(found.st_mode, mode_t{S_IFSOCK | 0600});
  }
  ::umask(before);
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(UnixListener, ReplacesASocketAndNothingElse) {
  namespace local = boost::asio::local;
  boost::asio::io_context loop;
  { const local::stream_protocol::acceptor ended(loop, local::stream_protocol::endpoint(path_)); }
  ASSERT_TRUE(std::filesystem::exists(path_)) << "as a killed process leaves it";
  server::Listener listener(loops_, 0, 10, log_);
  EXPECT_TRUE(open(listener, path_));

  std::ofstream(directory_.file("file")) << "precious";
  server::Listener other(loops_, 0, 10, log_);
  EXPECT_EQ(open(other, directory_.file("file")).error().reason, "listen-failed");
  EXPECT_EQ(std::filesystem::file_size(directory_.file("file")), 8U);
}

TEST_F(UnixListener, RefusesAPathThatTheKernelWouldNotTake) {
  const std::string folder = directory_.file("");
  for (const std::size_t bytes : {107U, 108U}) {
    server::Listener listener(loops_, 0, 10, log_);
    const auto opened = open(listener, folder + std::string(bytes - folder.size(), 's'));
    EXPECT_EQ(opened.has_value(), bytes == 107) << bytes;
    if (bytes > 107) {
      EXPECT_EQ(opened.error().reason, "socket-path-too-long");
    }
  }
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
