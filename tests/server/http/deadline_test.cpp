// Deadlines on a pair of connected sockets.
#include "server/http/deadline.h"

#include <gtest/gtest.h>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <optional>

namespace ledger::deadline_test {
namespace {

using namespace std::chrono_literals;
using boost::asio::ip::tcp;
using boost::system::error_code;
using server::Deadline;

struct Pair {
  boost::asio::io_context loop;
  tcp::socket here{loop};
  tcp::socket there{loop};
  std::array<char, 8> bytes{};

  Pair() {
    tcp::acceptor acceptor(loop, {boost::asio::ip::address_v4::loopback(), 0});
    here.connect(acceptor.local_endpoint());
    there = acceptor.accept();
  }
};

TEST(Deadline, EndsAReadThatWaitsAndEveryLaterOne) {
  Pair pair;
  Deadline deadline(pair.here);
  deadline.set_after(1ms, Deadline::Directions::shutdown_receive);
  std::optional<error_code> first;
  pair.here.async_read_some(boost::asio::buffer(pair.bytes), [&](error_code result, std::size_t) { first = result; });
  pair.loop.run();
  EXPECT_EQ(first, boost::asio::error::eof);
  EXPECT_TRUE(deadline.passed());
  error_code second;
  pair.here.read_some(boost::asio::buffer(pair.bytes), second);
  EXPECT_EQ(second, boost::asio::error::eof);
}

TEST(Deadline, LeavesTheWayOutOpen) {
  Pair pair;
  Deadline deadline(pair.here);
  deadline.set_after(0ms, Deadline::Directions::shutdown_receive);
  pair.loop.run();
  ASSERT_TRUE(deadline.passed());
  boost::asio::write(pair.here, boost::asio::buffer("408", 3));
  EXPECT_EQ(boost::asio::read(pair.there, boost::asio::buffer(pair.bytes.data(), 3)), 3U);
}

TEST(Deadline, DoesNothingOnceCleared) {
  Pair pair;
  Deadline deadline(pair.here);
  deadline.set_after(0ms, Deadline::Directions::shutdown_both);
  deadline.clear();
  pair.loop.run();
  EXPECT_FALSE(deadline.passed());
  boost::asio::write(pair.there, boost::asio::buffer("x", 1));
  EXPECT_EQ(pair.here.read_some(boost::asio::buffer(pair.bytes)), 1U);
}

TEST(Deadline, IsReplacedByTheNextOne) {
  Pair pair;
  Deadline deadline(pair.here);
  deadline.set_after(0ms, Deadline::Directions::shutdown_both);
  deadline.set_after(1h, Deadline::Directions::shutdown_both);
  pair.loop.poll();
  EXPECT_FALSE(deadline.passed());
}

TEST(Deadline, LeavesTheSocketAloneAfterItsOwnEnd) {
  Pair pair;
  {
    Deadline deadline(pair.here);
    deadline.set_after(0ms, Deadline::Directions::shutdown_both);
  }
  pair.loop.run();
  boost::asio::write(pair.there, boost::asio::buffer("x", 1));
  EXPECT_EQ(pair.here.read_some(boost::asio::buffer(pair.bytes)), 1U);
}

}  // namespace
}  // namespace ledger::deadline_test
