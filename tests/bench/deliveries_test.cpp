// Tests of the deliveries: the ledger decodes them as intended.
#include "tests/bench/deliveries.h"

#include "domain/webhook_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <set>

namespace ledger::bench::deliveries_test {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

constexpr Timestamp kNow{std::chrono::milliseconds(1'795'435'200'123)};

DecodedEvent decoded(std::string_view body) {
  Decoding decoding = decode_webhook(body, std::nullopt);
  auto* const event = std::get_if<DecodedEvent>(&decoding);
  EXPECT_NE(event, nullptr) << body;
  return event == nullptr ? DecodedEvent{} : *event;
}

TEST(Deliveries, AreDecodedAsIntended) {
  DeliveryWriter writer(1);
  for (const EventKind kind : {EventKind::association_create, EventKind::association_update, EventKind::association_delete}) {
    for (std::uint64_t number = 0; number < 50; ++number) {
      const Timestamp now = kNow + std::chrono::milliseconds(number);
      static_cast<void>(writer.request(kind, location_id(number), association_id(number), now));
      const DecodedEvent event = decoded(writer.body());
      EXPECT_EQ(event.kind, kind);
      EXPECT_EQ(event.association.location.value(), location_id(number));
      EXPECT_EQ(event.association.id.value(), association_id(number));
      EXPECT_EQ(event.occurred_at, now);
      EXPECT_THAT(event.webhook_id.value().value(), MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
      EXPECT_EQ(event.definition.association_type, "USER_DEFINED");
      EXPECT_EQ(event.definition.first_to_second_cardinality, "MANY_TO_MANY");
    }
  }
}

TEST(Deliveries, OfNewRelationsNameTheirAssociationAndRecords) {
  DeliveryWriter writer(1);
  std::set<std::string> records;
  std::set<std::string> associations;
  for (int i = 0; i < 100; ++i) {
    static_cast<void>(writer.request_of_new_relation(location_id(3), kNow));
    const DecodedEvent event = decoded(writer.body());
    EXPECT_EQ(event.kind, EventKind::relation_create);
    EXPECT_EQ(event.association.location.value(), location_id(3));
    EXPECT_EQ(event.occurred_at, kNow);
    associations.insert(event.relation.association.value().value());
    records.insert(event.relation.first_record.value().value());
    records.insert(event.relation.second_record.value().value());
    records.insert(event.association.id.value());
  }
  EXPECT_EQ(records.size(), 200U) << "the first record has the id of the relation";
  EXPECT_LE(associations.size(), 20U);
}

TEST(Deliveries, OfRelationsNameTheirAssociation) {
  DeliveryWriter writer(1);
  static_cast<void>(writer.request_of_relation(EventKind::relation_delete, location_id(0), association_id(1), association_id(2), kNow));
  const DecodedEvent event = decoded(writer.body());
  EXPECT_EQ(event.kind, EventKind::relation_delete);
  EXPECT_EQ(event.association.id.value(), association_id(1));
  EXPECT_EQ(event.relation.first_record.value().value(), association_id(1));
  EXPECT_EQ(event.relation.second_record.value().value(), association_id(2));
  EXPECT_EQ(event.relation.association.value().value(), association_id(2));
}

TEST(Deliveries, HaveTheSizeOfRealDeliveries) {
  DeliveryWriter writer(1);
  std::size_t sum = 0;
  for (std::uint64_t number = 0; number < 1000; ++number) {
    static_cast<void>(writer.request_of_new_association(location_id(number), kNow));
    sum += writer.body().size();
  }
  EXPECT_NEAR(static_cast<double>(sum) / 1000, 450, 50) << "bytes";
}

TEST(Deliveries, AreWholeRequests) {
  DeliveryWriter writer(1);
  const std::string request(writer.request_of_new_association(location_id(0), kNow));
  EXPECT_THAT(request, StartsWith("POST /webhooks/highlevel HTTP/1.1\r\nHost: "));
  EXPECT_THAT(request, HasSubstr("\r\nContent-Length: " + std::to_string(writer.body().size()) + "\r\n\r\n{"));
  EXPECT_THAT(request, EndsWith(writer.body()));
}

TEST(Deliveries, AreAllDifferent) {
  DeliveryWriter writer(1);
  std::set<std::string> associations;
  std::set<std::string> webhooks;
  for (int i = 0; i < 1000; ++i) {
    static_cast<void>(writer.request_of_new_association(location_id(0), kNow));
    const DecodedEvent event = decoded(writer.body());
    associations.insert(event.association.id.value());
    webhooks.insert(event.webhook_id.value().value());
  }
  EXPECT_EQ(associations.size(), 1000U);
  EXPECT_EQ(webhooks.size(), 1000U);
}

TEST(Deliveries, OfNewAssociationsHaveIdsOfTheirSecond) {
  DeliveryWriter writer(1);
  std::set<std::string> seconds;
  for (int i = 0; i < 100; ++i) {
    static_cast<void>(writer.request_of_new_association(location_id(0), kNow));
    seconds.insert(decoded(writer.body()).association.id.value().substr(0, 8));
  }
  EXPECT_EQ(seconds.size(), 1U);
}

TEST(Deliveries, OfUnknownDeletionsHaveRandomIds) {
  DeliveryWriter writer(1);
  std::set<std::string> beginnings;
  for (int i = 0; i < 100; ++i) {
    static_cast<void>(writer.request_of_unknown_deletion(location_id(0), kNow));
    const DecodedEvent event = decoded(writer.body());
    EXPECT_EQ(event.kind, EventKind::association_delete);
    beginnings.insert(event.association.id.value().substr(0, 8));
  }
  EXPECT_GT(beginnings.size(), 90U);
}

TEST(Deliveries, UseTheSameLocationsInEveryProcess) {
  EXPECT_EQ(location_id(0), "lwnQgf8efPplbPwCHg2S");
  std::set<std::string> ids;
  for (std::uint64_t index = 0; index < 50'000; ++index) {
    ids.insert(location_id(index));
    EXPECT_EQ(location_id(index).size(), 20U);
  }
  EXPECT_EQ(ids.size(), 50'000U);
}

TEST(Deliveries, CarryTheirSignatureBeforeTheBody) {
  EXPECT_THAT(signed_request("{}", "c2ln"), EndsWith("\r\nX-GHL-Signature: c2ln\r\nContent-Length: 2\r\n\r\n{}"));
}

TEST(Deliveries, GetRequestHasTheExtraFields) {
  EXPECT_EQ(get_request("/v1/events", "If-None-Match: \"x\"\r\n"), "GET /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nIf-None-Match: \"x\"\r\n\r\n");
}

}  // namespace
}  // namespace ledger::bench::deliveries_test
