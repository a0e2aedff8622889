// The examples of packaging/proxy/, between a client and the real service.
#include "tests/e2e/proxy.h"
#include "tests/e2e/service.h"
#include "tests/support/http_client.h"
#include "tests/support/samples.h"
#include "tests/support/signing_key.h"
#include "tests/support/temp_directory.h"

#include "domain/base64.h"
#include "domain/digest.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace ledger::test::proxy_test {
namespace {

using testing::AnyOf;
using testing::AnyOfArray;
using testing::Each;
using testing::ElementsAreArray;
using testing::SizeIs;

const HttpHeaders kJson = {{"Content-Type", "application/json"}};
const std::string kDelete = R"({"type":"AssociationDelete","locationId":"L","id":"a"})";
const std::vector<std::string> kWebhookPaths = {"/webhooks/highlevel", "/webhooks/highlevel/AssociationCreate",
                                                "/webhooks/highlevel/AssociationUpdate", "/webhooks/highlevel/AssociationDelete"};

/// The body in chunks of `chunk_bytes`.
std::string chunked_post(std::string_view target, std::string_view body, std::size_t chunk_bytes) {
  std::string text =
      "POST " + std::string(target) + " HTTP/1.1\r\nHost: ledger.test\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (; !body.empty(); body.remove_prefix(std::min(chunk_bytes, body.size()))) {
    const std::string_view chunk = body.substr(0, chunk_bytes);
    std::array<char, 20> size{};
    const auto end = std::to_chars(size.data(), size.data() + size.size(), chunk.size(), 16).ptr;
    text.append(size.data(), end).append("\r\n").append(chunk).append("\r\n");
  }
  return text.append("0\r\n\r\n");
}

HttpResponse exchange(std::uint16_t port, std::string_view request, HttpClient::Body body = HttpClient::Body::expected) {
  HttpClient client(port);
  client.send(request);
  return client.receive(body);
}

/// For answers that may have a body without Content-Length, as Caddy's own 400 has.
int status_of(std::uint16_t port, std::string_view request) {
  return exchange(port, request, HttpClient::Body::none).status;
}

/// `json` with white space behind it, `size` bytes in all.
std::string padded(std::string json, std::size_t size) {
  json.resize(size, ' ');
  return json;
}

class ProxyTest : public testing::TestWithParam<ProxyKind> {
 protected:
  [[nodiscard]] std::string database() const { return directory_.file("ledger.db"); }

  void serve(std::vector<std::string> more_arguments = {"--allow-unsigned"}) {
    more_arguments.insert(more_arguments.end(), {"--listen", ledger_port_.endpoint()});
    service_.emplace(database(), std::move(more_arguments));
  }

  HttpResponse post(const std::string& target, std::string_view body) { return fetch(proxy_.port(), "POST", target, kJson, body); }

  /// Ends the service, so that its log is complete, and returns one field of each request that it answered.
  std::vector<std::string> logged(const std::string& field) {
    service_->signal(SIGTERM);
    EXPECT_EQ(service_->wait(), (ProcessEnd{0, 0}));
    std::vector<std::string> values;
    std::istringstream log(service_->log());
    for (std::string line; std::getline(log, line);) {
      const boost::json::value entry = boost::json::parse(line);
      if (entry.at("event").as_string() == "request") values.emplace_back(entry.at(field).as_string());
    }
    return values;
  }

  TempDirectory directory_;
  ReservedPort ledger_port_;
  Proxy proxy_{GetParam(), ledger_port_.endpoint()};
  std::optional<Service> service_;
};

INSTANTIATE_TEST_SUITE_P(Real, ProxyTest, testing::Values(ProxyKind::nginx, ProxyKind::caddy),
                         [](const auto& parameter) { return to_string(parameter.param); });

