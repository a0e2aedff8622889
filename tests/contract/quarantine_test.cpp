// Contract of the quarantine: what an operator decides about a delivery, and the event that it becomes.
#include "domain/webhook_decoder.h"
#include "tests/contract/backends.h"
#include "tests/support/generators.h"

namespace ledger::test::quarantine_test {
namespace {

using Kind = QuarantineDecision::Kind;
using Status = Appended::Status;

Timestamp at(const char* moment) {
  return parse_rfc3339(moment).value();
}

class QuarantineContract : public EventStoreContract {
 protected:
  QuarantineId quarantined(const std::string& body, const std::string& reason = "event-unknown") {
    NewQuarantine delivery;
    delivery.delivery.body_sha256 = sha256(body);
    delivery.delivery.body = body;
    delivery.delivery.signature = Signature{SignatureScheme::ed25519, KeyId(std::string(64, 'a')), "signature"};
    delivery.reason = reason;
    return store_.quarantine(delivery).value();
  }

  Result<Appended> admit(QuarantineId id, EventKind as, Admission::Mode mode = Admission::Mode::commit) {
    const QuarantinedDelivery found = store_.find_quarantined(id).value();
    NewEvent event;
    event.decoded = std::get<DecodedEvent>(decode_admitted(found.delivery.body, as));
    event.delivery = found.delivery;
    event.admission = Admission{id, found.received_at, mode};
    return store_.append(event);
  }

