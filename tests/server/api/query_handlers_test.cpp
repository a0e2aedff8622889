// Questions and answers over a small ledger: content, pages, validators, refusals.
#include "server/api/query_handlers.h"

#include "tests/server/api/api_fixture.h"
#include "tests/server/http/problem_reading.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace ledger::query_handlers_test {
namespace {

using namespace std::chrono_literals;
using server::RequestHead;
using server::Response;
using test::get_head;
using test::header_of;
using test::reason_of;
using ::testing::ElementsAre;
namespace json = boost::json;

std::string event(std::string_view type, std::string_view id, std::string_view timestamp, std::string_view more = "") {
  return R"({"type":")" + std::string(type) + R"(","locationId":"L","id":")" + std::string(id) + R"(","timestamp":")" + std::string(timestamp) +
         "\"" + std::string(more) + "}";
}

/// Five associations A…E of location L, of which B and D are deleted, in seven events one second apart; and one of location M.
struct Ledger : test::ApiFixture {
  explicit Ledger(server::ApiOptions given = {}) : ApiFixture(std::move(given)) {
    for (const char* const id : {"A", "B", "C", "D", "E"}) {
      record(event("AssociationCreate", id, "2026-11-07T12:00:00Z", R"(,"key":"k_)" + std::string(id) + R"(","firstObjectKey":"contact")"));
    }
    record(event("AssociationDelete", "B", "2026-11-08T12:00:00Z", R"(,"webhookId":"w-b","traceId":"t-b")"));
    record(event("AssociationDelete", "D", "2026-11-09T12:00:00Z"));
    record(R"({"type":"AssociationCreate","locationId":"M","id":"A"})");
    clock.advance(1s);
  }

  void record(std::string body) {
    clock.advance(1s);
    ASSERT_EQ(api_client.post(std::move(body)).status, 200);
  }

  Response get(std::string_view target) { return api_client.get(target); }
  json::value read(std::string_view target) {
    const Response response = get(target);
    EXPECT_EQ(response.status, 200) << target << ": " << response.body;
    return json::parse(response.body);
  }
  std::string refusal(std::string_view target) {
    const Response response = get(target);
    EXPECT_EQ(response.status, 400) << target;
    return reason_of(response.body);
  }
};

std::vector<std::string> ids(const json::value& page, std::string_view list, std::string_view name = "id") {
  std::vector<std::string> found;
  for (const json::value& item : page.at(list).as_array()) found.emplace_back(item.at(name).as_string());
  return found;
}

/// The target in a Link header.
std::string target_of(const std::string& link) {
  EXPECT_TRUE(link.starts_with("</") && link.ends_with(">; rel=\"next\"")) << link;
  return link.substr(1, link.find('>') - 1);
}

TEST(Queries, ListTheActiveAssociationsOfALocation) {
  Ledger ledger;
  const json::value page = ledger.read("/v1/locations/L/associations");
  EXPECT_EQ(page.at("locationId"), "L");
  EXPECT_EQ(page.at("asOfSequence"), 7);
  EXPECT_THAT(ids(page, "associations"), ElementsAre("A", "C", "E"));
  EXPECT_TRUE(page.at("nextCursor").is_null());
}

TEST(Queries, AnswerAnUnknownLocationWithAnEmptyList) {
  Ledger ledger;
  const json::value page = ledger.read("/v1/locations/nowhere/associations");
  EXPECT_EQ(page.at("asOfSequence"), 0);
  EXPECT_THAT(ids(page, "associations"), ElementsAre());
}

TEST(Queries, FilterTheList) {
  Ledger ledger;
  const auto listed = [&](std::string_view parameters) {
    return ids(ledger.read("/v1/locations/L/associations?" + std::string(parameters)), "associations");
  };
  EXPECT_THAT(listed("status=active"), ElementsAre("A", "C", "E"));
  EXPECT_THAT(listed("status=deleted"), ElementsAre("B", "D"));
  EXPECT_THAT(listed("status=all"), ElementsAre("A", "B", "C", "D", "E"));
  EXPECT_THAT(listed("id=C"), ElementsAre("C"));
  EXPECT_THAT(listed("id=B"), ElementsAre()) << "it is deleted";
  EXPECT_THAT(listed("id=B&status=all"), ElementsAre("B"));
  EXPECT_THAT(listed("key=k_C"), ElementsAre("C"));
  EXPECT_THAT(listed("key=%6b_C"), ElementsAre("C"));
  EXPECT_THAT(listed("objectKey=contact&limit=1000"), ElementsAre("A", "C", "E"));
  EXPECT_THAT(listed("associationType=USER_DEFINED"), ElementsAre());
}

