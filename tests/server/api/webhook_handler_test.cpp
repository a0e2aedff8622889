// The table of answers to a delivery, line by line.
#include "server/api/webhook_handler.h"

#include "domain/base64.h"
#include "tests/server/api/api_fixture.h"
#include "tests/server/http/problem_reading.h"
#include "tests/support/samples.h"
#include "tests/support/signing_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace ledger::webhook_handler_test {
namespace {

using namespace std::chrono_literals;
using server::RequestHead;
using server::Response;
using test::ApiFixture;
using test::header_of;
using test::note;
using test::post_head;
using test::reason_of;
using ::testing::HasSubstr;

constexpr const char* create = R"({"type":"AssociationCreate","locationId":"L","id":"A","webhookId":"w","traceId":"t"})";

/// A ledger that takes nothing unsigned, and the key that it trusts.
struct SignedFixture {
  test::SigningKey key = test::SigningKey::ed25519();
  ApiFixture api{{}, trusting(key)};

  static SignaturePolicy trusting(const test::SigningKey& key) {
    std::vector<PublicKey> keys;
    keys.push_back(PublicKey::from_pem(key.public_pem()).value());
    return {std::move(keys), UnsignedDeliveries::refuse};
  }

  Response post_signed(std::string body, std::string_view target = "/webhooks/highlevel") {
    RequestHead head = post_head(target);
    head.signatures.ed25519.push_back(base64_encode(key.sign(body)));
    return api.api_client.ask(std::move(head), std::move(body));
  }
};

TEST(WebhookHandler, RecordsADelivery) {
  ApiFixture api;
  const Response response = api.api_client.post(create);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, R"({"status":"recorded","sequence":1})");
  EXPECT_EQ(api.counters.recorded, 1U);
  EXPECT_EQ(note(response, "outcome"), "recorded");
  EXPECT_EQ(note(response, "webhook_event"), "AssociationCreate");
  EXPECT_EQ(note(response, "location_id"), "L");
  EXPECT_EQ(note(response, "association_id"), "A");
  EXPECT_EQ(note(response, "webhook_id"), "w");
  EXPECT_EQ(note(response, "trace_id"), "t");
  EXPECT_EQ(note(response, "sequence"), "1");
}

TEST(WebhookHandler, CountsRecordedEventsByTheirFlags) {
  ApiFixture api;
  const auto count = [&api](EventFlag flag) {
    const auto at = std::find(kEventFlags.begin(), kEventFlags.end(), flag) - kEventFlags.begin();
    return api.counters.flagged[static_cast<std::size_t>(at)].load();
  };
  for (int i = 0; i < 3; ++i) api.api_client.post(R"({"type":"association.updated","locationId":"L","id":"A"})");
  EXPECT_EQ(count(EventFlag::kind_respelled), 3U);
  EXPECT_EQ(count(EventFlag::repeat), 2U);
  EXPECT_EQ(count(EventFlag::ahead), 0U);
  for (int i = 0; i < 2; ++i) api.api_client.post(R"({"type":"association.deleted","locationId":"L","id":"A"})");
  EXPECT_EQ(count(EventFlag::kind_respelled), 4U) << "a duplicate is not recorded";
}

TEST(WebhookHandler, RecognisesADuplicate) {
  ApiFixture api;
  api.api_client.post(create);
  const Response response = api.api_client.post(create);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, R"({"status":"duplicate","sequence":1})");
  EXPECT_EQ(api.counters.duplicate, 1U);
  EXPECT_EQ(note(response, "outcome"), "duplicate");
}

TEST(WebhookHandler, TakesTheEventFromThePathWhereTheBodyHasNone) {
  ApiFixture api;
  const Response response = api.api_client.post(test::sample("association-delete.json"), "/webhooks/highlevel/AssociationDelete");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(note(response, "webhook_event"), "AssociationDelete");
}

