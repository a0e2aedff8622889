// Which event a delivery is, and the bodies that are none.
#include "domain/webhook_decoder.h"

#include "tests/support/samples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ledger::webhook_decoder_test {
namespace {

using test::sample;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr EventKind kCreate = EventKind::association_create;
constexpr EventKind kUpdate = EventKind::association_update;
constexpr EventKind kDelete = EventKind::association_delete;
constexpr auto kNoPath = std::optional<EventKind>();

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

std::vector<std::string_view> flags(const DecodedEvent& event) {
  std::vector<std::string_view> names;
  for (const EventFlag flag : kEventFlags) {
    if (event.flags.has(flag)) names.push_back(name(flag));
  }
  return names;
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
}

TEST(WebhookDecoder, ReadsUpdateAndDeleteByThePathAlone) {
  EXPECT_EQ(decoded(sample("association-update.json"), kUpdate).kind, kUpdate);
  EXPECT_EQ(decoded(sample("association-delete.json"), kDelete).kind, kDelete);
}

TEST(WebhookDecoder, FlagsAnEventThatOnlyThePathNames) {
  EXPECT_THAT(flags(decoded(sample("association-update.json"), kUpdate)), ElementsAre("kind_from_path"));
  EXPECT_THAT(flags(decoded(body_with(R"("type":"AssociationUpdate")"), kUpdate)), IsEmpty());
}

TEST(WebhookDecoder, ReadsTheEnvelope) {
  const DecodedEvent event = decoded(sample("association-delete.enveloped.json"), kNoPath);
  EXPECT_EQ(event.kind, kDelete);
  EXPECT_EQ(event.webhook_id, WebhookId{"881b9415-5d35-4ff1-a667-0545b80b96c0"});
  EXPECT_EQ(event.occurred_at, parse_rfc3339("2026-11-07T12:46:45.953Z"));
  EXPECT_EQ(event.definition.first_to_second_cardinality, "MANY_TO_MANY");
  EXPECT_EQ(event.definition.second_to_first_cardinality, "MANY_TO_MANY");
  EXPECT_THAT(flags(event), IsEmpty());
}

TEST(WebhookDecoder, ReadsATraceId) {
  EXPECT_EQ(decoded(body_with(R"("traceId":"t-1")")).trace_id, TraceId{"t-1"});
}

TEST(WebhookDecoder, LetsTheBodysTypeWinOverThePathAndFlagsIt) {
  const DecodedEvent event = decoded(body_with(R"("type":"AssociationDelete")"), kCreate);
  EXPECT_EQ(event.kind, kDelete);
  EXPECT_THAT(flags(event), ElementsAre("event_mismatch"));
  EXPECT_THAT(flags(decoded(body_with(R"("type":"AssociationDelete")"), kDelete)), IsEmpty());
  EXPECT_THAT(flags(decoded(body_with(R"("type":"AssociationDelete")"), kNoPath)), IsEmpty());
}

TEST(WebhookDecoder, TakesAnEmptyOrNullTypeForAbsent) {
  for (const std::string type : {R"("type":"")", R"("type":null)"}) {
    EXPECT_EQ(decoded(body_with(type), kCreate).kind, kCreate);
    EXPECT_THAT(issues(body_with(type), kNoPath), ElementsAre("/type event-unknown"));
  }
}

// A documented body names no event, so at the bare path nobody can tell an Update from a Delete.
TEST(WebhookDecoder, AsksForTheEventWhenNeitherPathNorBodyNamesIt) {
  EXPECT_THAT(issues(sample("association-update.json"), kNoPath), ElementsAre("/type event-unknown"));
  EXPECT_THAT(issues("{}", kNoPath), ElementsAre("/type event-unknown", "/id missing-field", "/locationId missing-field"));
}

TEST(WebhookDecoder, RecordsAnotherSpellingOfAnEventAndFlagsIt) {
  for (const std::string type : {"AssociationDeleted", "association.delete", "association_deleted", "ASSOCIATION DELETE", " AssociationDelete"}) {
    for (const std::optional<EventKind> path_event : {kNoPath, std::optional{kDelete}}) {
      const DecodedEvent event = decoded(body_with("\"type\":\"" + type + "\""), path_event);
      EXPECT_EQ(event.kind, kDelete) << type;
      EXPECT_THAT(flags(event), ElementsAre("kind_respelled")) << type;
    }
  }
}

TEST(WebhookDecoder, QuarantinesAnUnknownEventOnAPathThatNamesOneOfOurs) {
  EXPECT_THAT(issues(body_with(R"("type":"SomethingNew")"), kDelete), ElementsAre("/type event-unknown"));
}

TEST(WebhookDecoder, QuarantinesAnUnknownEventWhoseNameMentionsWhatTheLedgerKeeps) {
  for (const std::string type : {"AssociationArchive", "association.label.update", "RelationUpdate", "ContactRelation_Moved"}) {
    EXPECT_THAT(issues(body_with("\"type\":\"" + type + "\""), kNoPath), ElementsAre("/type event-unknown")) << type;
  }
}

TEST(WebhookDecoder, IgnoresDocumentedEventsOfOthersWhateverThePathSays) {
  for (const std::optional<EventKind> path_event : {kNoPath, std::optional{kDelete}}) {
    for (const std::string type : {"ContactCreate", "contact.created"}) {
      const Decoding decoding = decode_webhook("{\"type\":\"" + type + R"(","webhookId":"w","traceId":"t"})", path_event);
      ASSERT_NE(not_kept(decoding), nullptr) << type;
      EXPECT_EQ(not_kept(decoding)->because, NotKeptBecause::documented);
      EXPECT_EQ(not_kept(decoding)->type, type);
      EXPECT_EQ(not_kept(decoding)->webhook_id, WebhookId{"w"});
      EXPECT_EQ(not_kept(decoding)->trace_id, TraceId{"t"});
    }
  }
}