TEST(Queries, FindAnIdThatNoPathCanHold) {
  Ledger ledger;
  ledger.record(R"({"type":"AssociationCreate","locationId":"L","id":"../x"})");
  EXPECT_EQ(ledger.get("/v1/locations/L/associations/..%2Fx").status, 404);
  EXPECT_THAT(ids(ledger.read("/v1/locations/L/associations?id=..%2Fx"), "associations"), ElementsAre("../x"));
}

TEST(Queries, ShowThePast) {
  Ledger ledger;
  const auto listed = [&](std::string_view as_of) {
    return ids(ledger.read("/v1/locations/L/associations?asOf=" + std::string(as_of)), "associations");
  };
  EXPECT_THAT(listed("2"), ElementsAre("A", "B"));
  EXPECT_THAT(listed("5"), ElementsAre("A", "B", "C", "D", "E"));
  // Event n was recorded n seconds after noon; a moment is inclusive.
  EXPECT_THAT(listed("2026-11-23T12:00:02.000Z"), ElementsAre("A", "B"));
  EXPECT_THAT(listed("2026-11-23T12:00:01.999Z"), ElementsAre("A"));
  EXPECT_THAT(listed("2026-11-23T14:00:02+02:00"), ElementsAre("A", "B"));
}

TEST(Queries, RefuseAMomentThatTheLogDoesNotHave) {
  Ledger ledger;
  EXPECT_EQ(ledger.refusal("/v1/locations/L/associations?asOf=9"), "as-of-in-future");
  EXPECT_EQ(ledger.refusal("/v1/locations/L/associations?asOf=2026-11-23T12:00:09.001Z"), "as-of-in-future");
  EXPECT_EQ(ledger.refusal("/v1/locations/L/associations?asOf=0"), "as-of-before-log");
  EXPECT_EQ(ledger.refusal("/v1/locations/L/associations?asOf=2026-11-23T12:00:00.999Z"), "as-of-before-log");
}

TEST(Queries, ShowOneAssociationAlsoADeletedOne) {
  Ledger ledger;
  const json::value association = ledger.read("/v1/locations/L/associations/B");
  EXPECT_EQ(association.at("status"), "deleted");
  EXPECT_EQ(association.at("deletedAt"), "2026-11-08T12:00:00.000Z");
  const Response missing = ledger.get("/v1/locations/M/associations/B");
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(reason_of(missing.body), "association-not-found");
}

TEST(Queries, ShowTheHistoryOldestFirst) {
  Ledger ledger;
  const json::value history = ledger.read("/v1/locations/L/associations/B/events");
  EXPECT_EQ(history.at("associationId"), "B");
  EXPECT_EQ(history.at("asOfSequence"), 6);
  EXPECT_THAT(ids(history, "events", "event"), ElementsAre("AssociationCreate", "AssociationDelete"));
  EXPECT_EQ(ledger.get("/v1/locations/L/associations/Z/events").status, 404);
}

TEST(Queries, ShowDeletionsNewestFirst) {
  Ledger ledger;
  const json::value page = ledger.read("/v1/locations/L/deletions");
  EXPECT_THAT(ids(page, "deletions"), ElementsAre("D", "B"));
  const json::value& deleted_by = page.at("deletions").at(1).at("deletedBy");
  EXPECT_EQ(deleted_by.at("sequence"), 6);
  EXPECT_EQ(deleted_by.at("webhookId"), "w-b");
  EXPECT_EQ(deleted_by.at("traceId"), "t-b");
  EXPECT_THAT(ids(ledger.read("/v1/locations/L/deletions?from=2026-11-09T12:00:00Z"), "deletions"), ElementsAre("D"));
  EXPECT_THAT(ids(ledger.read("/v1/locations/L/deletions?to=2026-11-09T12:00:00Z"), "deletions"), ElementsAre("B"));
}

TEST(Queries, ShowTheLogFromAPosition) {
  Ledger ledger;
  const json::value log = ledger.read("/v1/events?after=6");
  EXPECT_EQ(log.at("lastSequence"), 8);
  EXPECT_EQ(log.at("events").as_array().size(), 2U);
  EXPECT_EQ(ledger.refusal("/v1/events?after=9223372036854775807"), "after-in-future");
}