  const std::string body_ = R"({"id":"a","locationId":"L"})";
};

INSTANTIATE_TEST_SUITE_P(Stores, QuarantineContract, testing::ValuesIn(backends()),
                         [](const testing::TestParamInfo<Backend>& backend) { return backend.param.name; });

// Rule 8: an admitted delivery keeps its signature and its time of arrival, which is the effective time of what is undated.
TEST_P(QuarantineContract, AnAdmittedDeliveryIsAnEventOfItsTimeOfArrival) {
  clock_.set(at("2026-11-07T12:00:00Z"));
  const QuarantineId id = quarantined(body_);
  clock_.set(at("2026-11-08T12:00:00Z"));
  ASSERT_TRUE(store_.append(event("{'type':'AssociationUpdate','id':'a','locationId':'L','key':'later'}")));
  const auto admitted = admit(id, EventKind::association_delete);
  ASSERT_TRUE(admitted);
  EXPECT_EQ(admitted->status, Status::recorded);

  const RecordedEvent recorded = store_.find_event(admitted->sequence).value();
  EXPECT_EQ(recorded.kind, EventKind::association_delete);
  EXPECT_EQ(recorded.delivery.body, body_);
  EXPECT_EQ(recorded.delivery.signature->value, "signature");
  EXPECT_EQ(recorded.quarantine, id);
  EXPECT_EQ(recorded.received_at, at("2026-11-07T12:00:00Z"));
  EXPECT_EQ(recorded.effective_at, at("2026-11-07T12:00:00Z"));
  EXPECT_EQ(recorded.recorded_at, at("2026-11-08T12:00:00Z"));
  EXPECT_TRUE(recorded.flags.has(EventFlag::late));
  EXPECT_EQ(store_.find_association(key("L", "a"))->state.deleted_at, at("2026-11-07T12:00:00Z"));

  const QuarantinedDelivery left = store_.find_quarantined(id).value();
  EXPECT_EQ(left.decision->kind, Kind::admitted);
  EXPECT_EQ(left.decision->sequence, admitted->sequence);
  EXPECT_EQ(left.decision->decided_at, at("2026-11-08T12:00:00Z"));
}

// Rule 12: more than 24 hours ahead of the arrival, not of the admission.
TEST_P(QuarantineContract, ATimestampIsBelievedByTheTimeOfArrival) {
  clock_.set(at("2026-11-07T12:00:00Z"));
  const QuarantineId id = quarantined(R"({"id":"a","locationId":"L","timestamp":"2026-11-09T12:00:00Z"})");
  clock_.set(at("2026-11-20T12:00:00Z"));
  const RecordedEvent recorded = store_.find_event(admit(id, EventKind::association_update)->sequence).value();
  EXPECT_TRUE(recorded.flags.has(EventFlag::ahead));
  EXPECT_EQ(recorded.effective_at, at("2026-11-07T12:00:00Z"));
}

TEST_P(QuarantineContract, AnEventThatWasNeverInQuarantineArrivedWhenItWasRecorded) {
  clock_.set(at("2026-11-07T12:00:00Z"));
  const RecordedEvent recorded = store_.find_event(store_.append(event("{'type':'AssociationDelete','id':'a','locationId':'L'}"))->sequence).value();
  EXPECT_EQ(recorded.received_at, at("2026-11-07T12:00:00Z"));
  EXPECT_EQ(recorded.quarantine, std::nullopt);
}

TEST_P(QuarantineContract, ASecondAdmissionNamesTheEventOfTheFirst) {
  const QuarantineId id = quarantined(body_);
  ASSERT_TRUE(admit(id, EventKind::association_update));
  for (const auto& refused : {admit(id, EventKind::association_delete).error(), store_.dismiss(id).error()}) {
    EXPECT_EQ(refused.code, Errc::conflict);
    EXPECT_EQ(refused.reason, "already-admitted");
    EXPECT_NE(refused.detail.find("event 1"), std::string::npos) << refused.detail;
  }
  EXPECT_EQ(store_.list_events({})->last_sequence, Sequence(1));
}

// Rule 6.
TEST_P(QuarantineContract, WhatIsRecordedAlreadyIsADuplicateAndLinkedToIt) {
  const std::string body = R"({"id":"a","locationId":"L","webhookId":"w1"})";
  const QuarantineId id = quarantined(body);
  NewEvent again = new_event(body, EventKind::association_delete);
  again.delivery.signature = Signature{SignatureScheme::ed25519, KeyId(std::string(64, 'a')), "signature"};
  ASSERT_TRUE(store_.append(again));
  const auto duplicate = admit(id, EventKind::association_delete);
  EXPECT_EQ(duplicate->status, Status::duplicate);
  EXPECT_EQ(duplicate->sequence, Sequence(1));
  EXPECT_EQ(store_.find_quarantined(id)->decision->kind, Kind::duplicate);
  EXPECT_EQ(store_.find_quarantined(id)->decision->sequence, Sequence(1));
  EXPECT_EQ(store_.find_event(Sequence(1))->quarantine, std::nullopt);
  EXPECT_EQ(admit(id, EventKind::association_delete).error().reason, "already-admitted");
}

// Rule 7: an operator is no better evidence than a URL.
TEST_P(QuarantineContract, WhatIsRecordedAsAnotherKindIsAConflict) {
  const std::string body = R"({"id":"a","locationId":"L","webhookId":"w1"})";
  const QuarantineId id = quarantined(body);
  NewEvent first = new_event(body, EventKind::association_update);
  first.delivery.signature = Signature{SignatureScheme::ed25519, KeyId(std::string(64, 'a')), "signature"};
  ASSERT_TRUE(store_.append(first));
  const RecordedEvent recorded = store_.find_event(admit(id, EventKind::association_delete)->sequence).value();
  EXPECT_TRUE(recorded.flags.has(EventFlag::kind_conflict));
  EXPECT_FALSE(store_.find_association(key("L", "a"))->is_deleted());
}

TEST_P(QuarantineContract, ADryRunWritesNothing) {
  const QuarantineId id = quarantined(R"({"id":"a","locationId":"L","webhookId":"w1"})");
  for (int i = 0; i < 2; ++i) {
    const auto foreseen = admit(id, EventKind::association_delete, Admission::Mode::dry_run);
    EXPECT_EQ(foreseen->status, Status::recorded);
    EXPECT_EQ(foreseen->sequence, Sequence(1));
  }
  EXPECT_EQ(store_.list_events({})->last_sequence, Sequence(0));
  EXPECT_TRUE(store_.list_locations({})->locations.empty());
  EXPECT_FALSE(store_.find_quarantined(id)->decision);

  const QuarantineId other = quarantined(R"({"id":"a","locationId":"L","webhookId":"w1"} )");
  ASSERT_TRUE(admit(other, EventKind::association_delete));
  EXPECT_EQ(admit(id, EventKind::association_delete, Admission::Mode::dry_run)->sequence, Sequence(2));
}

TEST_P(QuarantineContract, ADryRunTellsADuplicate) {
  const QuarantineId id = quarantined(R"({"id":"a","locationId":"L","webhookId":"w1"})");
  NewEvent known = new_event(R"({"id":"a","locationId":"L","webhookId":"w1"})", EventKind::association_delete);
  known.delivery.signature = Signature{SignatureScheme::ed25519, KeyId(std::string(64, 'a')), "signature"};
  ASSERT_TRUE(store_.append(known));
  const auto foreseen = admit(id, EventKind::association_delete, Admission::Mode::dry_run);
  EXPECT_EQ(foreseen->status, Status::duplicate);
  EXPECT_EQ(foreseen->sequence, Sequence(1));
}

TEST_P(QuarantineContract, ADismissedDeliveryStaysAndCanStillBeAdmitted) {
  clock_.set(at("2026-11-07T12:00:00Z"));
  const QuarantineId id = quarantined(body_);
  EXPECT_EQ(store_.dismiss(id).value(), id);
  EXPECT_EQ(store_.find_quarantined(id)->decision->kind, Kind::dismissed);
  EXPECT_EQ(store_.find_quarantined(id)->decision->decided_at, at("2026-11-07T12:00:00Z"));
  EXPECT_EQ(store_.dismiss(id).error().reason, "already-dismissed");
  ASSERT_TRUE(admit(id, EventKind::association_delete));
  EXPECT_EQ(store_.find_quarantined(id)->decision->kind, Kind::admitted);
}

TEST_P(QuarantineContract, WhatIsNotInQuarantineIsNotFound) {
  static_cast<void>(quarantined(body_));
  for (const std::int64_t id : {0, 2, -1}) {
    EXPECT_EQ(store_.find_quarantined(QuarantineId(id)).error().reason, "quarantined-not-found");
    EXPECT_EQ(store_.dismiss(QuarantineId(id)).error().reason, "quarantined-not-found");
    NewEvent event = new_event(body_, EventKind::association_delete);
    event.admission = Admission{QuarantineId(id), clock_.now()};
    EXPECT_EQ(store_.append(event).error().reason, "quarantined-not-found");
  }
}

TEST_P(QuarantineContract, ListsWhatWasAskedForInPages) {
  for (int i = 0; i < 5; ++i) static_cast<void>(quarantined(R"({"number":)" + std::to_string(i) + "}", i == 2 ? "missing-field" : "event-unknown"));
  ASSERT_TRUE(store_.dismiss(QuarantineId(2)));
  QuarantineQuery query;
  query.limit = 2;
  query.only_open = true;
  query.reason = "event-unknown";
  std::vector<std::int64_t> ids;
  for (bool has_more = true; has_more;) {
    const QuarantinePage page = store_.list_quarantine(query).value();
    EXPECT_LE(page.deliveries.size(), 2U);
    for (const QuarantinedDelivery& delivery : page.deliveries) {
      ids.push_back(delivery.id.value());
      EXPECT_EQ(delivery.body_bytes, 12U);
      EXPECT_EQ(delivery.delivery.body, "");
      EXPECT_EQ(delivery.reason, "event-unknown");
    }
    has_more = page.next.has_value();
    query.after = page.next.value_or(QuarantineId());
  }
  EXPECT_EQ(ids, (std::vector<std::int64_t>{1, 4, 5}));
}

}  // namespace
}  // namespace ledger::test::quarantine_test
