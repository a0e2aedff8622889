// The service end to end: webhooks are recorded, associations are listed, deletions are found with SQL.
#include "tests/e2e/service.h"
#include "tests/support/http_client.h"
#include "tests/support/samples.h"
#include "tests/support/signing_key.h"
#include "tests/support/temp_directory.h"

#include "domain/base64.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <fstream>
#include <numeric>

namespace ledger::test::service_test {
namespace {

using testing::HasSubstr;
using testing::Not;

const HttpHeaders kJson = {{"Content-Type", "application/json"}};
const std::string kAssociations = "/v1/locations/eHy2cOSZxMQzQ6Yyvl8P/associations?status=all";

struct Sample {
  const char* file;
  const char* path;
};

/// The four documented deliveries. Those without `type` need the path to name the event.
const std::vector<Sample> kSamples = {{"association-create.json", "/webhooks/highlevel/AssociationCreate"},
                                      {"association-update.json", "/webhooks/highlevel/AssociationUpdate"},
                                      {"association-delete.json", "/webhooks/highlevel/AssociationDelete"},
                                      {"association-delete.enveloped.json", "/webhooks/highlevel"}};

TEST(ServiceTest, TheSampleDeletionIsRecordedShownAndAuditable) {
  const TempDirectory directory;
  const std::string database = directory.file("ledger.db");
  Service service(database);
  const HttpResponse recorded = fetch(service.port(), "POST", "/webhooks/highlevel", kJson, sample("association-delete.enveloped.json"));
  EXPECT_EQ(recorded.status, 200);
  EXPECT_EQ(recorded.body, R"({"status":"recorded","sequence":1})");

  const HttpResponse listed = fetch(service.port(), "GET", kAssociations);
  EXPECT_THAT(listed.body, HasSubstr(R"("status":"deleted")"));
  EXPECT_THAT(listed.body, HasSubstr(R"("deletedAt":"2026-11-07T12:46:45.953Z")"));

  // The sqlite3 shell, read-only, on the file of the running service.
  const ToolResult audited =
      run_tool("sqlite3", {"-readonly", database, "SELECT location_id, association_id, first_object_label, deleted_at, webhook_id FROM deletions"});
  EXPECT_EQ(audited.end.exit_code, 0) << audited.error;
  EXPECT_EQ(audited.out,
            "eHy2cOSZxMQzQ6Yyvl8P|67ade73d1119d2ac7ad0c475|Interested Buyer|2026-11-07T12:46:45.953Z|881b9415-5d35-4ff1-a667-0545b80b96c0\n");
  const HttpResponse next = fetch(service.port(), "POST", "/webhooks/highlevel/AssociationCreate", kJson, sample("association-create.json"));
  EXPECT_EQ(next.body, R"({"status":"recorded","sequence":2})") << "the reader does not block the writer";
}

// Three of the samples have no timestamp, so the times that come from recording may differ. Nothing else may.
TEST(ServiceTest, TheFourSamplesInEveryOrderLeaveTheSameState) {
  std::vector<std::size_t> order(kSamples.size());
  std::iota(order.begin(), order.end(), 0U);
  std::optional<std::string> first_state;
  do {
    const TempDirectory directory;
    Service service(directory.file("ledger.db"));
    for (const std::size_t i : order) {
      const HttpResponse answer = fetch(service.port(), "POST", kSamples[i].path, kJson, sample(kSamples[i].file));
      ASSERT_EQ(answer.status, 200) << answer.body;
    }
    boost::json::value state = boost::json::parse(fetch(service.port(), "GET", kAssociations).body);
    boost::json::object& association = state.at("associations").as_array().at(0).as_object();
    for (const char* moment : {"createdAt", "updatedAt"}) {
      EXPECT_TRUE(association.at(moment).is_string()) << moment;
      association.erase(moment);
    }
    const std::string text = boost::json::serialize(state);
    if (!first_state) first_state = text;
    ASSERT_EQ(text, *first_state) << "order " << testing::PrintToString(order);
  } while (std::next_permutation(order.begin(), order.end()));
  EXPECT_THAT(*first_state, HasSubstr(R"("deletedAt":"2026-11-07T12:46:45.953Z")"));
  EXPECT_THAT(*first_state, HasSubstr(R"("firstObjectToSecondObjectCardinality":"MANY_TO_MANY")"));
}

TEST(ServiceTest, OnlyAuthenticDeliveriesLeaveATrace) {
  const TempDirectory directory;
  const std::string database = directory.file("ledger.db");
  const SigningKey key = SigningKey::ed25519();
  std::ofstream(directory.file("key.pem")) << key.public_pem();
  const std::string body = sample("association-delete.enveloped.json");
  const auto post = [&](std::uint16_t port, const std::string& text, const std::string& signature) {
    HttpHeaders headers = kJson;
    if (!signature.empty()) headers.emplace_back("X-GHL-Signature", signature);
    return fetch(port, "POST", "/webhooks/highlevel", headers, text).status;
  };
  {
    Service service(database, {"--public-key", directory.file("key.pem"), "--public-key", "highlevel"});
    EXPECT_EQ(post(service.port(), body, ""), 401);
    EXPECT_EQ(post(service.port(), body, "N/A"), 401);
    EXPECT_EQ(post(service.port(), body, base64_encode(key.sign(body + " "))), 401);
    EXPECT_EQ(post(service.port(), body + " ", base64_encode(key.sign(body))), 401);
    EXPECT_EQ(post(service.port(), body, base64_encode(key.sign(body))), 200);
    EXPECT_EQ(post(service.port(), "{", base64_encode(key.sign("{"))), 202) << "authentic and undecodable: quarantined";
    const std::string contact = R"({"type":"ContactCreate","id":"c","locationId":"L"})";
    EXPECT_EQ(post(service.port(), contact, base64_encode(key.sign(contact))), 200) << "authentic, of a type that is not kept";
    service.signal(SIGTERM);
    EXPECT_EQ(service.wait().exit_code, 0);
    EXPECT_THAT(service.log(), Not(HasSubstr("Interested Buyer"))) << "a body in the log";
    EXPECT_THAT(service.log(), Not(HasSubstr(base64_encode(key.sign(body))))) << "a signature in the log";
    EXPECT_THAT(service.log(), HasSubstr("881b9415-5d35-4ff1-a667-0545b80b96c0")) << "operators find a delivery by its webhook id";
  }
  const ToolResult rows =
      run_tool("sqlite3", {"-readonly", database, "SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM quarantined_deliveries)"});
  EXPECT_EQ(rows.out, "1|1\n");
  const ToolResult verified = run_ledger({"verify", "--database", database, "--public-key", directory.file("key.pem")});
  EXPECT_EQ(verified.end.exit_code, 0) << verified.out << verified.error;
  EXPECT_THAT(verified.out, HasSubstr("signatures: 2 verified, 0 of unknown keys, 0 deliveries unsigned"));
}

TEST(ServiceTest, NeverWritesAWebhookSecretToItsLog) {
  const TempDirectory directory;
  const std::string secret = "first-secret-0123456789";
  const std::string next = "next_secret_0123456789";
  std::ofstream(directory.file("first")) << secret << "\n";
  std::ofstream(directory.file("next")) << next;
  Service service(directory.file("ledger.db"), {"--allow-unsigned", "--log-level", "debug", "--webhook-secret", directory.file("first"),
                                                "--webhook-secret", directory.file("next")});
  const std::string body = sample("association-delete.json");
  const auto post = [&](const std::string& target, const std::string& text) { return fetch(service.port(), "POST", target, kJson, text).status; };
  EXPECT_EQ(post("/webhooks/highlevel/" + secret + "/AssociationDelete", body), 200);
  EXPECT_EQ(post("/webhooks/highlevel/" + next, sample("association-delete.enveloped.json")), 200);
  EXPECT_EQ(post("/webhooks/highlevel/AssociationDelete", body), 404);
  EXPECT_EQ(post("/webhooks/highlevel/" + secret + "x/AssociationDelete", body), 404);
  EXPECT_EQ(post("/webhooks/highlevel/" + secret + "/AssociationDelete?token=" + secret, "{"), 400);
  EXPECT_EQ(post("/webhooks/highlevel/" + secret + "/AssociationDelete", std::string(2'000'000, ' ')), 413);
  EXPECT_EQ(post("/webhooks/" + secret + "/highlevel/AssociationDelete", body), 404);
  EXPECT_EQ(post("/" + next, body), 404);
  EXPECT_EQ(fetch(service.port(), "GET", "/webhooks/highlevel/" + secret, {}).status, 405);
  for (const std::string origin : {"", "http://a"}) {
    test::HttpClient malformed(service.port());
    std::string request = "POST ";
    request.append(origin)
        .append("/webhooks/highlevel/")
        .append(secret)
        .append("/AssociationDelete HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n");
    malformed.send(request);
    EXPECT_EQ(malformed.receive().status, 400);
  }
  service.signal(SIGTERM);
  EXPECT_EQ(service.wait().exit_code, 0);
  EXPECT_THAT(service.log(), HasSubstr("/webhooks/highlevel/{secret}/AssociationDelete"));
  EXPECT_THAT(service.log(), HasSubstr(R"("reason":"webhook-secret-wrong")"));
  for (const std::string& hidden : {secret, next}) EXPECT_THAT(service.log(), Not(HasSubstr(hidden)));
}

TEST(ServiceTest, QueriesAreAnsweredOnLoopbackListenersOnly) {
  const TempDirectory directory;
  const Service service(directory.file("ledger.db"), {"--listen", "0.0.0.0:0"});
  const HttpResponse refused = fetch(service.port(), "GET", "/v1/locations");
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(refused.body, HasSubstr("queries-need-loopback"));
}

TEST(ServiceTest, SaysWhetherItLivesAndIsReady) {
  const TempDirectory directory;
  const Service service(directory.file("ledger.db"));
  EXPECT_EQ(fetch(service.ops_port(), "GET", "/livez").status, 200);
  EXPECT_EQ(fetch(service.ops_port(), "GET", "/readyz").status, 200);
  EXPECT_EQ(fetch(service.port(), "GET", "/readyz").status, 404) << "operations have a listener of their own";
}

TEST(ServiceTest, AnswersAndEndsWhileNobodyReadsItsLog) {
  const TempDirectory directory;
  Service service(directory.file("ledger.db"));
  service.stop_reading_log();
  HttpClient client(service.port());
  // Each request makes a line of some 200 bytes: together they fill a pipe of 64 KiB several times.
  for (int request = 0; request < 2000; ++request) ASSERT_EQ(client.request("GET", "/v1/locations").status, 200) << request;
  service.signal(SIGTERM);
  EXPECT_EQ(service.wait(), (ProcessEnd{0, 0}));
}

}  // namespace
}  // namespace ledger::test::service_test