TEST(Queries, ShowOneEvent) {
  Ledger ledger;
  EXPECT_EQ(ledger.read("/v1/events/8").at("body"), R"({"type":"AssociationCreate","locationId":"M","id":"A"})");
  EXPECT_EQ(reason_of(ledger.get("/v1/events/9").body), "event-not-found");
  EXPECT_EQ(ledger.get("/v1/events/0").status, 404);
  for (const char* const sequence : {"x", "1x", "-1", "1.0", "99999999999999999999"}) {
    EXPECT_EQ(ledger.refusal(std::string("/v1/events/") + sequence), "invalid-id") << sequence;
  }
}

TEST(Queries, ListLocations) {
  Ledger ledger;
  const json::value page = ledger.read("/v1/locations");
  EXPECT_THAT(ids(page, "locations", "locationId"), ElementsAre("L", "M"));
  EXPECT_EQ(page.at("locations").at(0).at("activeAssociations"), 3);
  EXPECT_EQ(page.at("locations").at(0).at("deletedAssociations"), 2);
}

/// Follows Link from `target` to the end, writing on between the pages, and returns the ids in order.
std::vector<std::string> follow(Ledger& ledger, std::string target, std::string_view list, std::string_view name) {
  std::vector<std::string> all;
  for (int page_count = 1; page_count < 20; ++page_count) {
    const Response response = ledger.get(target);
    EXPECT_EQ(response.status, 200) << target << ": " << response.body;
    const json::value page = json::parse(response.body);
    for (std::string& id : ids(page, list, name)) all.push_back(std::move(id));
    const std::optional<std::string> link = header_of(response, "Link");
    const json::value* const cursor = page.as_object().if_contains("nextCursor");
    EXPECT_EQ(link.has_value(), cursor != nullptr ? !cursor->is_null() : link.has_value());
    if (!link) return all;
    target = target_of(*link);
    ledger.record(event("AssociationDelete", "E", "2026-11-10T12:00:00Z"));
    ledger.record(event("AssociationCreate", "Z" + std::to_string(page_count), "2026-11-10T12:00:00Z"));
  }
  ADD_FAILURE() << "the chain does not end";
  return all;
}

// "a page chain shows one consistent prefix"
TEST(Queries, PageThroughOneStateWhileTheLedgerGoesOn) {
  EXPECT_THAT(follow(*std::make_unique<Ledger>(), "/v1/locations/L/associations?limit=1&status=active&asOf=8", "associations", "id"),
              ElementsAre("A", "C", "E"));
  EXPECT_THAT(follow(*std::make_unique<Ledger>(), "/v1/locations/L/associations?limit=2", "associations", "id"), ElementsAre("A", "C", "E"));
  EXPECT_THAT(follow(*std::make_unique<Ledger>(), "/v1/locations/L/deletions?limit=1", "deletions", "id"), ElementsAre("D", "B"));
  EXPECT_THAT(follow(*std::make_unique<Ledger>(), "/v1/locations/L/associations/B/events?limit=1", "events", "event"),
              ElementsAre("AssociationCreate", "AssociationDelete"));
  EXPECT_THAT(follow(*std::make_unique<Ledger>(), "/v1/locations?limit=1", "locations", "locationId"), ElementsAre("L", "M"));
}

TEST(Queries, LinkTheLogByPosition) {
  Ledger ledger;
  const Response first = ledger.get("/v1/events?limit=3&after=2");
  EXPECT_EQ(header_of(first, "Link"), "</v1/events?limit=3&after=5>; rel=\"next\"");
  EXPECT_EQ(header_of(ledger.get("/v1/events?after=5&limit=3"), "Link"), std::nullopt);
}

TEST(Queries, RefuseCursorsThatAreBrokenOrForeign) {
  Ledger ledger;
  const std::string base = "/v1/locations/L/associations?limit=1";
  const std::string cursor(ledger.read(base).at("nextCursor").as_string());
  const std::string with_cursor = base + "&cursor=";
  EXPECT_EQ(ledger.get(with_cursor + cursor).status, 200);
  EXPECT_EQ(ledger.get("/v1/locations/L/associations?limit=7&cursor=" + cursor).status, 200) << "the limit may change";
  for (std::size_t i = 0; i < cursor.size(); ++i) {
    std::string broken = cursor;
    broken[i] = broken[i] == 'A' ? 'B' : 'A';
    ASSERT_EQ(ledger.refusal(with_cursor + broken), "invalid-cursor") << i;
    ASSERT_EQ(ledger.refusal(with_cursor + cursor.substr(0, i)), "invalid-cursor") << i;
  }
  EXPECT_EQ(ledger.refusal(base + "&status=all&cursor=" + cursor), "invalid-cursor");
  EXPECT_EQ(ledger.refusal("/v1/locations/M/associations?limit=1&cursor=" + cursor), "invalid-cursor");
  EXPECT_EQ(ledger.refusal("/v1/locations/L/deletions?limit=1&cursor=" + cursor), "invalid-cursor");
}

