// Headers of answers as bytes.
#include "server/http/response_head.h"

#include <gtest/gtest.h>

namespace ledger::response_head_test {
namespace {

using server::http_date;
using server::Persistence;
using server::Response;
using server::response_head;

Timestamp at(long long seconds) {
  return Timestamp(std::chrono::seconds(seconds));
}

TEST(HttpDate, WritesImfFixdate) {
  EXPECT_EQ(http_date(at(784'111'777)), "Sun, 06 Nov 1994 08:49:37 GMT");  // RFC 9110's own example
  EXPECT_EQ(http_date(at(0)), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(http_date(at(1'709'251'199) + std::chrono::milliseconds(999)), "Thu, 29 Feb 2024 23:59:59 GMT");
}

TEST(ResponseHead, HasAllThatAnAnswerNeeds) {
  Response response;
  response.status = 429;
  response.content_type = "application/problem+json";
  response.headers.emplace_back("Retry-After", "5");
  response.body = "12345";
  EXPECT_EQ(response_head(response, Persistence::close, at(0)),
            "HTTP/1.1 429 Too Many Requests\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nServer: association-ledger\r\n"
            "Content-Type: application/problem+json\r\nContent-Length: 5\r\nX-Content-Type-Options: nosniff\r\nRetry-After: 5\r\n"
            "Connection: close\r\n\r\n");
}

TEST(ResponseHead, DescribesNoBodyOn304) {
  Response response;
  response.status = 304;
  EXPECT_EQ(
      response_head(response, Persistence::keep, at(0)),
      "HTTP/1.1 304 Not Modified\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nServer: association-ledger\r\nX-Content-Type-Options: nosniff\r\n\r\n");
}

TEST(ResponseHead, HasAPhraseForEveryStatusInUse) {
  for (const int status : {200, 202, 304, 400, 401, 403, 404, 405, 408, 409, 413, 414, 415, 417, 429, 431, 500, 503, 505}) {
    Response response;
    response.status = status;
    const std::string head = response_head(response, Persistence::keep, at(0));
    EXPECT_NE(head.substr(13, 2), "\r\n") << status;
  }
}

}  // namespace
}  // namespace ledger::response_head_test
