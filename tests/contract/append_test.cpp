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

Timestamp at(const char* moment) {
  return parse_rfc3339(moment).value();
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
// Rule 7: only what the signature covers is fact, and the URL is not covered. Somebody who captured a signed body can replay it elsewhere.
TEST_P(EventStoreContract, SameWebhookIdOnAnotherPathIsRecordedAndChangesNothing) {
  const std::string body = R"({"id":"a","locationId":"L","webhookId":"w1"})";
  ASSERT_EQ(store_.append(new_event(body, EventKind::association_update))->status, Status::recorded);
  const auto replayed = store_.append(new_event(body, EventKind::association_delete));
  EXPECT_EQ(replayed->status, Status::recorded);
  EXPECT_TRUE(store_.find_event(replayed->sequence)->flags.has(EventFlag::kind_conflict));
  const auto association = store_.find_association(key("L", "a"));
  EXPECT_FALSE(association->is_deleted());
  EXPECT_EQ(association->last_sequence, replayed->sequence);
  EXPECT_EQ(store_.append(new_event(body, EventKind::association_delete))->status, Status::duplicate);
}

TEST_P(EventStoreContract, SameBytesWithoutWebhookIdOnAnotherPathAreBothFolded) {
  const std::string body = R"({"id":"a","locationId":"L"})";
  ASSERT_TRUE(store_.append(new_event(body, EventKind::association_update)));
  const auto removed = store_.append(new_event(body, EventKind::association_delete));
  EXPECT_FALSE(store_.find_event(removed->sequence)->flags.has(EventFlag::kind_conflict));
  EXPECT_TRUE(store_.find_association(key("L", "a"))->is_deleted());
}

// Rule 6.
TEST_P(EventStoreContract, TheSameUpdateOnceMoreIsARepeat) {
  const std::string old_label = "{'type':'AssociationUpdate','id':'a','locationId':'L','firstObjectLabel':'old'}";
  ASSERT_TRUE(store_.append(event(old_label)));
  ASSERT_TRUE(store_.append(event("{'type':'AssociationUpdate','id':'a','locationId':'L','firstObjectLabel':'new'}")));
  const auto again = store_.append(event(old_label));
  EXPECT_EQ(store_.find_association(key("L", "a"))->state.definition->first_object_label, "old");
  EXPECT_TRUE(store_.find_event(again->sequence)->flags.has(EventFlag::repeat));
  EXPECT_FALSE(store_.find_event(Sequence(2))->flags.has(EventFlag::repeat));
}

// Rule 12.
TEST_P(EventStoreContract, ATimestampFarAheadCountsAsUndated) {
  const auto ahead =
      store_.append(event("{'type':'AssociationUpdate','id':'a','locationId':'L','firstObjectLabel':'2099','timestamp':'2099-01-01T00:00:00Z'}"));
  clock_.advance(std::chrono::milliseconds(10));
  const std::string now = format_rfc3339(clock_.now());
  ASSERT_TRUE(store_.append(event("{'type':'AssociationUpdate','id':'a','locationId':'L','firstObjectLabel':'now','timestamp':'" + now + "'}")));
  const auto first = store_.find_event(ahead->sequence);
  EXPECT_TRUE(first->flags.has(EventFlag::ahead));
  EXPECT_EQ(first->occurred_at, at("2099-01-01T00:00:00Z"));
  EXPECT_EQ(first->effective_at, first->recorded_at);
  EXPECT_EQ(store_.find_association(key("L", "a"))->state.definition->first_object_label, "now");
}

TEST_P(EventStoreContract, ATimestampIsAheadOfTheArrivalEvenWhereTheClockOnceWas) {
  const Timestamp right = clock_.now();
  clock_.set(right + std::chrono::days(365));
  ASSERT_TRUE(store_.append(event("{'type':'AssociationCreate','id':'a','locationId':'L'}")));
  clock_.set(right);
  const std::string ahead = format_rfc3339(right + std::chrono::days(180));
  const auto appended = store_.append(event("{'type':'AssociationCreate','id':'b','locationId':'L','timestamp':'" + ahead + "'}"));
  EXPECT_TRUE(store_.find_event(appended->sequence)->flags.has(EventFlag::ahead));
}

// Rule 14: well-known ids really come back.
TEST_P(EventStoreContract, ADatedCreateAfterADatedDeleteBeginsANewLife) {
  const auto deliver = [this](const std::string& type, const std::string& day) {
    return store_.append(event("{'type':'" + type + "','id':'a','locationId':'L','timestamp':'2026-11-0" + day + "T00:00:00Z'}"))->sequence;
  };
  deliver("AssociationCreate", "1");
  deliver("AssociationDelete", "2");
  const Sequence back = deliver("AssociationCreate", "3");
  EXPECT_TRUE(store_.find_event(back)->flags.has(EventFlag::recreated));
  EXPECT_FALSE(store_.find_event(back)->flags.has(EventFlag::after_delete));
  EXPECT_FALSE(store_.find_association(key("L", "a"))->is_deleted());
  const DeletionQuery history{LocationId("L"), {}, {}, {}, 10};
  ASSERT_EQ(store_.list_deletions(history)->deletions.size(), 1U);
  EXPECT_FALSE(store_.list_deletions(history)->deletions[0].is_last_life);
  deliver("AssociationDelete", "6");
  const auto twice = store_.list_deletions(history);
  ASSERT_EQ(twice->deletions.size(), 2U);
  EXPECT_EQ(twice->deletions[0].life.created_at, at("2026-11-03T00:00:00Z"));
  EXPECT_TRUE(twice->deletions[0].is_last_life);
  EXPECT_EQ(twice->deletions[1].life.created_at, at("2026-11-01T00:00:00Z"));
  EXPECT_EQ(twice->deletions[1].life.deleted_at, at("2026-11-02T00:00:00Z"));
}

TEST_P(EventStoreContract, ADeleteBetweenTwoCreatesThatComesLateMakesTwoLives) {
  for (const auto& [type, day] : {std::pair("AssociationCreate", "1"), std::pair("AssociationCreate", "3"), std::pair("AssociationDelete", "2")}) {
    ASSERT_TRUE(store_.append(event(std::string("{'type':'") + type + "','id':'a','locationId':'L','timestamp':'2026-11-0" + day + "T00:00:00Z'}")));
  }
  EXPECT_FALSE(store_.find_association(key("L", "a"))->is_deleted());
  EXPECT_EQ(store_.list_deletions({LocationId("L"), {}, {}, {}, 10})->deletions.size(), 1U);
}

TEST_P(EventStoreContract, NothingElseBringsAnAssociationBack) {
  const std::string removed = "{'type':'AssociationDelete','id':'a','locationId':'L','timestamp':'2026-11-02T00:00:00Z'}";
  const std::string undated_create = "{'type':'AssociationCreate','id':'a','locationId':'L'}";
  const std::string later_update = "{'type':'AssociationUpdate','id':'a','locationId':'L','timestamp':'2026-11-03T00:00:00Z'}";
  ASSERT_TRUE(store_.append(event(removed)));
  for (const std::string& delivery : {undated_create, later_update}) {
    const auto appended = store_.append(event(delivery));
    EXPECT_TRUE(store_.find_event(appended->sequence)->flags.has(EventFlag::after_delete)) << delivery;
    EXPECT_TRUE(store_.find_association(key("L", "a"))->is_deleted()) << delivery;
  }
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

TEST_P(EventStoreContract, AnswersWithTheFlagsOfTheEvent) {
  const NewEvent update = event("{'type':'AssociationUpdate','id':'a','locationId':'L'}");
  EXPECT_EQ(store_.append(update)->flags, EventFlags(0));
  const EventFlags again = store_.append(update)->flags;
  EXPECT_TRUE(again.has(EventFlag::repeat));
  EXPECT_EQ(again, store_.find_event(Sequence(2))->flags);
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