TEST(Queries, RefuseParametersThatTheyCannotRead) {
  Ledger ledger;
  EXPECT_EQ(ledger.refusal("/v1/locations?limit=0"), "parameter-out-of-range");
  EXPECT_EQ(ledger.refusal("/v1/locations?limit=1001"), "parameter-out-of-range");
  EXPECT_EQ(ledger.refusal("/v1/locations?limit=99999999999999999999"), "parameter-out-of-range");
  EXPECT_EQ(ledger.refusal("/v1/locations?limit="), "invalid-parameter");
  EXPECT_EQ(ledger.refusal("/v1/locations?limit=ten"), "invalid-parameter");
  EXPECT_EQ(ledger.refusal("/v1/locations?limit=+1"), "invalid-parameter");
  EXPECT_EQ(ledger.refusal("/v1/events?after=-1"), "parameter-out-of-range");
  EXPECT_EQ(ledger.refusal("/v1/events?after=99999999999999999999"), "parameter-out-of-range");
  EXPECT_EQ(ledger.refusal("/v1/locations/L/associations?status=gone"), "invalid-parameter");
  EXPECT_EQ(ledger.refusal("/v1/locations/L/associations?asOf="), "invalid-parameter");
  EXPECT_EQ(ledger.refusal("/v1/locations/L/associations?asOf=yesterday"), "invalid-parameter");
  EXPECT_EQ(ledger.refusal("/v1/locations/L/associations?asOf=99999999999999999999"), "parameter-out-of-range");
  EXPECT_EQ(ledger.refusal("/v1/locations/L/deletions?from=2026-13-01T00:00:00Z"), "invalid-parameter");
  EXPECT_EQ(ledger.refusal("/v1/locations/L/deletions?to=1"), "invalid-parameter");
}

/// One question of each kind, and one about the past and one further page.
std::vector<std::string> questions(Ledger& ledger) {
  const Response first = ledger.get("/v1/locations/L/associations?limit=1");
  return {"/v1/locations",
          "/v1/locations/L/associations",
          "/v1/locations/L/associations/A",
          "/v1/locations/L/associations/A/events",
          "/v1/locations/L/deletions",
          "/v1/events",
          "/v1/events/1",
          "/v1/locations/L/associations?asOf=2",
          "/v1/locations/L/associations?asOf=2026-11-23T12:00:02.000Z",
          target_of(header_of(first, "Link").value())};
}

std::string tag(Ledger& ledger, std::string_view target) {
  return header_of(ledger.get(target), "ETag").value();
}

TEST(Queries, LetClientsRevalidate) {
  Ledger ledger;
  for (const std::string& target : questions(ledger)) {
    const Response response = ledger.get(target);
    const std::string etag = header_of(response, "ETag").value_or("");
    EXPECT_THAT(etag, ::testing::MatchesRegex("\"model-1\\.[0-9]{1,20}\\.[0-9]+\"")) << target;
    EXPECT_EQ(header_of(response, "Cache-Control"), "private, no-cache") << target;

    RequestHead again = get_head(target);
    again.if_none_match = "\"other\", W/" + etag;
    const Response unchanged = ledger.api_client.ask(std::move(again));
    EXPECT_EQ(unchanged.status, 304) << target;
    EXPECT_EQ(unchanged.body, "") << target;
    EXPECT_EQ(header_of(unchanged, "ETag"), etag) << target;
    EXPECT_EQ(header_of(unchanged, "Cache-Control"), "private, no-cache") << target;
    EXPECT_EQ(header_of(unchanged, "Link"), std::nullopt) << "what the client has names the next page";
  }
}

TEST(Queries, LookForTheTagInAWholeList) {
  Ledger ledger;
  const std::string etag = tag(ledger, "/v1/events");
  const auto status = [&](const std::string& if_none_match) {
    RequestHead head = get_head("/v1/events");
    head.if_none_match = if_none_match;
    return ledger.api_client.ask(std::move(head)).status;
  };
  for (const std::string& same : {etag, "W/" + etag, std::string("*"), "\"a\" , W/\"b\"," + etag + " "}) EXPECT_EQ(status(same), 304) << same;
  for (const std::string& other :
       {std::string(), std::string("\"a\", \"b\""), etag.substr(1, etag.size() - 2), "w/" + etag, tag(ledger, "/v1/locations")}) {
    EXPECT_EQ(status(other), 200) << other;
  }
}

