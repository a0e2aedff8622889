// Decoding deliveries: their fields, and every fault that a body can have.
#include "domain/webhook_decoder.h"

#include "tests/support/samples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ledger::webhook_decoder_test {
namespace {

using test::sample;
using testing::ElementsAre;

constexpr EventKind kCreate = EventKind::association_create;
constexpr EventKind kUpdate = EventKind::association_update;
constexpr EventKind kDelete = EventKind::association_delete;

/// A body with the two required ids and `more` members.
std::string body_with(const std::string& more) {
  return R"({"id":"a1","locationId":"l1")" + (more.empty() ? "" : "," + more) + "}";
}

DecodedEvent decoded(std::string_view body, std::optional<EventKind> path_event = kUpdate) {
  const Decoding decoding = decode_webhook(body, path_event);
  if (const auto* event = std::get_if<DecodedEvent>(&decoding)) return *event;
  ADD_FAILURE() << "not decoded: " << body;
  return {};
}

/// "/pointer reason" of each issue, in order.
std::vector<std::string> issues(std::string_view body, std::optional<EventKind> path_event = kUpdate) {
  const Decoding decoding = decode_webhook(body, path_event);
  std::vector<std::string> found;
  if (const auto* undecodable = std::get_if<Undecodable>(&decoding)) {
    for (const DecodeIssue& issue : undecodable->issues) {
      EXPECT_FALSE(issue.detail.empty());
      found.push_back(issue.pointer + " " + std::string(issue.reason));
    }
  }
  return found;
}

const NotKept* not_kept(const Decoding& decoding) {
  return std::get_if<NotKept>(&decoding);
}

TEST(WebhookDecoder, ReadsTheDocumentedCreate) {
  const DecodedEvent event = decoded(sample("association-create.json"), kCreate);
  EXPECT_EQ(event.kind, kCreate);
  EXPECT_EQ(event.association, (AssociationKey{LocationId{"eHy2cOSZxMQzQ6Yyvl8P"}, AssociationId{"67ade73d1119d2ac7ad0c475"}}));
  EXPECT_EQ(event.definition, (Definition{"buyer_property_interest", "USER_DEFINED", "custom_objects.real_estate_buyer", "Interested Buyer",
                                          std::nullopt, "custom_objects.property", "Property", std::nullopt}));
  EXPECT_FALSE(event.webhook_id);
  EXPECT_FALSE(event.trace_id);
  EXPECT_FALSE(event.occurred_at);
  EXPECT_EQ(event.flags, EventFlags{});
}

TEST(WebhookDecoder, ReadsUpdateAndDeleteByThePathAlone) {
  EXPECT_EQ(decoded(sample("association-update.json"), kUpdate).kind, kUpdate);
  EXPECT_EQ(decoded(sample("association-delete.json"), kDelete).kind, kDelete);
}

TEST(WebhookDecoder, ReadsTheEnvelope) {
  const DecodedEvent event = decoded(sample("association-delete.enveloped.json"), std::nullopt);
  EXPECT_EQ(event.kind, kDelete);
  EXPECT_EQ(event.webhook_id, WebhookId{"881b9415-5d35-4ff1-a667-0545b80b96c0"});
  EXPECT_EQ(event.occurred_at, parse_rfc3339("2026-11-07T12:46:45.953Z"));
  EXPECT_EQ(event.definition.first_to_second_cardinality, "MANY_TO_MANY");
  EXPECT_EQ(event.definition.second_to_first_cardinality, "MANY_TO_MANY");
}

TEST(WebhookDecoder, ReadsATraceId) {
  EXPECT_EQ(decoded(body_with(R"("traceId":"t-1")")).trace_id, TraceId{"t-1"});
}

TEST(WebhookDecoder, LetsTheBodysTypeWinOverThePathAndFlagsIt) {
  const DecodedEvent event = decoded(body_with(R"("type":"AssociationDelete")"), kCreate);
  EXPECT_EQ(event.kind, kDelete);
  EXPECT_EQ(event.flags, EventFlags(1));
  EXPECT_EQ(decoded(body_with(R"("type":"AssociationDelete")"), kDelete).flags, EventFlags{});
  EXPECT_EQ(decoded(body_with(R"("type":"AssociationDelete")"), std::nullopt).flags, EventFlags{});
}

TEST(WebhookDecoder, TakesAnEmptyOrNullTypeForAbsent) {
  for (const std::string type : {R"("type":"")", R"("type":null)"}) {
    EXPECT_EQ(decoded(body_with(type), kCreate).kind, kCreate);
    EXPECT_THAT(issues(body_with(type), std::nullopt), ElementsAre("/type event-unknown"));
  }
}

TEST(WebhookDecoder, AsksForTheEventWhenNeitherPathNorBodyNamesIt) {
  EXPECT_THAT(issues(body_with(""), std::nullopt), ElementsAre("/type event-unknown"));
}

TEST(WebhookDecoder, DoesNotKeepOtherEventsWhateverThePathSays) {
  for (const std::optional<EventKind> path_event : {std::optional<EventKind>{}, std::optional{kDelete}}) {
    const Decoding decoding = decode_webhook(sample("install.json"), path_event);
    ASSERT_NE(not_kept(decoding), nullptr);
    EXPECT_EQ(not_kept(decoding)->type, "INSTALL");
    EXPECT_EQ(not_kept(decoding)->webhook_id, WebhookId{"ab2bccb7-9c5c-4f49-b40d-9bbd665c024a"});
    EXPECT_FALSE(not_kept(decoding)->trace_id);
  }
}

TEST(WebhookDecoder, ExaminesNoFieldOfAnEventThatItDoesNotKeep) {
  const Decoding decoding = decode_webhook(R"({"type":"ContactCreate","id":7,"timestamp":"soon","webhookId":"","traceId":["t"]})", std::nullopt);
  ASSERT_NE(not_kept(decoding), nullptr);
  EXPECT_EQ(not_kept(decoding)->type, "ContactCreate");
  EXPECT_FALSE(not_kept(decoding)->webhook_id);
  EXPECT_FALSE(not_kept(decoding)->trace_id);
}

TEST(WebhookDecoder, ComparesTypesExactly) {
  EXPECT_NE(not_kept(decode_webhook(body_with(R"("type":"associationDelete")"), kDelete)), nullptr);
}

TEST(WebhookDecoder, BoundsTheTypeLikeAnId) {
  EXPECT_THAT(issues(body_with(R"("type":7)")), ElementsAre("/type wrong-type"));
  EXPECT_THAT(issues(body_with(R"("type":{})"), std::nullopt), ElementsAre("/type wrong-type"));
  EXPECT_THAT(issues(body_with(R"("type":"a\u0000b")")), ElementsAre("/type invalid-character"));
  EXPECT_THAT(issues(body_with("\"type\":\"" + std::string(kIdBytesMax + 1, 'x') + "\"")), ElementsAre("/type invalid-id"));
  EXPECT_NE(not_kept(decode_webhook(body_with("\"type\":\"" + std::string(kIdBytesMax, 'x') + "\""), kDelete)), nullptr);
}

TEST(WebhookDecoder, NamesStructuralFaultsByOneIssueForTheWholeBody) {
  EXPECT_THAT(issues(""), ElementsAre(" empty-body"));
  EXPECT_THAT(issues("{"), ElementsAre(" malformed-json"));
  EXPECT_THAT(issues("[]"), ElementsAre(" not-an-object"));
  EXPECT_THAT(issues("{\"id\":\"\xff\"}"), ElementsAre(" invalid-utf8"));
  EXPECT_THAT(issues(std::string(100'000, '[')), ElementsAre(" nesting-too-deep"));
  EXPECT_THAT(issues(body_with("\"n\":1e999")), ElementsAre(" number-out-of-range"));
}

TEST(WebhookDecoder, RefusesANameThatOccursTwice) {
  EXPECT_THAT(issues(body_with(R"("id":"a1")")), ElementsAre("/id duplicate-key"));
  EXPECT_THAT(issues(body_with(R"("\u0069d":"a2")")), ElementsAre("/id duplicate-key"));
  EXPECT_THAT(issues(R"({"type":"ContactCreate","x":1,"x":2})"), ElementsAre("/x duplicate-key"));
  EXPECT_THAT(issues(body_with(R"("~/":1,"~/":2)")), ElementsAre("/~0~1 duplicate-key"));
  const std::string long_name = "\"" + std::string(kIdBytesMax + 1, 'x') + "\":1";
  EXPECT_THAT(issues(body_with(long_name + "," + long_name)), ElementsAre(" duplicate-key"));
}

TEST(WebhookDecoder, AllowsANameTwiceBelowTheTopLevel) {
  EXPECT_EQ(decoded(body_with(R"("extra":{"id":"inner","locationId":"inner","locationId":"again"})")).association.id, AssociationId{"a1"});
}

TEST(WebhookDecoder, AsksForBothIds) {
  EXPECT_THAT(issues("{}"), ElementsAre("/id missing-field", "/locationId missing-field"));
  EXPECT_THAT(issues(R"({"id":"a1"})"), ElementsAre("/locationId missing-field"));
  EXPECT_THAT(issues(R"({"id":null,"locationId":"l1"})"), ElementsAre("/id missing-field"));
  EXPECT_THAT(issues(R"({"ID":"a1","locationId":"l1"})"), ElementsAre("/id missing-field"));
}

TEST(WebhookDecoder, BoundsIdsAtTheirLimits) {
  const auto with_id = [](const std::string& id) { return R"({"locationId":"l1","id":")" + id + "\"}"; };
  EXPECT_THAT(issues(with_id("")), ElementsAre("/id invalid-id"));
  EXPECT_EQ(decoded(with_id("x")).association.id, AssociationId{"x"});
  EXPECT_EQ(decoded(with_id(std::string(kIdBytesMax, 'x'))).association.id.value().size(), kIdBytesMax);
  EXPECT_THAT(issues(with_id(std::string(kIdBytesMax + 1, 'x'))), ElementsAre("/id invalid-id"));
  EXPECT_THAT(issues(with_id(std::string(10'000, 'x'))), ElementsAre("/id invalid-id"));
  EXPECT_THAT(issues(R"({"id":"a1","locationId":""})"), ElementsAre("/locationId invalid-id"));
}

TEST(WebhookDecoder, KeepsAnyPrintableId) {
  EXPECT_EQ(decoded(R"({"locationId":"l1","id":"OPPORTUNITIES CONTACTS/\u00e4\"%2F"})").association.id,
            AssociationId{"OPPORTUNITIES CONTACTS/\xc3\xa4\"%2F"});
}

TEST(WebhookDecoder, RefusesControlCharactersInIds) {
  for (const std::string escape : {"\\u0000", "\\u0001", "\\n", "\\u001f", "\\u007f"}) {
    EXPECT_THAT(issues(R"({"locationId":"l1","id":"a)" + escape + "\"}"), ElementsAre("/id invalid-character")) << escape;
    EXPECT_THAT(issues(body_with("\"webhookId\":\"" + escape + "\"")), ElementsAre("/webhookId invalid-character")) << escape;
  }
}

TEST(WebhookDecoder, RefusesEmptyWebhookAndTraceIds) {
  EXPECT_THAT(issues(body_with(R"("webhookId":"","traceId":"")")), ElementsAre("/webhookId invalid-id", "/traceId invalid-id"));
  EXPECT_FALSE(decoded(body_with(R"("webhookId":null,"traceId":null)")).webhook_id);
}

TEST(WebhookDecoder, RefusesTimestampsThatAreNone) {
  EXPECT_THAT(issues(body_with(R"("timestamp":"")")), ElementsAre("/timestamp invalid-timestamp"));
  EXPECT_THAT(issues(body_with(R"("timestamp":"2026-11-07")")), ElementsAre("/timestamp invalid-timestamp"));
  EXPECT_THAT(issues(body_with(R"("timestamp":1794055605953)")), ElementsAre("/timestamp wrong-type"));
  EXPECT_FALSE(decoded(body_with(R"("timestamp":null)")).occurred_at);
}

TEST(WebhookDecoder, TellsAbsentFromEmptyInADefinition) {
  const Definition definition = decoded(body_with(R"("firstObjectLabel":"","secondObjectLabel":null)")).definition;
  EXPECT_EQ(definition.first_object_label, "");
  EXPECT_FALSE(definition.second_object_label);
}

TEST(WebhookDecoder, RefusesOnlyNulInTheTextOfADefinition) {
  EXPECT_EQ(decoded(body_with(R"("firstObjectLabel":"two\nlines")")).definition.first_object_label, "two\nlines");
  EXPECT_THAT(issues(body_with(R"("firstObjectLabel":"a\u0000")")), ElementsAre("/firstObjectLabel invalid-character"));
}

TEST(WebhookDecoder, NamesEveryFieldThatIsWrongInAFixedOrder) {
  const std::string_view body =
      R"({"secondObjectToFirstObjectCardinality":1,"secondObjectLabel":1,"secondObjectKey":1,"firstObjectToSecondObjectCardinality":1,)"
      R"("firstObjectLabel":1,"firstObjectKey":1,"associationType":1,"key":1,"traceId":1,"webhookId":1,"timestamp":1,"type":1,"locationId":1,"id":1})";
  EXPECT_THAT(issues(body),
              ElementsAre("/id wrong-type", "/locationId wrong-type", "/type wrong-type", "/timestamp wrong-type", "/webhookId wrong-type",
                          "/traceId wrong-type", "/key wrong-type", "/associationType wrong-type", "/firstObjectKey wrong-type",
                          "/firstObjectLabel wrong-type", "/firstObjectToSecondObjectCardinality wrong-type", "/secondObjectKey wrong-type",
                          "/secondObjectLabel wrong-type", "/secondObjectToFirstObjectCardinality wrong-type"));
}

TEST(WebhookDecoder, RefusesEveryTypeButStringAndNull) {
  for (const std::string value : {"0", "1.5", "true", "false", "[]", "{}", "[\"a\"]", "{\"a\":\"b\"}"}) {
    EXPECT_THAT(issues(body_with("\"key\":" + value)), ElementsAre("/key wrong-type")) << value;
  }
}

TEST(WebhookDecoder, IgnoresUnknownFieldsOfAnyKind) {
  EXPECT_EQ(decoded(body_with(R"("extra":{"deep":[1,2.5,true,null,"\u0000"]},"appId":7,"":"")")).association.location, LocationId{"l1"});
}

TEST(WebhookDecoder, QuotesNothingOfTheBodyInItsDetails) {
  const Decoding decoding = decode_webhook(R"({"id":"secret\u0001","locationId":"","timestamp":"secret","key":"secret\u0000"})", kUpdate);
  const auto* undecodable = std::get_if<Undecodable>(&decoding);
  ASSERT_NE(undecodable, nullptr);
  EXPECT_EQ(undecodable->issues.size(), 4U);
  for (const DecodeIssue& issue : undecodable->issues) EXPECT_EQ(issue.detail.find("secret"), std::string::npos) << issue.detail;
}

}  // namespace
}  // namespace ledger::webhook_decoder_test