TEST(WebhookHandler, KeepsTheBytesAsTheyCame) {
  SignedFixture ledger;
  const std::string body = " { \"id\" : \"A\", \"locationId\":\"\\u004c\" , \"x\" : 1.0e0}\n";
  ASSERT_EQ(ledger.post_signed(body, "/webhooks/highlevel/AssociationUpdate").status, 200);
  Result<RecordedEvent> event = Error{};
  ledger.api.model.find_event(Sequence(1), [&](Result<RecordedEvent> found) { event = std::move(found); });
  ASSERT_TRUE(event);
  EXPECT_EQ(event->delivery.body, body);
  EXPECT_EQ(event->delivery.body_sha256, sha256(body));
  EXPECT_EQ(event->delivery.signature->value, ledger.key.sign(body));
  EXPECT_EQ(event->delivery.signature->key_id, PublicKey::from_pem(ledger.key.public_pem())->id());
}

TEST(WebhookHandler, RecordsAnEventThatIsSpelledInAnotherWay) {
  SignedFixture ledger;
  const std::string body = R"({"type":"AssociationDeleted","id":"a","locationId":"L","webhookId":"w"})";
  EXPECT_EQ(ledger.post_signed(body, "/webhooks/highlevel/AssociationDelete").body, R"({"status":"recorded","sequence":1})");
  EXPECT_EQ(ledger.post_signed(body).body, R"({"status":"duplicate","sequence":1})");
}

TEST(WebhookHandler, ReadsThePathAsItReadsTheType) {
  SignedFixture ledger;
  const Response response = ledger.post_signed(test::sample("association-delete.json"), "/webhooks/highlevel/associationdelete");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, R"({"status":"recorded","sequence":1})");
}

TEST(WebhookHandler, RecordsADeleteOfWhichOnlyTheIdsCanBeRead) {
  SignedFixture ledger;
  const std::string body =
      R"({"type":"AssociationDelete","id":"a","locationId":"L","timestamp":"soon","webhookId":7,"firstObjectLabel":{},"x":"\ud83d"})";
  EXPECT_EQ(ledger.post_signed(body).body, R"({"status":"recorded","sequence":1})");
}

TEST(WebhookHandler, QuarantinesAnEventThatItDoesNotKnowOnAPathThatNamesOne) {
  SignedFixture ledger;
  const std::string body = R"({"type":"SomethingNew","id":"a","locationId":"L"})";
  EXPECT_EQ(ledger.post_signed(body, "/webhooks/highlevel/AssociationDelete").body,
            R"({"status":"quarantined","quarantineId":1,"reason":"event-unknown"})");
  EXPECT_EQ(ledger.post_signed(body).body, R"({"status":"ignored","event":"SomethingNew"})");
}

TEST(WebhookHandler, QuarantinesABodyOfWhichNothingNamesTheEvent) {
  SignedFixture ledger;
  EXPECT_EQ(ledger.post_signed(test::sample("association-update.json")).body,
            R"({"status":"quarantined","quarantineId":1,"reason":"event-unknown"})");
}

// The ledger answered "ignored" and kept nothing.
TEST(WebhookHandler, RecordsRelationsAndInstalls) {
  ApiFixture api;
  EXPECT_EQ(api.api_client.post(test::sample("install.json")).body, R"({"status":"recorded","sequence":1})");
  const Response relation = api.api_client.post(test::sample("relation-create.json"), "/webhooks/highlevel/RelationCreate");
  EXPECT_EQ(relation.body, R"({"status":"recorded","sequence":2})");
  EXPECT_EQ(note(relation, "relation_id"), "67ae0d741119d218c9d0c477");
  EXPECT_EQ(api.api_client.post(R"({"id":"r","locationId":"L"})", "/webhooks/highlevel/RelationDelete").body,
            R"({"status":"recorded","sequence":3})");
  EXPECT_EQ(api.api_client.post(R"({"locationId":"L"})", "/webhooks/highlevel/INSTALL").body, R"({"status":"recorded","sequence":4})");
  EXPECT_EQ(api.api_client.post(R"({"locationId":"L"})", "/webhooks/highlevel/UNINSTALL").body, R"({"status":"recorded","sequence":5})");
  EXPECT_EQ(api.counters.ignored, 0U);
}

TEST(WebhookHandler, IgnoresAnInstallForAnAgency) {
  ApiFixture api;
  EXPECT_EQ(api.api_client.post(R"({"type":"INSTALL","companyId":"C"})").body, R"({"status":"ignored","event":"INSTALL"})");
  EXPECT_EQ(api.counters.recorded, 0U);
}