TEST_P(ProxyTest, ASignedBodyArrivesByteForByte) {
  const SigningKey key = SigningKey::ed25519();
  std::ofstream(directory_.file("key.pem")) << key.public_pem();
  serve({"--public-key", directory_.file("key.pem")});
  const std::string body =
      "\r\n{ \"type\" :\t\"AssociationDelete\",\n\n  \"locationId\":\"L\", \"id\":\"\\u0061\",\"x\":\"\xc3\xa4 %2f + &amp;\" }\t \r\n\r\n";
  HttpHeaders headers = kJson;
  EXPECT_EQ(fetch(proxy_.port(), "POST", "/webhooks/highlevel", headers, body).status, 401);
  headers.emplace_back("X-GHL-Signature", base64_encode(key.sign(body)));
  const HttpResponse recorded = fetch(proxy_.port(), "POST", "/webhooks/highlevel", headers, body);
  EXPECT_EQ(recorded.status, 200) << recorded.body;
  EXPECT_EQ(recorded.body, R"({"status":"recorded","sequence":1})");
  const ToolResult row = run_tool("sqlite3", {"-readonly", database(), "SELECT body_sha256, body FROM events"});
  EXPECT_EQ(row.out, to_hex(sha256(body)) + "|" + body + "\n") << row.error;
}

TEST_P(ProxyTest, ForwardsTheFourPathsOfDeliveries) {
  serve();
  EXPECT_EQ(post("/webhooks/highlevel", sample("association-delete.enveloped.json")).status, 200);
  EXPECT_EQ(post("/webhooks/highlevel/AssociationCreate", sample("association-create.json")).status, 200);
  EXPECT_EQ(post("/webhooks/highlevel/AssociationUpdate", sample("association-update.json")).status, 200);
  EXPECT_EQ(post("/webhooks/highlevel/AssociationDelete", sample("association-delete.json")).status, 200);
  EXPECT_THAT(logged("path"), ElementsAreArray(kWebhookPaths));
}

TEST_P(ProxyTest, ChunkedBodiesArriveByteForByte) {
  serve();
  const std::string body = sample("association-delete.enveloped.json");
  const HttpResponse recorded = exchange(proxy_.port(), chunked_post("/webhooks/highlevel", body, 7));
  EXPECT_EQ(recorded.status, 200) << recorded.body;
  const ToolResult row = run_tool("sqlite3", {"-readonly", database(), "SELECT body_sha256 FROM events"});
  EXPECT_EQ(row.out, to_hex(sha256(body)) + "\n") << row.error;
}

TEST_P(ProxyTest, KeepsOneConnectionToTheLedger) {
  serve();
  for (int i = 0; i < 20; ++i) EXPECT_EQ(post("/webhooks/highlevel", kDelete).status, 200);
  const std::vector<std::string> peers = logged("peer");
  ASSERT_THAT(peers, SizeIs(20));
  EXPECT_THAT(peers, Each(peers.front()));
}

