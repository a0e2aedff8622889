// Contract of append() and quarantine(): what is recorded, what is a duplicate, and which sequence it gets.
#include "tests/contract/backends.h"
#include "tests/support/generators.h"

namespace ledger::test::append_test {
namespace {

using Status = Appended::Status;

NewQuarantine undecodable(std::string body, std::optional<EventKind> path_event = std::nullopt) {
  NewQuarantine delivery;
  delivery.delivery.body_sha256 = sha256(body);
  delivery.delivery.body = std::move(body);
  delivery.path_event = path_event;
  delivery.reason = "malformed-json";
  return delivery;
}

TEST_P(EventStoreContract, SequencesStartAtOneAndHaveNoGaps) {
  for (std::int64_t expected = 1; expected <= 3; ++expected) {
    const auto appended = store_.append(event("{'type':'AssociationUpdate','id':'a','locationId':'L'}"));
    ASSERT_TRUE(appended);
    EXPECT_EQ(appended->status, Status::recorded);
    EXPECT_EQ(appended->sequence, Sequence(expected));
  }
}

// Rule 5: same webhookId and same body.
TEST_P(EventStoreContract, SameWebhookIdAndBodyIsADuplicateOfTheFirst) {
  const auto update = event("{'type':'AssociationUpdate','id':'a','locationId':'L','webhookId':'w1','timestamp':'2026-11-07T12:00:00.000Z'}");
  ASSERT_EQ(store_.append(update)->sequence, Sequence(1));
  ASSERT_EQ(store_.append(event("{'type':'AssociationUpdate','id':'b','locationId':'L','webhookId':'w2'}"))->sequence, Sequence(2));
  const auto again = store_.append(update);
  EXPECT_EQ(again->status, Status::duplicate);
  EXPECT_EQ(again->sequence, Sequence(1));
  EXPECT_EQ(store_.list_events({})->last_sequence, Sequence(2));
}

TEST_P(EventStoreContract, SameWebhookIdWithoutTimestampIsADuplicateToo) {
  const auto create = event("{'type':'AssociationCreate','id':'a','locationId':'L','webhookId':'w1'}");
  ASSERT_EQ(store_.append(create)->status, Status::recorded);
  EXPECT_EQ(store_.append(create)->status, Status::duplicate);
}

// Rule 5: same webhookId, another body: recorded, it is evidence.
TEST_P(EventStoreContract, SameWebhookIdWithAnotherBodyIsRecorded) {
  ASSERT_EQ(store_.append(event("{'type':'AssociationUpdate','id':'a','locationId':'L','webhookId':'w1','key':'k'}"))->status, Status::recorded);
  const auto other = store_.append(event("{'type':'AssociationUpdate','id':'a','locationId':'L','webhookId':'w1','key':'l'}"));
  EXPECT_EQ(other->status, Status::recorded);
  EXPECT_EQ(other->sequence, Sequence(2));
}

// Rule 5: a Delete without webhookId whose (event, body) is recorded is a duplicate, because a delete is final.
TEST_P(EventStoreContract, DeleteWithoutWebhookIdIsADuplicateByItsBody) {
  const auto gone = event("{'type':'AssociationDelete','id':'a','locationId':'L'}");
  ASSERT_EQ(store_.append(gone)->status, Status::recorded);
  EXPECT_EQ(store_.append(gone)->status, Status::duplicate);
  EXPECT_EQ(store_.append(event("{'type':'AssociationDelete','id':'a','locationId':'L','key':'k'}"))->status, Status::recorded);
}

TEST_P(EventStoreContract, DeleteOnOnePathIsNoDuplicateOfAnUpdateWithTheSameBody) {
  const std::string body = R"({"id":"a","locationId":"L"})";
  ASSERT_EQ(store_.append(new_event(body, EventKind::association_update))->status, Status::recorded);
  EXPECT_EQ(store_.append(new_event(body, EventKind::association_delete))->status, Status::recorded);
  EXPECT_EQ(store_.append(new_event(body, EventKind::association_delete))->status, Status::duplicate);
}

// Which of the two it was nobody signed: a retry to another path must not be lost, nor the state depend on which came first.
TEST_P(EventStoreContract, SameWebhookIdOnAnotherPathIsRecorded) {
  const std::string body = R"({"id":"a","locationId":"L","webhookId":"w1"})";
  ASSERT_EQ(store_.append(new_event(body, EventKind::association_update))->status, Status::recorded);
  EXPECT_EQ(store_.append(new_event(body, EventKind::association_delete))->status, Status::recorded);
  EXPECT_TRUE(store_.find_association(key("L", "a"))->is_deleted());
}

// Rule 6: what is authentic is never thrown away, and what came unsigned is not.
TEST_P(EventStoreContract, ASignedDeliveryIsNoDuplicateOfAnUnsignedOne) {
  const auto by_nobody = event("{'type':'AssociationDelete','id':'a','locationId':'L','webhookId':'w1'}");
  auto by_somebody = by_nobody;
  by_somebody.delivery.signature = Signature{SignatureScheme::ed25519, KeyId(std::string(64, 'a')), "signed"};
  ASSERT_EQ(store_.append(by_nobody)->sequence, Sequence(1));
  EXPECT_EQ(store_.append(by_somebody)->status, Status::recorded);
  EXPECT_EQ(store_.append(by_somebody)->status, Status::duplicate);
  EXPECT_EQ(store_.append(by_nobody)->status, Status::duplicate);

  auto unreadable = undecodable("{");
  ASSERT_EQ(store_.quarantine(unreadable)->value(), 1);
  unreadable.delivery.signature = by_somebody.delivery.signature;
  EXPECT_EQ(store_.quarantine(unreadable)->value(), 2);
  EXPECT_EQ(store_.quarantine(unreadable)->value(), 2);
}

// Rule 5: a Create or Update without webhookId is recorded each time, since a later identical body can be a real change back.
TEST_P(EventStoreContract, CreateAndUpdateWithoutWebhookIdAreRecordedEachTime) {
  const auto create = event("{'type':'AssociationCreate','id':'a','locationId':'L'}");
  ASSERT_EQ(store_.append(create)->sequence, Sequence(1));
  EXPECT_EQ(store_.append(create)->sequence, Sequence(2));
}

TEST_P(EventStoreContract, TheSameIdInTwoLocationsIsTwoAssociations) {
  ASSERT_TRUE(store_.append(event("{'type':'AssociationCreate','id':'WELL_KNOWN','locationId':'L1','key':'one'}")));
  ASSERT_TRUE(store_.append(event("{'type':'AssociationDelete','id':'WELL_KNOWN','locationId':'L2','key':'two'}")));
  EXPECT_FALSE(store_.find_association(key("L1", "WELL_KNOWN"))->is_deleted());
  EXPECT_TRUE(store_.find_association(key("L2", "WELL_KNOWN"))->is_deleted());
}

TEST_P(EventStoreContract, RecordedAtNeverFallsWhenTheClockStepsBack) {
  const Timestamp start = clock_.now();
  ASSERT_TRUE(store_.append(event("{'type':'AssociationCreate','id':'a','locationId':'L'}")));
  clock_.set(start - std::chrono::hours(1));
  ASSERT_TRUE(store_.append(event("{'type':'AssociationCreate','id':'b','locationId':'L'}")));
  EXPECT_EQ(store_.find_event(Sequence(2))->recorded_at, start);
}

TEST_P(EventStoreContract, ArrivalFlagsSayWhatWasRemarkable) {
  ASSERT_TRUE(store_.append(event("{'type':'AssociationDelete','id':'a','locationId':'L','timestamp':'2026-11-07T12:00:00Z'}")));
  ASSERT_TRUE(store_.append(event("{'type':'AssociationCreate','id':'a','locationId':'L','timestamp':'2026-11-07T11:00:00Z'}")));
  ASSERT_TRUE(store_.append(event("{'type':'AssociationUpdate','id':'a','locationId':'L','timestamp':'2026-11-07T13:00:00Z'}")));
  ASSERT_TRUE(store_.append(new_event(R"({"type":"AssociationCreate","id":"b","locationId":"L"})", EventKind::association_delete)));
  EXPECT_EQ(store_.find_event(Sequence(1))->flags, EventFlags(0));
  EXPECT_EQ(store_.find_event(Sequence(2))->flags, EventFlags(2 | 4));
  EXPECT_EQ(store_.find_event(Sequence(3))->flags, EventFlags(4));
  EXPECT_EQ(store_.find_event(Sequence(4))->flags, EventFlags(1));
}

// Rule 3: byte for byte, with signature, scheme and key id.
TEST_P(EventStoreContract, BodyAndSignatureComeBackAsTheyWere) {
  NewEvent update = event("{ 'type' : 'AssociationUpdate',\n 'id':'\\u00e4', 'locationId':'L', 'extra':[1,2.50e1,{}], 'traceId':'t-1' }");
  update.delivery.signature = Signature{SignatureScheme::ed25519, KeyId(std::string(64, 'a')), std::string("\0\xff raw", 6)};
  ASSERT_TRUE(store_.append(update));
  const auto stored = store_.find_event(Sequence(1));
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->delivery.body, update.delivery.body);
  EXPECT_EQ(stored->delivery.body_sha256, sha256(update.delivery.body));
  EXPECT_EQ(stored->delivery.signature, update.delivery.signature);
  EXPECT_EQ(stored->trace_id, TraceId("t-1"));
  EXPECT_EQ(stored->association.id, AssociationId("\xc3\xa4"));
}

TEST_P(EventStoreContract, QuarantineKnowsTheSameBodyOnTheSamePathAgain) {
  ASSERT_EQ(store_.quarantine(undecodable("{"))->value(), 1);
  EXPECT_EQ(store_.quarantine(undecodable("{"))->value(), 1);
  EXPECT_EQ(store_.quarantine(undecodable("{", EventKind::association_delete))->value(), 2);
  EXPECT_EQ(store_.quarantine(undecodable(std::string("\0\xff", 2)))->value(), 3);
  EXPECT_EQ(store_.quarantine(undecodable(""))->value(), 4);
  EXPECT_EQ(store_.list_events({})->last_sequence, Sequence(0)) << "quarantine is not the log";
}

TEST_P(EventStoreContract, AfterCloseNothingIsAccepted) {
  opened_->store().close();
  const auto refused = store_.append(event("{'type':'AssociationCreate','id':'a','locationId':'L'}"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::unavailable);
  EXPECT_EQ(refused.error().reason, "closing");
}

TEST_P(EventStoreContract, AHealthyStoreCanRecord) {
  ASSERT_TRUE(store_.append(event("{'type':'AssociationCreate','id':'a','locationId':'L'}")));
  const StoreHealth health = opened_->store().health();
  EXPECT_TRUE(health.can_record);
  EXPECT_EQ(health.last_sequence, Sequence(1));
}

}  // namespace
}  // namespace ledger::test::append_test