TEST(WebhookHandler, IgnoresOtherKindsOfEvent) {
  ApiFixture api;
  const Response response = api.api_client.post(R"({"type":"ContactCreate","id":"c","locationId":"L"})");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, R"({"status":"ignored","event":"ContactCreate"})");
  EXPECT_EQ(api.counters.ignored, 1U);
  EXPECT_EQ(api.model.health().last_sequence, Sequence(0));
  EXPECT_EQ(note(response, "outcome"), "ignored");
}

TEST(WebhookHandler, CountsWhatItIgnoresByType) {
  ApiFixture api;
  const auto ignore = [&api](const std::string& type) { api.api_client.post(R"({"type":")" + type + "\"}"); };
  ignore("ContactCreate");
  ignore("ContactCreate");
  const std::string long_name(server::IgnoredTypes::kTypeBytesMax + 1, 'x');
  ignore(long_name);
  for (std::size_t i = 0; i <= server::IgnoredTypes::kTypesMax; ++i) ignore("New" + std::to_string(i));
  const server::IgnoredTypes::Totals totals = api.counters.ignored_types.totals();
  EXPECT_EQ(totals.at("ContactCreate"), 2U);
  EXPECT_EQ(totals.size(), server::IgnoredTypes::kTypesMax) << "the others are counted together";
  EXPECT_EQ(totals.at("other"), 4U);
}

TEST(WebhookHandler, WarnsOnceOfATypeThatNobodyDocuments) {
  ApiFixture api;
  const auto warns = [&api](std::string type) { return api.api_client.post(R"({"type":")" + std::move(type) + "\"}").is_warning; };
  EXPECT_TRUE(warns("SomethingNew"));
  EXPECT_FALSE(warns("SomethingNew"));
  EXPECT_FALSE(warns("ContactCreate"));
  for (std::size_t i = 0; i < server::FirstSight::kMax; ++i) EXPECT_TRUE(warns("New" + std::to_string(i)));
  EXPECT_TRUE(warns("SomethingNew")) << "what is remembered is bounded";
}

TEST(WebhookHandler, WarnsOnceOfAForeignEventOnAPathThatNamesOneOfOurs) {
  ApiFixture api;
  const auto ask = [&api] { return api.api_client.post(R"({"type":"ContactCreate"})", "/webhooks/highlevel/AssociationDelete"); };
  EXPECT_EQ(ask().body, R"({"status":"ignored","event":"ContactCreate"})");
  EXPECT_FALSE(ask().is_warning);
  EXPECT_TRUE(api.api_client.post(R"({"type":"NoteCreate"})", "/webhooks/highlevel/AssociationDelete").is_warning);
}

TEST(WebhookHandler, WarnsOnceOfATypeThatItQuarantines) {
  SignedFixture ledger;
  const auto post = [&ledger](const char* id) {
    return ledger.post_signed(R"({"type":"AssociationMerged","locationId":"L","id":")" + std::string(id) + "\"}");
  };
  const Response first = post("a");
  EXPECT_TRUE(first.is_warning);
  EXPECT_EQ(note(first, "webhook_event"), "AssociationMerged");
  EXPECT_EQ(note(first, "quarantine_id"), "1");
  EXPECT_FALSE(post("b").is_warning);
  EXPECT_TRUE(ledger.post_signed("[]").is_warning) << "for another reason";
  EXPECT_FALSE(ledger.post_signed("[1]").is_warning);
}

TEST(WebhookHandler, RefusesTheUnsignedAndLeavesNoTrace) {
  SignedFixture ledger;
  const Response response = ledger.api.api_client.post(create);
  EXPECT_EQ(response.status, 401);
  EXPECT_EQ(reason_of(response.body), "signature-missing");
  EXPECT_EQ(header_of(response, "WWW-Authenticate"), "HighLevel-Signature");
  EXPECT_EQ(ledger.api.counters.unauthenticated, 1U);
  EXPECT_EQ(ledger.api.model.health().last_sequence, Sequence(0));
}

TEST(WebhookHandler, RefusesAWrongAndAMalformedSignature) {
  SignedFixture ledger;
  RequestHead wrong = post_head();
  wrong.signatures.ed25519.push_back(base64_encode(ledger.key.sign("another body")));
  EXPECT_EQ(reason_of(ledger.api.api_client.ask(std::move(wrong), create).body), "signature-wrong");
  RequestHead malformed = post_head();
  malformed.signatures.ed25519.emplace_back("%%%");
  EXPECT_EQ(reason_of(ledger.api.api_client.ask(std::move(malformed), create).body), "signature-malformed");
}

