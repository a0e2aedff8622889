// Too much and too slow: each bound of a connection at and above its limit.
#include "server/http/connection.h"

#include "tests/server/http/raw_requests.h"
#include "tests/server/running_server.h"

#include <gtest/gtest.h>

#include <string>

namespace ledger::connection_limits_test {
namespace {

using namespace std::chrono_literals;
using test::chunks;
using test::fetch;
using test::HttpClient;
using test::HttpResponse;
using test::raw_post;
using test::raw_post_with_length;
using test::reason_of;
using test::RunningServer;

const std::string body = test::event_body("AssociationCreate", "L", "A");

TEST(ConnectionLimits, LimitsTheHeaderToTheByte) {
  test::ServiceOptions options;
  options.limits.header_bytes_max = 200;
  RunningServer server(options);
  const std::string_view start = "GET /v1/locations HTTP/1.1\r\nHost: a\r\nX: ";
  const std::string fitting(200 - start.size() - 4, 'x');
  HttpClient fits(server.port());
  fits.send(std::string(start) + fitting + "\r\n\r\n");
  EXPECT_EQ(fits.receive().status, 200);

  HttpClient over(server.port());
  over.send(std::string(start) + fitting + "x\r\n\r\n");
  const HttpResponse response = over.receive();
  EXPECT_EQ(response.status, 431);
  EXPECT_EQ(reason_of(response.body), "header-too-large");
  EXPECT_EQ(response.header("Connection"), "close");
}

TEST(ConnectionLimits, RefusesAnEndlessHeaderWithoutWaitingForItsEnd) {
  RunningServer server;
  HttpClient client(server.port());
  client.send("GET / HTTP/1.1\r\nX: " + std::string(20'000, 'x'));
  EXPECT_EQ(client.receive().status, 431);
}

TEST(ConnectionLimits, LimitsTheTarget) {
  test::ServiceOptions options;
  options.limits.target_bytes_max = 20;
  RunningServer server(options);
  EXPECT_EQ(server.get("/v1/locations?limit=").status, 400);
  const HttpResponse over = server.get("/v1/locations?limit=1");
  EXPECT_EQ(over.status, 414);
  EXPECT_EQ(reason_of(over.body), "target-too-long");
}

TEST(ConnectionLimits, RefusesAnEndlessRequestLine) {
  RunningServer server;
  HttpClient client(server.port());
  client.send("GET /" + std::string(20'000, 'x'));
  EXPECT_EQ(client.receive().status, 414);
}

TEST(ConnectionLimits, LimitsADeclaredBodyToTheByte) {
  test::ServiceOptions options;
  options.limits.body_bytes_max = body.size();
  RunningServer server(options);
  EXPECT_EQ(fetch(server.port(), "POST", test::webhook_path, test::json_type, body).status, 200);
  const HttpResponse over = fetch(server.port(), "POST", test::webhook_path, test::json_type, body + " ");
  EXPECT_EQ(over.status, 413);
  EXPECT_EQ(reason_of(over.body), "body-too-large");
}

TEST(ConnectionLimits, LimitsAChunkedBodyToTheByte) {
  test::ServiceOptions options;
  options.limits.body_bytes_max = body.size();
  RunningServer server(options);
  HttpClient fits(server.port());
  fits.send(raw_post("Transfer-Encoding: chunked\r\n", chunks(body, 10) + "0\r\n\r\n"));
  EXPECT_EQ(fits.receive().status, 200);

  HttpClient over(server.port());
  over.send(raw_post("Transfer-Encoding: chunked\r\n", chunks(body + " ", 10) + "0\r\n\r\n"));
  const HttpResponse response = over.receive();
  EXPECT_EQ(response.status, 413);
  EXPECT_EQ(reason_of(response.body), "body-too-large");
  EXPECT_EQ(response.header("Connection"), "close");
}

TEST(ConnectionLimits, LimitsTheChunkExtensionsOfARequestTogether) {
  RunningServer server;
  HttpClient client(server.port());
  std::string many;
  for (int i = 0; i < 20; ++i) many += "1;x=" + std::string(1000, 'x') + "\r\n \r\n";
  client.send(raw_post("Transfer-Encoding: chunked\r\n", many + chunks(body, 1000) + "0\r\n\r\n"));
  const HttpResponse response = client.receive();
  EXPECT_EQ(response.status, 413);
  EXPECT_EQ(reason_of(response.body), "body-too-large");
}

TEST(ConnectionLimits, LimitsTheTrailersLikeTheHeader) {
  RunningServer server;
  HttpClient client(server.port());
  std::string many;
  for (int i = 0; i < 20; ++i) many += "X: " + std::string(1000, 'x') + "\r\n";
  client.send(raw_post("Transfer-Encoding: chunked\r\n", chunks(body, 1000) + "0\r\n" + many + "\r\n"));
  const HttpResponse response = client.receive();
  EXPECT_EQ(response.status, 431);
  EXPECT_EQ(reason_of(response.body), "header-too-large");
}

TEST(ConnectionLimits, LetsASenderOfTwoMebibytesReadTheRefusal) {
  RunningServer server;
  HttpClient client(server.port());
  client.send(raw_post_with_length(std::string(std::size_t{2} * 1024 * 1024, ' ')));
  const HttpResponse response = client.receive();
  EXPECT_EQ(response.status, 413);
  EXPECT_EQ(response.header("Connection"), "close");
}

TEST(ConnectionLimits, LetsASenderOfTwoMebibytesInChunksReadTheRefusal) {
  RunningServer server;
  HttpClient client(server.port());
  client.send(raw_post("Transfer-Encoding: chunked\r\n", chunks(std::string(std::size_t{2} * 1024 * 1024, ' '), 100'000) + "0\r\n\r\n"));
  EXPECT_EQ(client.receive().status, 413);
}

TEST(ConnectionLimits, BoundsTheBodyOfAGetToo) {
  RunningServer server;
  HttpClient client(server.port());
  EXPECT_EQ(client.request("GET", "/v1/locations", {}, "whatever").status, 200);
  EXPECT_EQ(client.request("GET", "/v1/locations").status, 200) << "the body was taken for a request";
  client.send("GET /v1/locations HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n");
  EXPECT_EQ(client.receive().status, 413);
}

TEST(ConnectionLimits, GivesUpOnAHeaderThatDoesNotEnd) {
  test::ServiceOptions options;
  options.limits.header_timeout = 50ms;
  RunningServer server(options);
  HttpClient client(server.port());
  client.send("GET /v1/locations HTTP/1.1\r\nHost:");
  const HttpResponse response = client.receive();
  EXPECT_EQ(response.status, 408);
  EXPECT_EQ(reason_of(response.body), "request-timeout");
  EXPECT_EQ(response.header("Connection"), "close");
}

TEST(ConnectionLimits, GivesUpOnAHeaderThatDribbles) {
  test::ServiceOptions options;
  options.limits.header_timeout = 50ms;
  options.limits.header_bytes_max = std::size_t{16} * 1024 * 1024;
  RunningServer server(options);
  for (int round = 0; round < 10; ++round) {
    HttpClient client(server.port());
    client.send("GET /v1/locations HTTP/1.1\r\nHost: a\r\nX: ");
    client.dribble_until_answered();
    EXPECT_EQ(client.receive().status, 408);
  }
}

TEST(ConnectionLimits, GivesUpOnABodyThatDribbles) {
  test::ServiceOptions options;
  options.limits.body_timeout = 50ms;
  RunningServer server(options);
  for (const std::string_view framing : {"Content-Length: 1000000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\nf0000\r\n"}) {
    for (int round = 0; round < 10; ++round) {
      HttpClient client(server.port());
      client.send("POST /webhooks/highlevel HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n" + std::string(framing));
      client.dribble_until_answered();
      EXPECT_EQ(client.receive().status, 408);
    }
  }
}

TEST(ConnectionLimits, GivesUpOnABodyThatDoesNotEnd) {
  test::ServiceOptions options;
  options.limits.body_timeout = 50ms;
  RunningServer server(options);
  HttpClient client(server.port());
  client.send(raw_post("Content-Length: 100\r\n", "{"));
  const HttpResponse response = client.receive();
  EXPECT_EQ(response.status, 408);
  EXPECT_EQ(reason_of(response.body), "request-timeout");
}

TEST(ConnectionLimits, ClosesAFreshConnectionThatSaysNothing) {
  test::ServiceOptions options;
  options.limits.header_timeout = 50ms;
  options.limits.idle_timeout = 1h;
  RunningServer server(options);
  HttpClient fresh(server.port());
  EXPECT_EQ(fresh.receive_until_closed(), "");
}

TEST(ConnectionLimits, ClosesAnIdleConnectionSilently) {
  test::ServiceOptions options;
  options.limits.idle_timeout = 50ms;
  RunningServer server(options);
  // Where this thread is kept waiting for as long, the connection is closed before it is used: then another one.
  bool was_used = false;
  for (int attempt = 0; attempt < 20 && !was_used; ++attempt) {
    HttpClient used(server.port());
    try {
      was_used = used.request("GET", "/v1/locations").status == 200;
    } catch (const std::runtime_error&) {
      continue;
    }
    EXPECT_EQ(used.receive_until_closed(), "");
  }
  EXPECT_TRUE(was_used);
}

TEST(ConnectionLimits, CutsAClientThatDoesNotReadItsAnswer) {
  test::ServiceOptions options;
  options.limits.write_timeout = 50ms;
  options.limits.body_bytes_max = 900'000;
  RunningServer server(options);
  std::string large = test::event_body("AssociationCreate", "L", "A");
  large.insert(1, "\"x\":\"" + std::string(800'000, 'x') + "\",");
  ASSERT_EQ(fetch(server.port(), "POST", test::webhook_path, test::json_type, large).status, 200);

  // More answers than the two sockets' buffers hold, and nobody to read them.
  HttpClient client(server.port());
  std::string requests;
  for (int i = 0; i < 40; ++i) requests += "GET /v1/events/1 HTTP/1.1\r\nHost: a\r\n\r\n";
  client.send(requests);
  const auto cut = [&] {
    for (std::size_t i = 2;; ++i) {
      const auto line = server.log().wait_for("request", i);
      if (!line) return false;
      if (std::stoul(line->fields.at("bytes")) < 800'000) return true;
    }
  };
  EXPECT_TRUE(cut());
}

}  // namespace
}  // namespace ledger::connection_limits_test
