// HTTP as it arrives in practice: in pieces, several at once, and wrong.
#include "server/http/connection.h"

#include "server/api/ops_handler.h"
#include "server/http/problem.h"

#include "tests/server/http/raw_requests.h"
#include "tests/server/running_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <string>

namespace ledger::connection_test {
namespace {

using test::chunks;
using test::HttpClient;
using test::HttpResponse;
using test::raw_post;
using test::raw_post_with_length;
using test::reason_of;
using test::RunningServer;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::string_view list_request = "GET /v1/locations HTTP/1.1\r\nHost: a\r\n\r\n";
const std::string body = test::event_body("AssociationCreate", "L", "A");

/// Sends each byte in a segment of its own.
void trickle(HttpClient& client, std::string_view bytes) {
  for (const char& byte : bytes) client.send({&byte, 1});
}

TEST(Connection, EveryAnswerSaysWhatItIs) {
  RunningServer server;
  const HttpResponse response = server.get("/v1/locations");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.header("Date"), "Mon, 23 Nov 2026 12:00:00 GMT");
  EXPECT_EQ(response.header("Server"), "association-ledger");
  EXPECT_EQ(response.header("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(response.header("Content-Type"), "application/json");
  EXPECT_EQ(response.header("Connection"), std::nullopt);
}

TEST(Connection, ServesATargetInAbsoluteForm) {
  RunningServer server;
  HttpClient client(server.port());
  EXPECT_EQ(client.request("GET", "http://ledger.example:8080/v1/locations?limit=1").status, 200);
  EXPECT_EQ(client.request("GET", "http://ledger.example").status, 404);
}

TEST(Connection, ServesRequestAfterRequestOnOneConnection) {
  RunningServer server;
  HttpClient client(server.port());
  EXPECT_EQ(client.request("POST", test::webhook_path, test::json_type, body).status, 200);
  EXPECT_EQ(client.request("GET", "/v1/events/1").status, 200);
  EXPECT_EQ(client.request("GET", "/nothing").status, 404);
  EXPECT_EQ(client.request("GET", "/v1/events/1").status, 200);
}

TEST(Connection, AnswersPipelinedRequestsInOrder) {
  RunningServer server;
  HttpClient client(server.port());
  client.send(raw_post_with_length(body) + raw_post_with_length(body) + "GET /v1/events/2 HTTP/1.1\r\nHost: a\r\n\r\n" + std::string(list_request));
  EXPECT_EQ(client.receive().body, R"({"status":"recorded","sequence":1})");
  EXPECT_EQ(client.receive().body, R"({"status":"recorded","sequence":2})");
  EXPECT_THAT(client.receive().body, StartsWith(R"({"sequence":2,)"));
  EXPECT_THAT(client.receive().body, StartsWith(R"({"locations":)"));
}

TEST(Connection, ReadsARequestThatComesByteByByte) {
  RunningServer server;
  HttpClient client(server.port());
  trickle(client, raw_post_with_length(body));
  EXPECT_EQ(client.receive().body, R"({"status":"recorded","sequence":1})");
}

TEST(Connection, ReadsAHeaderCutAtAnyPlace) {
  RunningServer server;
  HttpClient client(server.port());
  for (std::size_t cut = 1; cut < list_request.size(); ++cut) {
    client.send(list_request.substr(0, cut));
    client.send(list_request.substr(cut));
    ASSERT_EQ(client.receive().status, 200) << "cut at " << cut;
  }
}

TEST(Connection, ReadsAChunkedBody) {
  RunningServer server;
  HttpClient client(server.port());
  client.send(raw_post("Transfer-Encoding: chunked\r\n", chunks(body, 7) + "0\r\n\r\n"));
  EXPECT_EQ(client.receive().body, R"({"status":"recorded","sequence":1})");
  EXPECT_EQ(client.request("GET", "/v1/locations/L/associations/A").status, 200);
}

TEST(Connection, ReadsAChunkedBodyByteByByte) {
  RunningServer server;
  HttpClient client(server.port());
  trickle(client, raw_post("Transfer-Encoding: chunked\r\n", chunks(body, 5) + "0\r\n\r\n"));
  EXPECT_EQ(client.receive().body, R"({"status":"recorded","sequence":1})");
}

// The header was admitted, so nothing in it is held against the body.
TEST(Connection, ReadsAChunkedBodyBehindAnOddHeader) {
  RunningServer server;
  HttpClient client(server.port());
  client.send(raw_post("Connection: @@@\r\nTransfer-Encoding: chunked\r\n", chunks(body, 1000) + "0\r\n\r\n"));
  EXPECT_EQ(client.receive().body, R"({"status":"recorded","sequence":1})");
}

TEST(Connection, ReadsALongBodyAsItComes) {
  RunningServer server;
  HttpClient client(server.port());
  std::string numbers;
  for (int i = 0; i < 100'000; ++i) numbers += std::to_string(i);
  const std::string long_body = body.substr(0, body.size() - 1) + ",\"key\":\"" + numbers + "\"}";
  std::string_view rest = long_body;
  client.send(raw_post("Content-Length: " + std::to_string(rest.size()) + "\r\n", ""));
  for (; !rest.empty(); rest.remove_prefix(std::min<std::size_t>(rest.size(), 50'000))) client.send(rest.substr(0, 50'000));
  EXPECT_EQ(client.receive().status, 200);
  EXPECT_THAT(client.request("GET", "/v1/events/1").body, HasSubstr(numbers));
}

TEST(Connection, ReadsAChunkedEndInThreeSegments) {
  RunningServer server;
  HttpClient client(server.port());
  client.send(raw_post("Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n", ""));
  ASSERT_EQ(client.receive().status, 100);
  client.send(chunks(body, 1000));
  for (const char* const part : {"0\r\n", "\r", "\n"}) client.send(part);
  EXPECT_EQ(client.receive().body, R"({"status":"recorded","sequence":1})");
  EXPECT_EQ(client.request("GET", "/v1/events/1").status, 200);
}

TEST(Connection, TakesNoSignatureFromATrailer) {
  RunningServer server(test::ServiceOptions(), SignaturePolicy({}, UnsignedDeliveries::refuse));
  HttpClient client(server.port());
  client.send(raw_post("Transfer-Encoding: chunked\r\nTrailer: X-GHL-Signature\r\n", chunks(body, 1000) + "0\r\nX-GHL-Signature: QUJD\r\n\r\n"));
  const HttpResponse response = client.receive();
  EXPECT_EQ(response.status, 401);
  EXPECT_EQ(reason_of(response.body), "signature-missing");
}

TEST(Connection, InvitesTheBodyOfAClientThatWaitsForIt) {
  RunningServer server;
  HttpClient client(server.port());
  client.send(raw_post("Expect: 100-continue\r\nContent-Length: " + std::to_string(body.size()) + "\r\n", ""));
  EXPECT_EQ(client.receive().status, 100);
  client.send(body);
  EXPECT_EQ(client.receive().status, 200);
}

TEST(Connection, RefusesBeforeItInvitesTheBody) {
  RunningServer server;
  HttpClient client(server.port());
  client.send(raw_post("Expect: 100-continue\r\nContent-Length: 2000000\r\n", ""));
  EXPECT_EQ(client.receive().status, 413);
}

TEST(Connection, RefusesOtherExpectations) {
  RunningServer server;
  HttpClient client(server.port());
  client.send("GET /v1/locations HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n\r\n");
  const HttpResponse response = client.receive();
  EXPECT_EQ(response.status, 417);
  EXPECT_EQ(reason_of(response.body), "expectation-failed");
}

TEST(Connection, AnswersHeadWithTheHeadersOfGetAndNoBody) {
  RunningServer server;
  server.post_event("AssociationCreate", "L", "A");
  HttpClient client(server.port());
  for (const char* const target : {"/v1/locations", "/v1/events", "/v1/events/1", "/nothing", "/v1/locations?limit=0"}) {
    const HttpResponse get = client.request("GET", target);
    const HttpResponse head = client.request("HEAD", target);
    EXPECT_EQ(head.status, get.status) << target;
    EXPECT_EQ(head.headers, get.headers) << target;
    EXPECT_EQ(get.header("Content-Length"), std::to_string(get.body.size())) << target;
  }
}

TEST(Connection, RefusesAHeadWithoutABodyToo) {
  RunningServer server;
  for (const char* const request :
       {"HEAD /v1/locations HTTP/1.1\r\n\r\n", "HEAD * HTTP/1.1\r\nHost: a\r\n\r\n", "HEAD / HTTP/1.1\nHost: a\r\n\r\n"}) {
    HttpClient client(server.port());
    client.send(request);
    client.finish_sending();
    const std::string all = client.receive_until_closed();
    EXPECT_THAT(all, StartsWith("HTTP/1.1 400 ")) << request;
    EXPECT_THAT(all, ::testing::EndsWith("\r\n\r\n")) << request;
  }
}

TEST(Connection, ClosesBehindTheAnswerWhenAskedTo) {
  RunningServer server;
  HttpClient client(server.port());
  client.send("GET /v1/locations HTTP/1.1\r\nHost: a\r\nConnection: Keep-Alive, Close\r\n\r\n");
  const std::string all = client.receive_until_closed();
  EXPECT_THAT(all, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(all, HasSubstr("\r\nConnection: close\r\n"));
}

TEST(Connection, ClosesBehindAnAnswerToHttp10) {
  RunningServer server;
  HttpClient client(server.port());
  client.send("GET /v1/locations HTTP/1.0\r\n\r\n");
  EXPECT_THAT(client.receive_until_closed(), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST(Connection, RefusesWhatTheGateRefusesAndCloses) {
  RunningServer server;
  HttpClient client(server.port());
  client.send(raw_post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\nGET /v1/locations HTTP/1.1\r\nHost: a\r\n\r\n"));
  const HttpResponse response = client.receive();
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(reason_of(response.body), "invalid-framing");
  EXPECT_EQ(response.header("Connection"), "close");
  client.finish_sending();
  EXPECT_EQ(client.receive_until_closed(), "") << "the smuggled request was answered";
}

TEST(Connection, RefusesABareLineFeedAtOnce) {
  RunningServer server;
  HttpClient client(server.port());
  client.send("GET /v1/locations HTTP/1.1\nHost: a\n\n");
  EXPECT_EQ(reason_of(client.receive().body), "malformed-request");
}

TEST(Connection, RefusesBrokenChunksAndCloses) {
  test::ServiceOptions options;
  options.limits.body_timeout = std::chrono::hours(1);
  RunningServer server(options);
  for (const char* const broken : {"z", "0\n", "2;a=\"b\n", "2;a=\"b\r", "2;a=\x7f", "0\r\nA: b\r\n c", "0\r\nA: b\x01"}) {
    HttpClient client(server.port());
    client.send(raw_post("Transfer-Encoding: chunked\r\n", broken));
    const HttpResponse response = client.receive();
    EXPECT_EQ(response.status, 400) << broken;
    EXPECT_EQ(reason_of(response.body), "malformed-body") << broken;
    EXPECT_EQ(response.header("Connection"), "close") << broken;
    client.finish_sending();
    EXPECT_EQ(client.receive_until_closed(), "") << broken;
  }
}

TEST(Connection, LeavesQuietlyWhenTheClientDoes) {
  RunningServer server;
  {
    HttpClient within_header(server.port());
    within_header.send("GET /v1/loc");
    HttpClient within_body(server.port());
    within_body.send(raw_post("Content-Length: 100\r\n", "{"));
  }
  EXPECT_EQ(server.get("/v1/locations").status, 200);
  server.begin_drain();
  server.wait();
  std::size_t requests = 0;
  for (const test::LogLine& line : server.log().lines()) requests += line.event == "request" ? 1U : 0U;
  EXPECT_EQ(requests, 1U);
}

TEST(Connection, AnswersWhatTheApplicationSaysOfAnExceptionAndGoesOn) {
  struct Throwing final : server::Application {
    std::variant<server::Routed, server::Response> admit(const server::RequestHead& head) const override {
      return server::route_request(server::ops_routes(), head);
    }
    boost::asio::awaitable<server::Response> answer(server::Request&, ShortReader&) override { throw std::runtime_error("secret"); }
    server::Response failed(const server::Routed&) override { return server::problem(server::internal_error()); }
  };
  Throwing application;
  const server::Limits limits;
  const test::FakeClock clock;
  test::RecordingLog log;
  server::EventLoop loop;
  loop.set_reader(test::ModelEventStore(clock).open_short_reader().value());
  boost::asio::ip::tcp::acceptor acceptor(loop.context(), {boost::asio::ip::address_v4::loopback(), 0});
  HttpClient client(acceptor.local_endpoint().port());
  boost::asio::ip::tcp::socket socket = acceptor.accept();
  const server::ConnectionContext context{application, limits, clock, log};
  const auto serve = [&]() -> boost::asio::awaitable<void> {
    server::Connection connection(std::move(socket), context, loop);
    co_await connection.run();
  };
  boost::asio::co_spawn(loop.context(), serve(), boost::asio::detached);

  loop.start([] {});
  const HttpResponse first = client.request("GET", "/livez");
  const HttpResponse second = client.request("GET", "/livez");
  client.finish_sending();
  EXPECT_EQ(client.receive_until_closed(), "");
  loop.let_end();
  loop.join();

  EXPECT_EQ(first.status, 500);
  EXPECT_EQ(second.status, 500);
  EXPECT_EQ(reason_of(first.body), "internal-error");
  EXPECT_THAT(first.body, Not(HasSubstr("secret")));
  EXPECT_EQ(log.wait_for("request_failed").value().fields.at("reason"), "secret");
}

}  // namespace
}  // namespace ledger::connection_test
