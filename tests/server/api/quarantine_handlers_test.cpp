// What the control socket answers about the quarantine, over a ledger in memory.
#include "server/api/quarantine_handlers.h"

#include "server/api/control.h"
#include "tests/server/api/api_fixture.h"
#include "tests/support/blocking_store.h"
#include "tests/support/generators.h"

#include <gmock/gmock.h>

namespace ledger::quarantine_handlers_test {
namespace {

using server::Response;
using testing::HasSubstr;

std::string_view reason_of(const Response& response) {
  return response.reason;
}

struct QuarantineHandlersTest : testing::Test, test::ApiFixture {
  QuarantineId quarantined(const std::string& body, std::optional<EventKind> path_event = std::nullopt, const char* reason = "event-unknown") {
    NewQuarantine delivery;
    delivery.delivery.body = body;
    delivery.delivery.body_sha256 = sha256(body);
    delivery.path_event = path_event;
    delivery.reason = reason;
    return test::BlockingStore(model).quarantine(delivery).value();
  }
  Response post(const std::string& target) { return client.post({}, target); }

  server::Control control{store, counters};
  test::Answering client{control, store.open_short_reader().value()};
};

TEST_F(QuarantineHandlersTest, ShowADelivery) {
  clock.set(parse_rfc3339("2026-11-07T12:00:00Z").value());
  static_cast<void>(quarantined("{", EventKind::association_delete, "malformed-json"));
  const std::string shown = client.get("/v1/quarantine/1").body;
  EXPECT_EQ(shown.substr(0, shown.find("\"bodySha256\"")),
            R"({"quarantineId":1,"pathEvent":"AssociationDelete","reason":"malformed-json","receivedAt":"2026-11-07T12:00:00.000Z","decision":null,)"
            R"("source":"webhook","bodyBytes":1,)");
  EXPECT_THAT(shown, HasSubstr(R"("signature":null,"body":"{","bodyBase64":null})"));
  EXPECT_EQ(reason_of(client.get("/v1/quarantine/2")), "quarantined-not-found");
  EXPECT_EQ(reason_of(client.get("/v1/quarantine/x")), "invalid-id");
}

TEST_F(QuarantineHandlersTest, ListInPagesWithoutBodies) {
  for (int i = 0; i < 3; ++i) static_cast<void>(quarantined("{" + std::to_string(i)));
  static_cast<void>(quarantined("{", std::nullopt, "other"));
  const std::string first = client.get("/v1/quarantine?limit=2").body;
  EXPECT_THAT(first, testing::EndsWith(R"("nextAfter":2})"));
  EXPECT_THAT(first, testing::Not(HasSubstr(R"("body":)")));
  EXPECT_THAT(client.get("/v1/quarantine?after=2").body, testing::EndsWith(R"("nextAfter":null})"));
  EXPECT_THAT(client.get("/v1/quarantine?reason=other").body, HasSubstr(R"({"deliveries":[{"quarantineId":4)"));
  ASSERT_EQ(post("/v1/quarantine/4/dismiss").status, 200);
  EXPECT_EQ(client.get("/v1/quarantine?reason=other").body, R"({"deliveries":[],"nextAfter":null})");
  EXPECT_THAT(client.get("/v1/quarantine?reason=other&status=all").body, HasSubstr(R"("decision":{"status":"dismissed","decidedAt":")"));
  EXPECT_EQ(reason_of(client.get("/v1/quarantine?status=some")), "invalid-parameter");
}

TEST_F(QuarantineHandlersTest, AdmitADelivery) {
  static_cast<void>(quarantined(R"({"id":"a","locationId":"L"})"));
  const Response dry = post("/v1/quarantine/1/admit?as=AssociationDelete&dryRun=true");
  EXPECT_EQ(
      dry.body,
      R"({"quarantineId":1,"status":"admitted","event":"AssociationDelete","locationId":"L","subjectId":"a","sequence":1,"flags":["kind_from_path"],"dryRun":true})");
  EXPECT_EQ(test::note(dry, "outcome"), "dry-run");
  const Response admitted = post("/v1/quarantine/1/admit?as=AssociationDelete");
  EXPECT_EQ(admitted.status, 200);
  EXPECT_EQ(test::note(admitted, "outcome"), "admitted");
  EXPECT_EQ(test::note(admitted, "quarantine_id"), "1");
  EXPECT_EQ(test::note(admitted, "sequence"), "1");
  for (const char* again : {"/v1/quarantine/1/admit?as=AssociationDelete", "/v1/quarantine/1/admit", "/v1/quarantine/1/dismiss"}) {
    EXPECT_EQ(post(again).status, 409) << again;
    EXPECT_EQ(reason_of(post(again)), "already-admitted");
  }
  EXPECT_THAT(client.get("/v1/quarantine/1").body, HasSubstr(R"("decision":{"status":"admitted","decidedAt":)"));
}

// What this release reads and an earlier one could not needs no name from the operator.
TEST_F(QuarantineHandlersTest, AdmitWithoutANameWhatCanBeReadNow) {
  static_cast<void>(quarantined(R"({"id":"a","locationId":"L"})", EventKind::association_create));
  EXPECT_THAT(post("/v1/quarantine/1/admit").body, HasSubstr(R"("event":"AssociationCreate")"));
}

TEST_F(QuarantineHandlersTest, RefuseWhatTheBodyContradictsOrDoesNotSay) {
  static_cast<void>(quarantined(R"({"type":"AssociationUpdate","id":"a","locationId":"L"})"));
  static_cast<void>(quarantined(R"({"type":"ContactCreate","id":"a","locationId":"L"})"));
  static_cast<void>(quarantined(R"({"id":"a"})"));
  EXPECT_EQ(reason_of(post("/v1/quarantine/1/admit?as=AssociationDelete")), "event-contradicted");
  EXPECT_EQ(reason_of(post("/v1/quarantine/2/admit?as=AssociationDelete")), "event-not-kept");
  const Response unreadable = post("/v1/quarantine/3/admit?as=AssociationDelete");
  EXPECT_EQ(unreadable.status, 400);
  EXPECT_THAT(unreadable.body, HasSubstr(R"("errors":[{"pointer":"/locationId","reason":"missing-field")"));
  EXPECT_EQ(reason_of(post("/v1/quarantine/3/admit")), "event-unknown");
  EXPECT_EQ(reason_of(post("/v1/quarantine/3/admit?as=Observed")), "invalid-parameter");
  EXPECT_EQ(reason_of(post("/v1/quarantine/3/admit?dryRun=perhaps")), "invalid-parameter");
  EXPECT_EQ(reason_of(post("/v1/quarantine/4/admit")), "quarantined-not-found");
  EXPECT_EQ(test::BlockingStore(model).list_events({})->last_sequence, Sequence(0));
}

TEST_F(QuarantineHandlersTest, AnswerWhatTheStoreAnswers) {
  static_cast<void>(quarantined(R"({"id":"a","locationId":"L"})"));
  store.fail_with({Errc::unavailable, "disk-full", "The disk has no room."});
  for (const Response& response : {client.get("/v1/quarantine"), client.get("/v1/quarantine/1"), post("/v1/quarantine/1/admit?as=AssociationDelete"),
                                   post("/v1/quarantine/1/dismiss")}) {
    EXPECT_EQ(response.status, 503);
    EXPECT_EQ(reason_of(response), "disk-full");
  }
}

}  // namespace
}  // namespace ledger::quarantine_handlers_test