// "Signature over the raw bytes before anything is parsed."
TEST(WebhookHandler, JudgesTheSignatureBeforeTheBody) {
  SignedFixture ledger;
  EXPECT_EQ(ledger.api.api_client.post("{not json").status, 401);
  EXPECT_EQ(ledger.api.api_client.post("").status, 401);
}

TEST(WebhookHandler, QuarantinesWhatIsSignedButUndecodable) {
  SignedFixture ledger;
  const Response response = ledger.post_signed("{not json");
  EXPECT_EQ(response.status, 202);
  EXPECT_EQ(response.body, R"({"status":"quarantined","quarantineId":1,"reason":"malformed-json"})");
  EXPECT_EQ(note(response, "outcome"), "quarantined");
  EXPECT_EQ(response.reason, "malformed-json");
  EXPECT_EQ(ledger.api.counters.quarantined, 1U);
}

TEST(WebhookHandler, NamesEveryFaultOfAnUnsignedUndecodableBody) {
  ApiFixture api;
  const Response response = api.api_client.post(R"({"type":"AssociationCreate","id":7})");
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_THAT(response.body, HasSubstr(R"("errors":[{"pointer":")"));
  EXPECT_THAT(response.body, HasSubstr(R"("pointer":"/id","reason":"wrong-type")"));
  EXPECT_THAT(response.body, HasSubstr(R"("pointer":"/locationId","reason":"missing-field")"));
  EXPECT_EQ(api.counters.undecodable, 1U);
}

TEST(WebhookHandler, GivesEachBadBodyAReasonOfItsOwn) {
  ApiFixture api;
  const std::string rest = R"(,"locationId":"L","type":"AssociationCreate"})";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "empty-body"},
      {"nonsense", "not-an-object"},
      {"{\"id\"", "malformed-json"},
      {"[]", "not-an-object"},
      {"7", "not-an-object"},
      {"{\"id\":\"\xff\"" + rest, "invalid-utf8"},
      {"{\"id\":\"a\",\"id\":\"a\"" + rest, "duplicate-key"},
      {"{\"id\":7" + rest, "wrong-type"},
      {"{\"x\":7" + rest, "missing-field"},
      {"{\"id\":\"a\",\"type\":\"AssociationCreate\"}", "missing-field"},
      {"{\"id\":\"\"" + rest, "invalid-id"},
      {"{\"id\":\"" + std::string(10'000, 'a') + "\"" + rest, "invalid-id"},
      {"{\"id\":\"a\\u0000\"" + rest, "invalid-character"},
      {"{\"id\":\"a\",\"locationId\":\"L\"}", "event-unknown"},
  };
  for (const auto& [body, reason] : cases) {
    const Response response = api.api_client.post(body);
    EXPECT_EQ(response.status, 400) << reason;
    EXPECT_EQ(reason_of(response.body), reason) << body.substr(0, 80);
  }
  EXPECT_EQ(api.counters.undecodable, cases.size());
}

TEST(WebhookHandler, KnowsTheEventsThatAPathCanName) {
  ApiFixture api;
  const Response response = api.api_client.post(create, "/webhooks/highlevel/ContactCreate");
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(reason_of(response.body), "unknown-event");
  EXPECT_THAT(response.body, HasSubstr("AssociationDelete, RelationCreate, RelationDelete, INSTALL and UNINSTALL"));
}

constexpr const char* documented_body = R"({"locationId":"L","id":"A"})";

TEST(WebhookHandler, ToleratesSlashesAndAQueryInItsPath) {
  SignedFixture ledger;
  for (const char* const target :
       {"/webhooks/highlevel/AssociationDelete/", "//webhooks/highlevel/AssociationDelete", "/webhooks//highlevel///AssociationDelete//",
        "/webhooks/highlevel/AssociationDelete?token=x", "/webhooks/highlevel/AssociationDelete/?token=x&token=%zz&=", "/webhooks/highlevel/?x"}) {
    const std::string body = R"({"type":"AssociationDelete","locationId":"L","id":")" + std::string(target) + "\"}";
    EXPECT_EQ(ledger.post_signed(body, target).status, 200) << target;
  }
  EXPECT_EQ(ledger.api.counters.recorded, 6U);
  const Response response = ledger.post_signed(documented_body, "//webhooks/highlevel/AssociationDelete/?token=x");
  EXPECT_EQ(note(response, "webhook_event"), "AssociationDelete");
  for (const char* const target : {"/webhooks/highlevel/AssociationDelete/x", "/webhooks", "/webhooks/highlevel/AssociationDelete/..",
                                   "/webhooks/highlevel/AssociationDelete%2f", "/webhooks/./highlevel"}) {
    EXPECT_EQ(ledger.post_signed(documented_body, target).status, 404) << target;
  }
}

