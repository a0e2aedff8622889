// The server as the executable sees it: start, ports, log, drain.
#include "server/server.h"

#include "domain/base64.h"
#include "tests/server/running_server.h"
#include "tests/support/signing_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <pthread.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace ledger::server_test {
namespace {

using namespace std::chrono_literals;
using test::fetch;
using test::HttpClient;
using test::HttpHeaders;
using test::HttpResponse;
using test::LogLine;
using test::RunningServer;
using ::testing::HasSubstr;

constexpr std::string_view append_request =
    "POST /webhooks/highlevel/AssociationCreate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 29\r\n\r\n"
    R"({"id":"A","locationId":"L1"} )";

TEST(Server, NamesTheAddressThatItCannotHave) {
  RunningServer first;
  test::ServiceOptions options;
  options.listen.port = first.port();
  test::TestServer second(options);
  const Result<void> started = second.start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().reason, "listen-failed");
  EXPECT_THAT(started.error().detail, HasSubstr("127.0.0.1:" + std::to_string(first.port())));
}

/// The stack that threads get from now on; what they got before.
std::size_t set_stack_bytes(std::size_t bytes) {
  pthread_attr_t attributes;
  std::size_t before = 0;
  EXPECT_EQ(pthread_getattr_default_np(&attributes), 0);
  EXPECT_EQ(pthread_attr_getstacksize(&attributes, &before), 0);
  EXPECT_EQ(pthread_attr_setstacksize(&attributes, bytes), 0);
  EXPECT_EQ(pthread_setattr_default_np(&attributes), 0);
  pthread_attr_destroy(&attributes);
  return before;
}

/// While it lives, no thread can be made: there is no room for its stack.
class NoThreads {
 public:
  NoThreads() = default;
  NoThreads(const NoThreads&) = delete;
  NoThreads& operator=(const NoThreads&) = delete;
  ~NoThreads() { set_stack_bytes(before_); }

 private:
  const std::size_t before_ = set_stack_bytes(std::size_t{1} << 50U);
};

TEST(Server, DrainsNothingWhereNoThreadWasToBeHad) {
  test::ServiceOptions options;
  options.server.drain_timeout = 1h;
  const NoThreads no_threads;
  test::TestServer server(options);
  EXPECT_THROW(static_cast<void>(server.start()), std::system_error);
}

TEST(Server, RecordsASignedDeliveryWhateverItsContentType) {
  const test::SigningKey key = test::SigningKey::ed25519();
  std::vector<PublicKey> keys;
  keys.push_back(PublicKey::from_pem(key.public_pem()).value());
  RunningServer server(test::ServiceOptions{}, SignaturePolicy(std::move(keys), UnsignedDeliveries::refuse));
  const std::string body = test::event_body("AssociationDelete", "L", "A");
  const std::string signature = base64_encode(key.sign(body));
  for (const HttpHeaders& headers : {HttpHeaders{}, HttpHeaders{{"Content-Type", "text/plain;charset=UTF-8"}}, HttpHeaders{{"Content-Type", ""}},
                                     HttpHeaders{{"Content-Type", "a/b"}, {"Content-Type", "c/d"}}}) {
    HttpHeaders all = headers;
    all.emplace_back("X-GHL-Signature", signature);
    EXPECT_EQ(fetch(server.port(), "POST", test::webhook_path, all, body).status, 200) << headers.size();
  }
  EXPECT_EQ(server.get("/v1/locations/L/deletions").status, 200);
}