TEST_P(ProxyTest, LetsNoQueryThrough) {
  serve();
  EXPECT_EQ(post("/webhooks/highlevel", kDelete).status, 200);
  const std::vector<std::string> targets = {
      "/",
      "/livez",
      "/readyz",
      "/v1/locations",
      "//v1/locations",
      "/v1/events?after=0",
      "/%761/locations",
      "/./v1/locations",
      "/webhooks",
      "/webhooks/",
      "/webhooks/highlevel/",
      "/webhooks/highlevel/../../v1/locations",
      "/webhooks/highlevel/..%2f..%2fv1%2flocations",
      "/webhooks/highlevel/%2e%2e/%2e%2e/v1/locations",
      "/webhooks/highlevel/%2E%2E%2F%2E%2E%2Fv1%2Flocations",
      "/webhooks/highlevel/.%2e/..//v1/locations",
      "/webhooks/highlevel/..\\..\\v1\\locations",
      "/webhooks/highlevel/..;/..;/v1/locations",
      "/webhooks/highlevel%2f..%2f..%2fv1%2flocations",
      "/webhooks/highlevel/AssociationDelete/../../../v1/locations",
      "/webhooks/highlevel/%252e%252e/%252e%252e/v1/locations",
      "/webhooks/highlevel%00/../../v1/locations",
      "/webhooks/highlevel?/../../v1/locations",
      "/webhooks/highlevel%3f/../../v1/locations",
      "http://ledger.test/v1/locations",
      // Decoded and normalised, these are the paths of deliveries. The ledger must not see them as they were sent.
      "/v1/../webhooks/highlevel",
      "/v1/locations/..%2f..%2fwebhooks%2fhighlevel",
      "/v1/locations/L/..%2f..%2f..%2fwebhooks%2fhighlevel",
      "/v1/locations/L/associations/..%2f..%2f..%2f..%2fwebhooks%2fhighlevel",
      "/v1/locations/L/associations/a/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/webhooks/highlevel",
      "/v1/events/..%2f..%2fwebhooks%2fhighlevel%2fAssociationDelete",
      "/v1/locations/L/associations/..%2f..%2f..%2f..%2fwebhooks%2fhighlevel%2fAssociationDelete?limit=1",
      "/WEBHOOKS/../v1/..%2fwebhooks/HighLevel",
  };
  for (const std::string& target : targets) {
    // The ledger answers 400 or 405 if the proxy forwarded the request to the path of a delivery.
    EXPECT_THAT(status_of(proxy_.port(), "GET " + target + " HTTP/1.1\r\nHost: ledger.test\r\n\r\n"), AnyOf(400, 404, 405)) << target;
  }
  EXPECT_THAT(logged("path"), Each(AnyOfArray(kWebhookPaths)));
}

// A request inside the body of a delivery must not become a request on the connection to the ledger.
TEST_P(ProxyTest, LetsNoRequestHideInABody) {
  serve();
  const std::string hidden = "GET /v1/locations HTTP/1.1\r\nHost: ledger.test\r\n\r\n";
  const std::string body = "0\r\n\r\n" + hidden;  // Starts with what ends a chunked body.
  const std::string begin = "POST /webhooks/highlevel HTTP/1.1\r\nHost: ledger.test\r\nContent-Type: application/json\r\n";
  const std::string length = "Content-Length: " + std::to_string(body.size()) + "\r\n";
  const std::vector<std::string> framings = {length, length + "Transfer-Encoding: chunked\r\n", length + "Transfer-Encoding : chunked\r\n",
                                             length + "Transfer-Encoding: xchunked\r\n", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"};
  for (const std::string& framing : framings) {
    std::string request = begin;
    request.append(framing).append("\r\n").append(body);
    EXPECT_THAT(status_of(proxy_.port(), request), AnyOf(400, 501)) << framing;
  }
  EXPECT_THAT(logged("path"), Each("/webhooks/highlevel"));
}

TEST_P(ProxyTest, ABodyAboveTheLimitIs413) {
  constexpr std::size_t kLimit = std::size_t{1024} * 1024;
  serve();
  EXPECT_EQ(post("/webhooks/highlevel", padded(kDelete, kLimit)).status, 200);
  EXPECT_EQ(exchange(proxy_.port(), chunked_post("/webhooks/highlevel", padded(kDelete, kLimit), 50'000)).status, 200);
  EXPECT_EQ(post("/webhooks/highlevel", padded(kDelete, kLimit + 1)).status, 413);
  EXPECT_EQ(exchange(proxy_.port(), chunked_post("/webhooks/highlevel", padded(kDelete, kLimit + 1), 50'000)).status, 413);
}

TEST_P(ProxyTest, AnswersBadGatewayWhileTheLedgerIsDown) {
  EXPECT_EQ(post("/webhooks/highlevel", kDelete).status, 502) << "never started";
  serve();
  EXPECT_EQ(post("/webhooks/highlevel", kDelete).status, 200);
  service_->signal(SIGKILL);
  EXPECT_EQ(service_->wait(), (ProcessEnd{-1, SIGKILL}));
  EXPECT_EQ(post("/webhooks/highlevel", kDelete).status, 502) << "killed";
  serve();
  EXPECT_EQ(post("/webhooks/highlevel", kDelete).body, R"({"status":"duplicate","sequence":1})");
}

}  // namespace
}  // namespace ledger::test::proxy_test