TEST(Queries, ThatAreUnchangedAreNotAskedOfTheStore) {
  Ledger ledger;
  for (const std::string& target : questions(ledger)) {
    RequestHead again = get_head(target);
    again.if_none_match = tag(ledger, target);
    const std::size_t calls = ledger.store.calls();
    EXPECT_EQ(ledger.api_client.ask(std::move(again)).status, 304) << target;
    EXPECT_EQ(ledger.store.calls(), calls) << target;
  }
}

TEST(Queries, ChangeTheTagWithTheAnswer) {
  Ledger ledger;
  for (const char* const target : {"/v1/locations", "/v1/locations/L/associations", "/v1/locations/L/associations/A",
                                   "/v1/locations/L/associations/A/events", "/v1/locations/L/deletions", "/v1/events"}) {
    RequestHead again = get_head(target);
    again.if_none_match = tag(ledger, target);
    ledger.record(R"({"type":"AssociationUpdate","locationId":"L","id":"A"})");
    const Response changed = ledger.api_client.ask(again);
    EXPECT_EQ(changed.status, 200) << target;
    EXPECT_NE(header_of(changed, "ETag"), again.if_none_match) << target;
  }
}

TEST(Queries, KeepTheTagWhileOnlyOthersChange) {
  Ledger ledger;
  const std::vector<std::string> of_others = {"/v1/locations/L/associations", "/v1/locations/L/associations/A",
                                              "/v1/locations/L/associations/A/events", "/v1/locations/L/deletions"};
  std::vector<std::string> before(of_others.size());
  for (std::size_t i = 0; i < of_others.size(); ++i) before[i] = tag(ledger, of_others[i]);
  const std::string past = tag(ledger, "/v1/locations/L/associations?asOf=2");
  ledger.record(R"({"type":"AssociationUpdate","locationId":"M","id":"A"})");
  for (std::size_t i = 0; i < of_others.size(); ++i) EXPECT_EQ(tag(ledger, of_others[i]), before[i]) << of_others[i];

  ledger.record(R"({"type":"AssociationUpdate","locationId":"L","id":"B"})");
  EXPECT_EQ(tag(ledger, of_others[1]), before[1]) << "another association of the location changed";
  EXPECT_EQ(tag(ledger, of_others[2]), before[2]);
  EXPECT_EQ(tag(ledger, "/v1/locations/L/associations?asOf=2"), past);
}

TEST(Queries, AnswerTheStarOnlyWhereThereIsSomething) {
  Ledger ledger;
  const auto status = [&](std::string_view target) {
    RequestHead head = get_head(target);
    head.if_none_match = "*";
    return ledger.api_client.ask(std::move(head)).status;
  };
  EXPECT_EQ(status("/v1/events/1"), 304);
  EXPECT_EQ(status("/v1/events/99"), 404);
  EXPECT_EQ(status("/v1/events/0"), 404);
  EXPECT_EQ(status("/v1/locations/L/associations/none"), 404);
  EXPECT_EQ(status("/v1/locations/L/associations?asOf=99"), 400);
}

TEST(Queries, AnswerAStoreThatCannotWith503) {
  Ledger ledger;
  const std::vector<Error> causes = {
      {Errc::overloaded, "queue-full", "Full."}, {Errc::unavailable, "read-timeout", "Slow."}, {Errc::outcome_unknown, "commit-failed", "?"}};
  for (const Error& cause : causes) {
    ledger.store.fail_with(cause);
    const Response response = ledger.get("/v1/locations");
    EXPECT_EQ(response.status, 503) << cause.reason;
    EXPECT_EQ(header_of(response, "Retry-After"), "5");
    EXPECT_EQ(header_of(response, "ETag"), std::nullopt);
  }
  ledger.store.fail_with({Errc::internal, "corrupt", "secret"});
  EXPECT_EQ(ledger.get("/v1/locations").status, 500);
}

TEST(Queries, WaitForTheStoreNoLongerThanTheirDeadline) {
  server::ApiOptions options;
  options.query_timeout = 20ms;
  Ledger ledger(options);
  ledger.store.hold();
  const Response response = ledger.get("/v1/events/1");
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(reason_of(response.body), "read-timeout");
}

}  // namespace
}  // namespace ledger::query_handlers_test