TEST(Server, CountsDeliveriesThatNoHandlerSees) {
  test::ServiceOptions options;
  options.limits.body_bytes_max = 10;
  RunningServer server(options);
  const std::string target = "/webhooks/highlevel?x";
  const std::string begin = "POST " + target + " HTTP/1.1\r\n";
  for (const std::string& request :
       {begin + "Content-Length: 1\r\n\r\n", begin + "Host: a\r\nContent-Length: 11\r\n\r\n", begin + "Host: a\r\nX: " + std::string(20'000, 'x'),
        begin + "Host: a\r\nTransfer-Encoding: chunked\r\n\r\nz", begin + "Host: a\n"}) {
    HttpClient client(server.port());
    client.send(request);
    EXPECT_GE(client.receive().status, 400) << request.substr(0, 100);
  }
  EXPECT_THAT(fetch(server.ops_port(), "GET", "/readyz?verbose").body,
              HasSubstr(R"("refusedByReason":{"body-too-large":1,"header-too-large":1,"invalid-host":1,"malformed-body":1,"malformed-request":1})"));
  EXPECT_EQ(server.log().wait_for("webhooks_refused").value().fields.at("path"), "/webhooks/highlevel");
}

TEST(Server, SaysWhereItListens) {
  RunningServer server;
  EXPECT_EQ(server.log().wait_for("listening", 1)->fields.at("port"), std::to_string(server.port()));
  EXPECT_EQ(server.log().wait_for("listening", 2)->fields.at("port"), std::to_string(server.ops_port()));
}

TEST(Server, KeepsOperationsAndApiApart) {
  RunningServer server;
  EXPECT_EQ(fetch(server.ops_port(), "GET", "/livez").status, 200);
  EXPECT_EQ(fetch(server.ops_port(), "GET", "/v1/locations").status, 404);
  EXPECT_EQ(fetch(server.ops_port(), "POST", test::webhook_path, test::json_type, "{}").status, 404);
  EXPECT_EQ(server.get("/livez").status, 404);
  EXPECT_EQ(server.get("/readyz").status, 404);
}

TEST(Server, ServesFromManyThreads) {
  test::ServiceOptions options;
  options.server.threads = 4;
  RunningServer server(options);
  std::vector<std::thread> clients;
  clients.reserve(8);
  std::atomic<int> recorded{0};
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([&server, &recorded, i] {
      HttpClient client(server.port());
      for (int j = 0; j < 25; ++j) {
        const std::string id = std::to_string(i) + "-" + std::to_string(j);
        const HttpResponse response = client.request("POST", test::webhook_path, test::json_type, test::event_body("AssociationCreate", "L", id));
        if (response.status == 200) ++recorded;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(recorded, 200);
  EXPECT_THAT(server.get("/v1/events?after=199").body, HasSubstr("\"lastSequence\":200"));
}

TEST(Server, AsksForADeliveryAgainThatItHadNoMemoryFor) {
  RunningServer server;
  server.store().throw_out_of_memory();
  const HttpResponse refused = server.post_event("AssociationCreate", "L", "A");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(test::reason_of(refused.body), "internal-error");
  EXPECT_EQ(refused.header("Retry-After"), "5");
  EXPECT_EQ(server.get("/v1/locations").status, 500) << "who asks may ask again without being told to";
  EXPECT_THAT(fetch(server.ops_port(), "GET", "/readyz?verbose").body, HasSubstr("\"refused\":1"));

  server.store().heal();
  EXPECT_EQ(server.post_event("AssociationCreate", "L", "A").status, 200);
}

TEST(Server, LogsAWebhookWithAllThatFollowsADelivery) {
  RunningServer server;
  const std::string body = R"({"type":"AssociationDelete","id":"A","locationId":"L","webhookId":"w-1","traceId":"t-1","secret":"do not log"})";
  ASSERT_EQ(fetch(server.port(), "POST", "/webhooks/highlevel/AssociationDelete", test::json_type, body).status, 200);
  const LogLine line = server.log().wait_for("request").value();
  EXPECT_EQ(line.fields.at("method"), "POST");
  EXPECT_EQ(line.fields.at("path"), "/webhooks/highlevel/AssociationDelete");
  EXPECT_EQ(line.fields.at("route"), "/webhooks/highlevel/{event}");
  EXPECT_EQ(line.fields.at("status"), "200");
  EXPECT_EQ(line.fields.at("outcome"), "recorded");
  EXPECT_EQ(line.fields.at("reason"), "");
  EXPECT_EQ(line.fields.at("webhook_event"), "AssociationDelete");
  EXPECT_EQ(line.fields.at("location_id"), "L");
  EXPECT_EQ(line.fields.at("association_id"), "A");
  EXPECT_EQ(line.fields.at("webhook_id"), "w-1");
  EXPECT_EQ(line.fields.at("trace_id"), "t-1");
  EXPECT_EQ(line.fields.at("sequence"), "1");
  EXPECT_THAT(line.fields.at("peer"), HasSubstr("127.0.0.1:"));
  EXPECT_GE(std::stol(line.fields.at("duration_us")), 0);
  for (const auto& [name, value] : line.fields) EXPECT_EQ(value.find("secret"), std::string::npos) << name;
}

TEST(Server, LogsAnEventThatNobodyDocumentsAsAWarning) {
  RunningServer server;
  ASSERT_EQ(fetch(server.port(), "POST", "/webhooks/highlevel", test::json_type, R"({"type":"SomethingNew"})").status, 200);
  const LogLine line = server.log().wait_for("request").value();
  EXPECT_EQ(line.level, LogLevel::warning);
  EXPECT_EQ(line.fields.at("outcome"), "ignored");
  EXPECT_EQ(line.fields.at("webhook_event"), "SomethingNew");
}

TEST(Server, LogsTheReasonOfARefusalAndNeverTheQueryString) {
  RunningServer server;
  EXPECT_EQ(server.get("/v1/locations?token=secret").status, 400);
  const LogLine line = server.log().wait_for("request").value();
  EXPECT_EQ(line.fields.at("path"), "/v1/locations");
  EXPECT_EQ(line.fields.at("reason"), "unknown-parameter");
  for (const auto& [name, value] : line.fields) EXPECT_EQ(value.find("secret"), std::string::npos) << name;
}

TEST(Server, LogsTheSizeOfWhatItSent) {
  RunningServer server;
  HttpClient client(server.port());
  client.send("GET /v1/locations HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const std::string all = client.receive_until_closed();
  EXPECT_EQ(server.log().wait_for("request")->fields.at("bytes"), std::to_string(all.size()));
}

TEST(Drain, AnswersWhatIsInFlightAndClosesBehindIt) {
  RunningServer server;
  server.store().hold();
  HttpClient client(server.port());
  client.send(append_request);
  server.store().wait_for_held(1);
  server.begin_drain();
  server.store().release();
  const HttpResponse response = client.receive();
  EXPECT_EQ(response.body, R"({"status":"recorded","sequence":1})");
  EXPECT_EQ(response.header("Connection"), "close");
  client.finish_sending();
  EXPECT_EQ(client.receive_until_closed(), "");
  server.wait();
  EXPECT_EQ(server.log().wait_for("drained")->fields.at("connections_cut"), "0");
}

TEST(Drain, ReadsOnWhatHasBegunToArrive) {
  RunningServer server;
  HttpClient client(server.port());
  // The first answer proves that the connection lives; the second request is then half sent.
  ASSERT_EQ(client.request("GET", "/v1/locations").status, 200);
  client.send(append_request.substr(0, 40));
  server.begin_drain();
  ASSERT_TRUE(server.log().wait_for("drain_started"));
  client.send(append_request.substr(40));
  const HttpResponse response = client.receive();
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.header("Connection"), "close");
}

TEST(Drain, ClosesIdleConnectionsAndRefusesNewOnes) {
  RunningServer server;
  HttpClient idle(server.port());
  ASSERT_EQ(idle.request("GET", "/v1/locations").status, 200);
  HttpClient fresh(server.port());
  const std::uint16_t port = server.port();
  server.begin_drain();
  EXPECT_EQ(idle.receive_until_closed(), "");
  EXPECT_EQ(fresh.receive_until_closed(), "");
  server.wait();
  EXPECT_THROW(HttpClient{port}, std::runtime_error);
}

TEST(Drain, CutsWhatIsLeftAtTheDeadline) {
  test::ServiceOptions options;
  options.server.drain_timeout = 50ms;
  RunningServer server(options);
  server.store().hold();
  HttpClient client(server.port());
  client.send(append_request);
  server.store().wait_for_held(1);
  server.begin_drain();
  server.wait();
  EXPECT_EQ(server.log().wait_for("drained")->fields.at("connections_cut"), "1");
  // As the store does when it is closed behind the server: the callback finds nobody.
  server.store().release();
}

TEST(Drain, FailsReadinessAtOnceForProbesThatAreConnected) {
  RunningServer server;
  server.store().hold();
  HttpClient busy(server.port());
  busy.send(append_request);
  server.store().wait_for_held(1);
  HttpClient probe(server.ops_port());
  ASSERT_EQ(probe.request("GET", "/readyz").status, 200);
  probe.send("GET /readyz HTTP/1.1\r\nHost:");
  server.begin_drain();
  probe.send(" a\r\n\r\n");
  EXPECT_EQ(probe.receive().status, 503);
  server.store().release();
  EXPECT_EQ(busy.receive().status, 200);
}

// The loops can have ended before anybody waits for them.
TEST(Drain, IsReportedHoweverFastItWas) {
  for (int round = 0; round < 30; ++round) {
    RunningServer server;
    HttpClient idle(server.port());
    server.begin_drain();
    EXPECT_EQ(idle.receive_until_closed(), "");
    server.wait();
    ASSERT_EQ(server.log().lines().back().event, "drained") << round;
  }
}

TEST(Drain, IsOverAtOnceWhenNothingWasStarted) {
  test::TestServer server;
  server.wait();
  SUCCEED();
}

}  // namespace
}  // namespace ledger::server_test
