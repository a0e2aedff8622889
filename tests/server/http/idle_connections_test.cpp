// Which connection is closed first, and which is not.
#include "server/http/idle_connections.h"

#include <gtest/gtest.h>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <optional>

namespace ledger::idle_connections_test {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;
using server::IdleConnections;

IdleConnections::TimePoint at(int seconds) {
  return IdleConnections::TimePoint(std::chrono::seconds(seconds));
}

/// A connection that waits for a request; `result` is how the wait ended.
struct Waiting {
  Waiting(boost::asio::io_context& loop, IdleConnections& list, int since_seconds) : here(loop), there(loop) {
    tcp::acceptor acceptor(loop, {boost::asio::ip::address_v4::loopback(), 0});
    there.connect(acceptor.local_endpoint());
    here = acceptor.accept();
    entry.emplace(list, here, at(since_seconds));
    here.async_read_some(boost::asio::buffer(bytes), [this](error_code failed, std::size_t) {
      entry.reset();
      result = failed;
    });
  }

  server::StreamSocket here;
  server::StreamSocket there;
  std::array<char, 8> bytes{};
  std::optional<IdleConnections::Entry> entry;
  std::optional<error_code> result;
};

TEST(IdleConnections, ClosesTheLongestIdleFirst) {
  boost::asio::io_context loop;
  IdleConnections list;
  EXPECT_EQ(list.oldest(), IdleConnections::TimePoint::max());
  EXPECT_FALSE(list.close_longest());
  Waiting first(loop, list, 1);
  Waiting second(loop, list, 2);
  Waiting third(loop, list, 3);
  EXPECT_EQ(list.oldest(), at(1));

  EXPECT_TRUE(list.close_longest());
  loop.poll();
  EXPECT_EQ(first.result, boost::asio::error::operation_aborted);
  EXPECT_EQ(list.oldest(), at(2));

  second.entry.reset();
  EXPECT_TRUE(list.close_longest());
  loop.poll();
  EXPECT_EQ(second.result, std::nullopt) << "it is not idle any more";
  EXPECT_EQ(third.result, boost::asio::error::operation_aborted);
  EXPECT_EQ(list.oldest(), IdleConnections::TimePoint::max());
}

TEST(IdleConnections, SparesAConnectionThatARequestHasReached) {
  boost::asio::io_context loop;
  IdleConnections list;
  Waiting first(loop, list, 1);
  Waiting second(loop, list, 2);
  boost::asio::write(first.there, boost::asio::buffer("G", 1));
  EXPECT_TRUE(list.close_longest());
  loop.poll();
  EXPECT_EQ(first.result, error_code());
  EXPECT_EQ(second.result, boost::asio::error::operation_aborted);
}

TEST(IdleConnections, ClosesAllOfThem) {
  boost::asio::io_context loop;
  IdleConnections list;
  Waiting first(loop, list, 1);
  Waiting second(loop, list, 2);
  list.close_all();
  loop.poll();
  EXPECT_EQ(first.result, boost::asio::error::operation_aborted);
  EXPECT_EQ(second.result, boost::asio::error::operation_aborted);
}

}  // namespace
}  // namespace ledger::idle_connections_test
