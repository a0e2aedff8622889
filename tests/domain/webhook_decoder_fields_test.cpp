// What of an event can be unreadable, and what then becomes of it: `id` and `locationId` decide, everything else is optional.
#include "domain/webhook_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ledger::webhook_decoder_fields_test {
namespace {

/// A Delete with `more` members.
std::string body_with(const std::string& more) {
  return R"({"type":"AssociationDelete","id":"a1","locationId":"l1",)" + more + "}";
}

DecodedEvent decoded(std::string_view body) {
  const Decoding decoding = decode_webhook(body, std::nullopt);
  if (const auto* event = std::get_if<DecodedEvent>(&decoding)) return *event;
  ADD_FAILURE() << "not decoded: " << body;
  return {};
}

bool is_unread(const DecodedEvent& event) {
  EXPECT_EQ(event.flags.bits() & ~static_cast<std::uint32_t>(EventFlag::field_unread), 0U);
  return event.flags.has(EventFlag::field_unread);
}

/// The Delete without any optional field.
DecodedEvent bare(EventFlags flags = {}) {
  DecodedEvent event = decoded(body_with(R"("x":0)"));
  event.flags = flags;
  return event;
}

void expect_same(const DecodedEvent& event, const DecodedEvent& other, const std::string& what) {
  EXPECT_EQ(event.kind, other.kind) << what;
  EXPECT_EQ(event.association, other.association) << what;
  EXPECT_EQ(event.webhook_id, other.webhook_id) << what;
  EXPECT_EQ(event.trace_id, other.trace_id) << what;
  EXPECT_EQ(event.occurred_at, other.occurred_at) << what;
  EXPECT_EQ(event.definition, other.definition) << what;
  EXPECT_EQ(event.relation, other.relation) << what;
  EXPECT_EQ(event.flags, other.flags) << what;
}

TEST(WebhookDecoderFields, ReadTheTimeInEveryFormThatSendersUse) {
  const auto moment = parse_rfc3339("2026-11-07T12:46:45.953Z");
  for (const std::string time : {"1794055605953", "\"1794055605953\"", "1794055605.953", "\"2026-11-07T12:46:45.953+0000\"",
                                 "\"2026-11-07 12:46:45.953\"", "\"2026-11-07T13:46:45.953+01:00\""}) {
    const DecodedEvent event = decoded(body_with("\"timestamp\":" + time));
    EXPECT_EQ(event.occurred_at, moment) << time;
    EXPECT_FALSE(is_unread(event)) << time;
  }
}

TEST(WebhookDecoderFields, CountAsAbsentWhenTheyCannotBeRead) {
  for (const std::string& field : {std::string(R"("timestamp":"soon")"),
                                   std::string(R"("timestamp":"")"),
                                   std::string(R"("timestamp":"2026-11-07")"),
                                   std::string(R"("timestamp":true)"),
                                   std::string(R"("timestamp":{"at":1794055605953})"),
                                   std::string(R"("timestamp":NaN)"),
                                   std::string(R"("traceId":"")"),
                                   std::string(R"("webhookId":7)"),
                                   std::string(R"("webhookId":"a\n")"),
                                   "\"webhookId\":\"" + std::string(kIdBytesMax + 1, 'w') + "\"",
                                   std::string(R"("key":["a"])"),
                                   std::string(R"("associationType":false)"),
                                   std::string(R"("firstObjectKey":1)"),
                                   std::string(R"("firstObjectLabel":{"en":"Buyer"})"),
                                   std::string(R"("firstObjectLabel":"a\u0000")"),
                                   std::string(R"("firstObjectLabel":"a\q")"),
                                   std::string(R"("firstObjectToSecondObjectCardinality":0)"),
                                   std::string(R"("secondObjectKey":[])"),
                                   std::string("\"secondObjectLabel\":\"a\nb\""),
                                   std::string(R"("secondObjectToFirstObjectCardinality":-1)")}) {
    expect_same(decoded(body_with(field)), bare(EventFlags(static_cast<std::uint32_t>(EventFlag::field_unread))), field);
  }
}

TEST(WebhookDecoderFields, CountAsAbsentWhenTheyAreRepeated) {
  for (const std::string name : {"timestamp", "webhookId", "traceId", "key", "firstObjectLabel"}) {
    const std::string field = "\"" + name + "\":\"2026-11-07T12:46:45.953Z\"";
    expect_same(decoded(body_with(std::string(field).append(",").append(field))),
                bare(EventFlags(static_cast<std::uint32_t>(EventFlag::field_unread))), name);
  }
}

TEST(WebhookDecoderFields, CountAsAbsentWithoutAFlagWhenTheyAreNull) {
  expect_same(decoded(body_with(R"("timestamp":null,"webhookId":null,"traceId":null,"key":null,"secondObjectLabel":null)")), bare(), "null");
}

TEST(WebhookDecoderFields, KeepWhatIsReadableBesideWhatIsNot) {
  const DecodedEvent event = decoded(body_with(R"("timestamp":"soon","webhookId":"w","key":7,"firstObjectLabel":"Buyer")"));
  EXPECT_EQ(event.webhook_id, WebhookId{"w"});
  EXPECT_EQ(event.definition.first_object_label, "Buyer");
  EXPECT_FALSE(event.definition.key);
  EXPECT_TRUE(is_unread(event));
}

TEST(WebhookDecoderFields, ReplaceHalfASurrogatePairAndBytesThatAreNotUtf8) {
  for (const std::string label : {R"(Buyer \ud83d!)", R"(Buyer \udfe0!)", "Buyer \xff!"}) {
    const DecodedEvent event = decoded(body_with("\"firstObjectLabel\":\"" + label + "\",\"secondObjectLabel\":\"\\ud83c\\udfe0\""));
    EXPECT_EQ(event.definition.first_object_label, "Buyer \xef\xbf\xbd!");
    EXPECT_EQ(event.definition.second_object_label, "\xf0\x9f\x8f\xa0");
    EXPECT_TRUE(is_unread(event));
  }
  EXPECT_FALSE(is_unread(decoded(body_with(R"("firstObjectLabel":"\ufffd")")))) << "the sender wrote it";
}

TEST(WebhookDecoderFields, AreNotSpoiledByAnyThatTheLedgerDoesNotUse) {
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  for (const std::string& field :
       {std::string(R"("note":"x\ud83d")"), std::string("\"note\":\"\xff\""), std::string(R"("note":"\q\u12g4")"), std::string("\"note\":\"a\nb\""),
        std::string("\"note\":\"a\0b\"", 12), std::string("\"\xff\":1"), std::string(R"("\ud800":1)"), "\"note\":" + deep,
        std::string(R"("note":1e999)"), std::string(R"("note":NaN)"), std::string(R"("note":[{"id":"inner","locationId":"inner"},"\ud83d"])"),
        std::string(R"("x":1,"x":2)"), std::string(R"("firstRecordId":7,"associationId":"\ud83d")")}) {
    expect_same(decoded(body_with(field)), bare(), field.substr(0, 100));
  }
}

TEST(WebhookDecoderFields, OfARelationAreAllOptional) {
  const DecodedEvent nothing = decoded(R"({"type":"RelationCreate","id":"r","locationId":"l1"})");
  EXPECT_EQ(nothing.relation, Relation{});
  EXPECT_FALSE(is_unread(nothing));
  const DecodedEvent some = decoded(
      R"({"type":"RelationCreate","id":"r","locationId":"l1","associationId":7,"firstRecordId":"","secondRecordId":"s","firstObjectKey":"contact","key":7})");
  EXPECT_EQ(some.relation, (Relation{std::nullopt, "contact", std::nullopt, std::nullopt, RecordId{"s"}}));
  EXPECT_TRUE(is_unread(some));
}

TEST(WebhookDecoderFields, TellAbsentFromEmptyInADefinition) {
  const Definition definition = decoded(body_with(R"("firstObjectLabel":"","secondObjectLabel":null)")).definition;
  EXPECT_EQ(definition.first_object_label, "");
  EXPECT_FALSE(definition.second_object_label);
}

TEST(WebhookDecoderFields, KeepLineBreaksInTexts) {
  EXPECT_EQ(decoded(body_with(R"("firstObjectLabel":"two\nlines")")).definition.first_object_label, "two\nlines");
}

TEST(DecodeDefinition, ReadsWhateverTheBodySaysAndNeverFails) {
  EXPECT_EQ(decode_definition(R"({"type":"SomethingNew","key":"k","firstObjectLabel":7})").key, "k");
  for (const std::string_view body : {"", "{", "[]", "\xff", R"({"key":"k"} x)", R"({"key":"k")"})
    EXPECT_EQ(decode_definition(body), Definition{}) << body;
}

TEST(DecodeRelation, ReadsWhateverTheBodySaysAndNeverFails) {
  EXPECT_EQ(decode_relation(R"({"type":"SomethingNew","associationId":"a","id":7})").association, AssociationId{"a"});
  for (const std::string_view body : {"", "{", "[]", R"({"associationId":"a"} x)"}) EXPECT_EQ(decode_relation(body), Relation{}) << body;
}

}  // namespace
}  // namespace ledger::webhook_decoder_fields_test
