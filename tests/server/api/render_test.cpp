// The documents of the contract, to the byte.
#include "server/api/render.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace ledger::render_test {
namespace {

using server::render;

Timestamp moment(int ms) {
  return Timestamp(std::chrono::milliseconds(ms));
}

Association full_association() {
  Association association;
  association.key = {LocationId("L"), AssociationId("A")};
  association.state.definition = Definition{"k", "USER_DEFINED", "contact", "Buyer \"x\"", "MANY_TO_MANY", "business", "Seller", "ONE_TO_ONE"};
  association.state.created_at = moment(1);
  association.state.updated_at = moment(2);
  association.state.deleted_at = moment(3);
  association.last_sequence = Sequence(9);
  association.deleted_by = Sequence(8);
  return association;
}

constexpr std::string_view full_members =
    R"("id":"A","locationId":"L","key":"k","associationType":"USER_DEFINED","firstObjectKey":"contact","firstObjectLabel":"Buyer \"x\"",)"
    R"("firstObjectToSecondObjectCardinality":"MANY_TO_MANY","secondObjectKey":"business","secondObjectLabel":"Seller",)"
    R"("secondObjectToFirstObjectCardinality":"ONE_TO_ONE","status":"deleted","createdAt":"1970-01-01T00:00:00.001Z",)"
    R"("updatedAt":"1970-01-01T00:00:00.002Z","deletedAt":"1970-01-01T00:00:00.003Z","lastSequence":9,"formerLives":0,"inferred":false)";

RecordedEvent full_event() {
  RecordedEvent event;
  event.sequence = Sequence(7);
  event.kind = EventKind::association_delete;
  event.association = {LocationId("L"), AssociationId("A")};
  event.webhook_id = WebhookId("w");
  event.trace_id = TraceId("t");
  event.occurred_at = moment(1);
  event.effective_at = moment(1);
  event.recorded_at = moment(2);
  event.received_at = moment(2);
  event.flags.set(EventFlag::event_mismatch);
  event.flags.set(EventFlag::late);
  event.delivery.body = "{\"id\":\"A\"}\n";
  event.delivery.body_sha256.fill(0xab);
  event.delivery.signature = Signature{SignatureScheme::ed25519, KeyId("key"), "abc"};
  return event;
}

const std::string full_event_text =
    R"({"sequence":7,"event":"AssociationDelete","locationId":"L","subject":"association","subjectId":"A","associationId":"A","webhookId":"w","traceId":"t",)"
    R"("occurredAt":"1970-01-01T00:00:00.001Z","effectiveAt":"1970-01-01T00:00:00.001Z","receivedAt":"1970-01-01T00:00:00.002Z",)"
    R"("recordedAt":"1970-01-01T00:00:00.002Z","quarantineId":null,"source":"webhook","flags":["event_mismatch","late"],)"
    R"("body":"{\"id\":\"A\"}\n","bodyBase64":null,"bodySha256":"abababababababababababababababababababababababababababababababab",)"
    R"("signature":{"scheme":"ed25519","keyId":"key","value":"YWJj"}})";

TEST(Render, AnAssociation) {
  EXPECT_EQ(render(full_association()), "{" + std::string(full_members) + "}");
}

TEST(Render, AnAssociationOfWhichLittleIsKnown) {
  Association association;
  association.key = {LocationId("L"), AssociationId("A")};
  association.last_sequence = Sequence(1);
  EXPECT_EQ(
      render(association),
      R"({"id":"A","locationId":"L","key":null,"associationType":null,"firstObjectKey":null,"firstObjectLabel":null,)"
      R"("firstObjectToSecondObjectCardinality":null,"secondObjectKey":null,"secondObjectLabel":null,"secondObjectToFirstObjectCardinality":null,)"
      R"("status":"active","createdAt":null,"updatedAt":"1970-01-01T00:00:00.000Z","deletedAt":null,"lastSequence":1,"formerLives":0,"inferred":false})");
}

TEST(Render, APageOfAssociations) {
  AssociationQuery query;
  query.location = LocationId("L");
  AssociationPage page;
  page.as_of = Sequence(9);
  page.associations.assign(2, full_association());
  const std::string item = "{" + std::string(full_members) + "}";
  EXPECT_EQ(render(query, page, "cur"), R"({"locationId":"L","asOfSequence":9,"associations":[)" + item + "," + item + R"(],"nextCursor":"cur"})");
  page.associations.clear();
  EXPECT_EQ(render(query, page, std::nullopt), R"({"locationId":"L","asOfSequence":9,"associations":[],"nextCursor":null})");
}

