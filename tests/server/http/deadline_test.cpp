// Deadlines on a pair of connected sockets.
#include "server/http/deadline.h"

#include <gtest/gtest.h>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
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
  server::StreamSocket here{loop};
  server::StreamSocket there{loop};
  std::array<char, 8> bytes{};

  Pair() {
    tcp::acceptor acceptor(loop, {boost::asio::ip::address_v4::loopback(), 0});
    here.connect(acceptor.local_endpoint());
    there = acceptor.accept();
  }
};

TEST(Deadline, CancelsAPendingReadAndLeavesTheSocketUsable) {
  Pair pair;
  Deadline deadline(pair.here);
  deadline.set_after(1ms, Deadline::OnExpiry::cancel);
  std::optional<error_code> result;
  pair.here.async_read_some(boost::asio::buffer(pair.bytes), [&](error_code failed, std::size_t) { result = failed; });
  pair.loop.run();
  EXPECT_EQ(result, boost::asio::error::operation_aborted);
  EXPECT_TRUE(deadline.expired());
  boost::asio::write(pair.here, boost::asio::buffer("408", 3));
  EXPECT_EQ(boost::asio::read(pair.there, boost::asio::buffer(pair.bytes.data(), 3)), 3U);
  boost::asio::write(pair.there, boost::asio::buffer("x", 1));
  EXPECT_EQ(pair.here.read_some(boost::asio::buffer(pair.bytes)), 1U);
}

TEST(Deadline, ShutsTheSocketDownForLaterOperations) {
  Pair pair;
  Deadline deadline(pair.here);
  deadline.set_after(0ms, Deadline::OnExpiry::shut_down);
  pair.loop.run();
  ASSERT_TRUE(deadline.expired());
  error_code failed;
  pair.here.read_some(boost::asio::buffer(pair.bytes), failed);
  EXPECT_EQ(failed, boost::asio::error::eof);
  boost::asio::write(pair.here, boost::asio::buffer("x", 1), failed);
  EXPECT_EQ(failed, boost::asio::error::broken_pipe);
}

TEST(Deadline, DoesNothingOnceCleared) {
  Pair pair;
  Deadline deadline(pair.here);
  deadline.set_after(0ms, Deadline::OnExpiry::shut_down);
  deadline.clear();
  pair.loop.run();
  EXPECT_FALSE(deadline.expired());
  boost::asio::write(pair.there, boost::asio::buffer("x", 1));
  EXPECT_EQ(pair.here.read_some(boost::asio::buffer(pair.bytes)), 1U);
}

TEST(Deadline, IsReplacedByTheNextOne) {
  Pair pair;
  Deadline deadline(pair.here);
  deadline.set_after(0ms, Deadline::OnExpiry::shut_down);
  deadline.set_after(1h, Deadline::OnExpiry::shut_down);
  pair.loop.poll();
  EXPECT_FALSE(deadline.expired());
}

TEST(Deadline, LeavesTheSocketAloneAfterItsOwnEnd) {
  Pair pair;
  {
    Deadline deadline(pair.here);
    deadline.set_after(0ms, Deadline::OnExpiry::shut_down);
  }
  pair.loop.run();
  boost::asio::write(pair.there, boost::asio::buffer("x", 1));
  EXPECT_EQ(pair.here.read_some(boost::asio::buffer(pair.bytes)), 1U);
}

}  // namespace
}  // namespace ledger::deadline_test