TEST(WebhookHandler, ComparesTheEventInThePathWithoutRegardToCase) {
  SignedFixture ledger;
  for (const char* const event : {"associationdelete", "ASSOCIATIONDELETE", "associationDelete"}) {
    const Response response = ledger.post_signed(documented_body, "/webhooks/highlevel/" + std::string(event));
    EXPECT_EQ(response.status, 200) << event;
    EXPECT_EQ(note(response, "webhook_event"), "AssociationDelete") << event;
  }
}

TEST(WebhookHandler, TakesNoCompressedBody) {
  ApiFixture api;
  RequestHead compressed = post_head();
  compressed.content_encoding = "gzip";
  EXPECT_EQ(reason_of(api.api_client.ask(std::move(compressed), create).body), "unsupported-content-encoding");
  RequestHead plain = post_head();
  plain.content_encoding = "Identity";
  EXPECT_EQ(api.api_client.ask(std::move(plain), create).status, 200);
}

// "429 for every temporary inability on this route: it is the one answer that every published HighLevel policy retries."
TEST(WebhookHandler, AsksForARepetitionWheneverTheLedgerCannotRecord) {
  ApiFixture api;
  const std::vector<Error> causes = {
      {Errc::overloaded, "queue-full", "Full."},
      {Errc::unavailable, "disk-full", "Full."},
      {Errc::unavailable, "closing", "Closing."},
      {Errc::unavailable, "store-failing", ""},
      {Errc::outcome_unknown, "commit-failed", "Who knows."},
  };
  for (const Error& cause : causes) {
    api.store.fail_with(cause);
    const Response response = api.api_client.post(create);
    EXPECT_EQ(response.status, 429) << cause.reason;
    EXPECT_EQ(header_of(response, "Retry-After"), "5") << cause.reason;
    EXPECT_EQ(reason_of(response.body), cause.reason);
    EXPECT_EQ(note(response, "outcome"), "refused");
    EXPECT_EQ(note(response, "association_id"), "A");
  }
  EXPECT_EQ(api.counters.refused, causes.size());
}

TEST(WebhookHandler, AsksForARepetitionWhenTheStoreTakesTooLong) {
  server::ApiOptions options;
  options.append_timeout = 20ms;
  ApiFixture api(options);
  api.store.hold();
  const Response response = api.api_client.post(create);
  EXPECT_EQ(response.status, 429);
  EXPECT_EQ(reason_of(response.body), "append-timeout");

  // The delivery was recorded all the same; its repetition is recognised, and the late result counted.
  api.store.release();
  EXPECT_EQ(api.api_client.post(create).body, R"({"status":"duplicate","sequence":1})");
  EXPECT_EQ(api.counters.late_results, 1U);
}

TEST(WebhookHandler, AsksForARepetitionWhenQuarantineFails) {
  SignedFixture ledger;
  ledger.api.store.fail_with({Errc::unavailable, "disk-full", "Full."});
  const Response response = ledger.post_signed("{");
  EXPECT_EQ(response.status, 429);
  EXPECT_EQ(header_of(response, "Retry-After"), "5");
}

TEST(WebhookHandler, TellsNothingOfAnInternalError) {
  ApiFixture api;
  api.store.fail_with({Errc::internal, "constraint", "/var/lib/ledger.db: secret"});
  const Response response = api.api_client.post(create);
  EXPECT_EQ(response.status, 429) << "one that got 500 would not be repeated";
  EXPECT_EQ(reason_of(response.body), "internal-error");
  EXPECT_EQ(response.body.find("secret"), std::string::npos);
  EXPECT_EQ(response.reason, "constraint") << "the log must say it";
}

}  // namespace
}  // namespace ledger::webhook_handler_test