TEST(WebhookDecoder, IgnoresAnyOtherUnknownEventOnTheBarePath) {
  const Decoding decoding = decode_webhook(body_with(R"("type":"SomethingNew")"), kNoPath);
  ASSERT_NE(not_kept(decoding), nullptr);
  EXPECT_EQ(not_kept(decoding)->because, NotKeptBecause::unknown);
  EXPECT_EQ(not_kept(decoding)->type, "SomethingNew");
}

TEST(WebhookDecoder, ExaminesNoFieldOfAnEventThatItDoesNotKeep) {
  const Decoding decoding = decode_webhook(R"({"type":"ContactCreate","id":7,"timestamp":"soon","webhookId":"","traceId":["t"]})", kNoPath);
  ASSERT_NE(not_kept(decoding), nullptr);
  EXPECT_FALSE(not_kept(decoding)->webhook_id);
  EXPECT_FALSE(not_kept(decoding)->trace_id);
}

TEST(WebhookDecoder, TakesATypeThatCannotBeReadForAbsent) {
  for (const std::string& type :
       {std::string("7"), std::string("{}"), std::string("\"a\\u0000b\""), "\"" + std::string(kIdBytesMax + 1, 'x') + "\""}) {
    EXPECT_THAT(flags(decoded(body_with("\"type\":" + type), kDelete)), ElementsAre("kind_from_path", "field_unread")) << type;
    EXPECT_THAT(issues(body_with("\"type\":" + type), kNoPath), ElementsAre("/type event-unknown")) << type;
  }
  EXPECT_NE(not_kept(decode_webhook(body_with("\"type\":\"" + std::string(kIdBytesMax, 'x') + "\""), kNoPath)), nullptr);
}

TEST(WebhookDecoder, ReadsTheDocumentedRelation) {
  const DecodedEvent event = decoded(sample("relation-create.json"), EventKind::relation_create);
  EXPECT_EQ(event.kind, EventKind::relation_create);
  EXPECT_EQ(event.association, (AssociationKey{LocationId{"eHy2cOSZxMQzQ6Yyvl8P"}, AssociationId{"67ae0d741119d218c9d0c477"}}));
  EXPECT_EQ(event.relation, (Relation{AssociationId{"669e5795add2094075906c65"}, "custom_objects.mad", RecordId{"67a349a79b28947ec1f65bb5"},
                                      "contact", RecordId{"emqfhnG3g9D9chy9inTz"}}));
  EXPECT_EQ(event.definition, Definition{});
  EXPECT_EQ(decoded(body_with(R"("type":"RelationDeleted")"), kNoPath).kind, EventKind::relation_delete);
}

TEST(WebhookDecoder, ReadsAnInstallIntoALocation) {
  const DecodedEvent event = decoded(sample("install.json"), kNoPath);
  EXPECT_EQ(event.kind, EventKind::install);
  EXPECT_EQ(event.association, (AssociationKey{LocationId{"YpZUCDPCffMDeYhgb4rL"}, AssociationId{}}));
  EXPECT_EQ(event.webhook_id, WebhookId{"ab2bccb7-9c5c-4f49-b40d-9bbd665c024a"});
  EXPECT_EQ(event.occurred_at, parse_rfc3339("2026-09-22T14:20:53.728Z"));
  EXPECT_EQ(event.definition, Definition{});
  EXPECT_EQ(event.relation, Relation{});
  EXPECT_EQ(decoded(R"({"type":"UNINSTALL","id":7,"key":7,"locationId":"L"})", kNoPath).kind, EventKind::uninstall);
}

