// Tests of the response reader.
#include "tests/bench/response_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace ledger::bench::response_reader_test {
namespace {

using Progress = ResponseReader::Progress;

Progress feed(ResponseReader& reader, std::string_view bytes) {
  Progress progress = Progress::incomplete;
  while (!bytes.empty()) {
    const auto room = reader.room();
    const std::size_t size = std::min(room.size(), bytes.size());
    std::copy_n(bytes.begin(), size, room.begin());
    bytes.remove_prefix(size);
    progress = reader.received(size);
  }
  return progress;
}

const std::string kResponse = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5\r\nX-Last: 1\r\n\r\nhello";

TEST(ResponseReader, FindsAResponseHoweverItIsSplit) {
  for (std::size_t cut = 1; cut < kResponse.size(); ++cut) {
    ResponseReader reader;
    ASSERT_EQ(feed(reader, kResponse.substr(0, cut)), Progress::incomplete) << cut;
    ASSERT_EQ(feed(reader, kResponse.substr(cut)), Progress::complete) << cut;
    EXPECT_EQ(reader.status(), 200);
    EXPECT_EQ(reader.body(), "hello");
    EXPECT_EQ(reader.drop(), Progress::incomplete);
  }
}

TEST(ResponseReader, ContinuesWithTheNextResponse) {
  ResponseReader reader;
  ASSERT_EQ(feed(reader, kResponse + "HTTP/1.1 404 Not Found\r\ncontent-length:  2\r\n\r\nnoHTTP"), Progress::complete);
  EXPECT_EQ(reader.drop(), Progress::complete);
  EXPECT_EQ(reader.status(), 404);
  EXPECT_EQ(reader.body(), "no");
  EXPECT_EQ(reader.drop(), Progress::incomplete);
}

TEST(ResponseReader, ReadsBodiesOfAnyLength) {
  const std::string body(1'000'000, 'b');
  ResponseReader reader;
  ASSERT_EQ(feed(reader, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + body), Progress::complete);
  EXPECT_EQ(reader.body(), body);
}

TEST(ResponseReader, KnowsWhichResponsesHaveNoBody) {
  ResponseReader reader;
  ASSERT_EQ(feed(reader, "HTTP/1.1 304 Not Modified\r\nContent-Length: 1000\r\n\r\n"), Progress::complete);
  EXPECT_EQ(reader.status(), 304);
  EXPECT_EQ(reader.body(), "");
}

TEST(ResponseReader, RefusesAResponseWithoutALength) {
  for (const char* response :
       {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n",
        "HTTP/1.1 2x0 OK\r\nContent-Length: 1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\n"}) {
    ResponseReader reader;
    EXPECT_EQ(feed(reader, response), Progress::broken) << response;
  }
}

}  // namespace
}  // namespace ledger::bench::response_reader_test