TEST(Render, APageOfDeletions) {
  DeletionQuery query;
  query.location = LocationId("L");
  DeletionPage page;
  page.as_of = Sequence(9);
  const Association association = full_association();
  const EndedLife life{association.state.definition, moment(1), moment(3), Sequence(8)};
  page.deletions = {{association.key, life, EventKind::association_delete, true, WebhookId("w"), std::nullopt, moment(4)}};
  const std::string definition(full_members.substr(0, full_members.find(",\"status\"")));
  EXPECT_EQ(render(query, page, std::nullopt),
            R"({"locationId":"L","asOfSequence":9,"deletions":[{)" + definition +
                R"(,"createdAt":"1970-01-01T00:00:00.001Z","deletedAt":"1970-01-01T00:00:00.003Z","recreated":false,"deletedBy":{"sequence":8,)"
                R"("event":"AssociationDelete","webhookId":"w","traceId":null,"recordedAt":"1970-01-01T00:00:00.004Z"}}],"nextCursor":null})");
}

TEST(Render, AnEvent) {
  EXPECT_EQ(render(full_event()), full_event_text);
}

TEST(Render, AnEventThatWasInQuarantine) {
  RecordedEvent event = full_event();
  event.received_at = moment(1);
  event.quarantine = QuarantineId(3);
  EXPECT_NE(render(event).find(R"("receivedAt":"1970-01-01T00:00:00.001Z","recordedAt":"1970-01-01T00:00:00.002Z","quarantineId":3,)"),
            std::string::npos);
}

TEST(Render, AnEventWithoutEnvelopeAndSignature) {
  RecordedEvent event = full_event();
  event.webhook_id.reset();
  event.trace_id.reset();
  event.occurred_at.reset();
  event.flags = EventFlags();
  event.delivery.signature.reset();
  EXPECT_EQ(
      render(event),
      R"({"sequence":7,"event":"AssociationDelete","locationId":"L","subject":"association","subjectId":"A","associationId":"A",)"
      R"("webhookId":null,"traceId":null,"occurredAt":null,"effectiveAt":"1970-01-01T00:00:00.001Z",)"
      R"("receivedAt":"1970-01-01T00:00:00.002Z","recordedAt":"1970-01-01T00:00:00.002Z","quarantineId":null,"source":"webhook","flags":[],"body":"{\"id\":\"A\"}\n",)"
      R"("bodyBase64":null,"bodySha256":"abababababababababababababababababababababababababababababababab","signature":null})");
}

TEST(Render, ABodyThatIsNotUtf8AsBase64) {
  RecordedEvent event = full_event();
  event.delivery.body = "{\"x\":\"\xff\"}";
  EXPECT_THAT(render(event), testing::HasSubstr(R"("body":null,"bodyBase64":"eyJ4Ijoi/yJ9","bodySha256":)"));
}

TEST(Render, AnEventOfAnotherSubject) {
  RecordedEvent event;
  event.kind = EventKind::relation_create;
  event.subject = SubjectKind::relation;
  event.association = {LocationId("L"), AssociationId("r")};
  EXPECT_THAT(render(event), ::testing::HasSubstr(R"("subject":"relation","subjectId":"r","associationId":null)"));
  event.subject = SubjectKind::location;
  event.association.id = {};
  EXPECT_THAT(render(event), ::testing::HasSubstr(R"("subject":"location","subjectId":null,"associationId":null)"));
}

TEST(Render, AHistoryAndTheLog) {
  EventPage page;
  page.events = {full_event()};
  page.last_sequence = Sequence(12);
  HistoryQuery query;
  query.association = {LocationId("L"), AssociationId("A")};
  EXPECT_EQ(render(query, page, "cur"),
            R"({"locationId":"L","associationId":"A","asOfSequence":12,"events":[)" + full_event_text + R"(],"nextCursor":"cur"})");
  EXPECT_EQ(server::render_log(page), R"({"events":[)" + full_event_text + R"(],"lastSequence":12})");
}

TEST(Render, APageOfLocations) {
  LocationPage page;
  page.locations = {{LocationId("L"), 3, 2, Sequence(9), moment(5)}};
  EXPECT_EQ(render(LocationQuery{}, page, std::nullopt),
            R"({"locations":[{"locationId":"L","activeAssociations":3,"deletedAssociations":2,"activeRelations":0,)"
            R"("deletedRelations":0,"installedAt":null,"uninstalledAt":null,"lastSequence":9,)"
            R"("lastRecordedAt":"1970-01-01T00:00:00.005Z"}],"nextCursor":null})");
}

TEST(Render, AnswersToWebhooks) {
  EXPECT_EQ(render(Appended{Appended::Status::recorded, Sequence(42)}), R"({"status":"recorded","sequence":42})");
  EXPECT_EQ(render(Appended{Appended::Status::duplicate, Sequence(17)}), R"({"status":"duplicate","sequence":17})");
  EXPECT_EQ(server::render_ignored("ContactCreate"), R"({"status":"ignored","event":"ContactCreate"})");
  EXPECT_EQ(server::render_quarantined(QuarantineId(3), "wrong-type"), R"({"status":"quarantined","quarantineId":3,"reason":"wrong-type"})");
}

}  // namespace
}  // namespace ledger::render_test