TEST(WebhookDecoder, IgnoresAnInstallForAnAgency) {
  const Decoding decoding = decode_webhook(R"({"type":"INSTALL","installType":"Company","locationId":null})", kNoPath);
  ASSERT_NE(not_kept(decoding), nullptr);
  EXPECT_EQ(not_kept(decoding)->because, NotKeptBecause::no_location);
  EXPECT_EQ(not_kept(decoding)->type, "INSTALL");
  EXPECT_NE(not_kept(decode_webhook("{}", EventKind::uninstall)), nullptr);
  EXPECT_THAT(issues(R"({"type":"INSTALL","locationId":""})", kNoPath), ElementsAre("/locationId invalid-id"));
}

TEST(WebhookDecoder, NamesStructuralFaultsByOneIssueForTheWholeBody) {
  EXPECT_THAT(issues(""), ElementsAre(" empty-body"));
  EXPECT_THAT(issues("{"), ElementsAre(" malformed-json"));
  EXPECT_THAT(issues("[]"), ElementsAre(" not-an-object"));
}

TEST(WebhookDecoder, AsksForBothIds) {
  EXPECT_THAT(issues("{}"), ElementsAre("/id missing-field", "/locationId missing-field"));
  EXPECT_THAT(issues(R"({"id":"a1"})"), ElementsAre("/locationId missing-field"));
  EXPECT_THAT(issues(R"({"id":null,"locationId":"l1"})"), ElementsAre("/id missing-field"));
  EXPECT_THAT(issues(R"({"ID":"a1","locationId":"l1"})"), ElementsAre("/id missing-field"));
}

TEST(WebhookDecoder, QuarantinesIdsThatAreNotTexts) {
  EXPECT_THAT(issues(R"({"id":7,"locationId":{}})"), ElementsAre("/id wrong-type", "/locationId wrong-type"));
  EXPECT_THAT(issues(R"({"id":"a\q","locationId":"l1"})"), ElementsAre("/id malformed-json"));
}

TEST(WebhookDecoder, QuarantinesARepeatedId) {
  EXPECT_THAT(issues(body_with(R"("id":"a1")")), ElementsAre("/id duplicate-key"));
  EXPECT_THAT(issues(body_with(R"("\u0069d":"a2")")), ElementsAre("/id duplicate-key"));
  EXPECT_THAT(issues(body_with(R"("locationId":null)")), ElementsAre("/locationId duplicate-key"));
}

TEST(WebhookDecoder, QuarantinesIdsThatAreNotUnicode) {
  EXPECT_THAT(issues(R"({"id":"a\ud83d","locationId":"\udc00"})"), ElementsAre("/id invalid-utf8", "/locationId invalid-utf8"));
  EXPECT_THAT(issues("{\"id\":\"a\xff\",\"locationId\":\"\xed\xa0\x80\"}"), ElementsAre("/id invalid-utf8", "/locationId invalid-utf8"));
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
  }
}

TEST(WebhookDecoder, QuotesNothingOfTheBodyInItsDetails) {
  const Decoding decoding = decode_webhook(R"({"id":"secret\u0001","locationId":"","type":"secret","key":"secret\u0000"})", kUpdate);
  const auto* undecodable = std::get_if<Undecodable>(&decoding);
  ASSERT_NE(undecodable, nullptr);
  EXPECT_EQ(undecodable->issues.size(), 3U);
  for (const DecodeIssue& issue : undecodable->issues) EXPECT_EQ(issue.detail.find("secret"), std::string::npos) << issue.detail;
}

DecodedEvent admitted(std::string_view body, EventKind kind) {
  return std::get<DecodedEvent>(decode_admitted(body, kind));
}

TEST(WebhookDecoder, AnOperatorNamesAnEventWhoseTypeNobodyKnows) {
  for (const std::string type : {"", R"("type":"SomethingNew")", R"("type":"AssociationRenamed")", R"("type":7)"}) {
    const DecodedEvent event = admitted(body_with(type), kDelete);
    EXPECT_EQ(event.kind, kDelete) << type;
    EXPECT_TRUE(event.flags.has(EventFlag::kind_from_path)) << type;
  }
}

TEST(WebhookDecoder, AnOperatorDoesNotOverruleAKnownType) {
  EXPECT_EQ(admitted(body_with(R"("type":"AssociationUpdate")"), kDelete).kind, kUpdate);
  EXPECT_NE(not_kept(decode_admitted(body_with(R"("type":"ContactCreate")"), kDelete)), nullptr);
}

// verify and rebuild know no more than the event that was recorded.
TEST(WebhookDecoder, AnAdmittedEventDecodesToTheSameWithItsOwnKind) {
  for (const std::string type : {"", R"("type":"SomethingNew")", R"("type":"association.deleted")"}) {
    const DecodedEvent first = admitted(body_with(type), kDelete);
    const DecodedEvent again = admitted(body_with(type), first.kind);
    EXPECT_EQ(again.kind, first.kind);
    EXPECT_EQ(again.flags, first.flags);
    EXPECT_EQ(again.definition, first.definition);
  }
}

}  // namespace
}  // namespace ledger::webhook_decoder_test
