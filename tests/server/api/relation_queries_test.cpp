// Questions about relations and installs, over the routes.
#include "tests/server/api/api_fixture.h"
#include "tests/server/http/problem_reading.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <string>
#include <vector>

namespace ledger::relation_queries_test {
namespace {

using server::Response;
using test::reason_of;
using ::testing::ElementsAre;
namespace json = boost::json;

/// Three relations: r1 and r3 of association A, r2 of B; r3 is deleted, and so is B.
struct Ledger : test::ApiFixture {
  Ledger() {
    record("RelationCreate", R"("id":"r1","associationId":"A","firstObjectKey":"contact","firstRecordId":"x","secondRecordId":"y")");
    record("RelationCreate", R"("id":"r2","associationId":"B","firstRecordId":"y","secondRecordId":"z","timestamp":"2026-11-07T00:00:00Z")");
    record("RelationDelete", R"("id":"r3","associationId":"A","timestamp":"2026-11-08T00:00:00Z")");
    record("AssociationDelete", R"("id":"B","timestamp":"2026-11-09T00:00:00Z")");
  }

  void record(const std::string& type, const std::string& members) {
    ASSERT_EQ(api_client.post(R"({"type":")" + type + R"(","locationId":"L",)" + members + "}").status, 200);
  }

  json::value read(const std::string& target) {
    const Response response = api_client.get("/v1/locations/L/relations" + target);
    EXPECT_EQ(response.status, 200) << response.body;
    return json::parse(response.body);
  }

  std::vector<std::string> ids(const std::string& target) {
    std::vector<std::string> found;
    const json::value page = read(target);
    for (const json::value& relation : page.at("relations").as_array()) found.emplace_back(relation.at("id").as_string());
    return found;
  }
};

TEST(RelationQueries, ListRelationsByTheirFilters) {
  Ledger ledger;
  EXPECT_THAT(ledger.ids(""), ElementsAre("r1"));
  EXPECT_THAT(ledger.ids("?status=all"), ElementsAre("r1", "r2", "r3"));
  EXPECT_THAT(ledger.ids("?status=deleted"), ElementsAre("r2", "r3"));
  EXPECT_THAT(ledger.ids("?status=all&associationId=A"), ElementsAre("r1", "r3"));
  EXPECT_THAT(ledger.ids("?status=all&recordId=y"), ElementsAre("r1", "r2"));
  EXPECT_THAT(ledger.ids("?status=all&id=r2"), ElementsAre("r2"));
}

TEST(RelationQueries, PageToTheEnd) {
  Ledger ledger;
  const json::value first = ledger.read("?status=all&limit=2");
  EXPECT_EQ(first.at("asOfSequence"), 4);
  EXPECT_THAT(ledger.ids("?status=all&cursor=" + std::string(first.at("nextCursor").as_string())), ElementsAre("r3"));
  EXPECT_TRUE(ledger.read("?status=all").at("nextCursor").is_null());
}

// At the third event, B had not ended. At the first one, r2 and r3 did not exist.
TEST(RelationQueries, ShowThePast) {
  Ledger ledger;
  ledger.record("RelationDelete", R"("id":"r1","associationId":"C")");
  EXPECT_THAT(ledger.ids("?asOf=3"), ElementsAre("r1", "r2"));
  EXPECT_THAT(ledger.ids("?asOf=4"), ElementsAre("r1"));
  EXPECT_THAT(ledger.ids("?asOf=1&status=all"), ElementsAre("r1"));
  EXPECT_THAT(ledger.ids("?asOf=4&status=all&associationId=A"), ElementsAre("r1", "r3"));
  EXPECT_THAT(ledger.ids("?asOf=4&associationId=C"), ElementsAre());
  EXPECT_EQ(ledger.read("/r2?asOf=3").at("status"), "active");
  EXPECT_EQ(ledger.read("/r1?asOf=4").at("lastSequence"), 1);
  EXPECT_EQ(reason_of(ledger.api_client.get("/v1/locations/L/relations/r2?asOf=1").body), "relation-not-found");
  EXPECT_EQ(reason_of(ledger.api_client.get("/v1/locations/L/relations/r2?asOf=9").body), "as-of-in-future");

  const json::value first = ledger.read("?status=all&limit=2&asOf=3");
  EXPECT_EQ(first.at("asOfSequence"), 3);
  const json::value second = ledger.read("?status=all&asOf=3&cursor=" + std::string(first.at("nextCursor").as_string()));
  EXPECT_EQ(second.at("asOfSequence"), 3);
  EXPECT_EQ(second.at("relations").at(0).at("id"), "r3");
}

TEST(RelationQueries, ShowOneRelation) {
  Ledger ledger;
  const std::string now = format_rfc3339(ledger.clock.now());
  EXPECT_EQ(ledger.api_client.get("/v1/locations/L/relations/r1").body,
            R"({"id":"r1","locationId":"L","associationId":"A","firstObjectKey":"contact","firstRecordId":"x","secondObjectKey":null,)"
            R"("secondRecordId":"y","status":"active","createdAt":")" +
                now + R"(","updatedAt":")" + now + R"(","deletedAt":null,"lastSequence":1,"formerLives":0})");
  EXPECT_EQ(ledger.read("/r2").at("status"), "association_deleted");
  EXPECT_EQ(ledger.read("/r3").at("status"), "deleted");
  const Response missing = ledger.api_client.get("/v1/locations/L/relations/A");
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(reason_of(missing.body), "relation-not-found");
}

TEST(RelationQueries, ShowTheHistoryOfARelation) {
  Ledger ledger;
  const json::value history = ledger.read("/r3/events");
  EXPECT_EQ(history.at("relationId"), "r3");
  EXPECT_EQ(history.at("events").as_array().size(), 1U);
  EXPECT_EQ(history.at("events").at(0).at("subject"), "relation");
  EXPECT_EQ(reason_of(ledger.api_client.get("/v1/locations/L/relations/A/events").body), "relation-not-found");
}

// The status of a relation also depends on its association.
TEST(RelationQueries, AnAnswerChangesWhenTheAssociationEnds) {
  Ledger ledger;
  const std::string target = "/v1/locations/L/relations/r1";
  const auto before = test::header_of(ledger.api_client.get(target), "ETag");
  ledger.record("AssociationDelete", R"("id":"A")");
  EXPECT_NE(test::header_of(ledger.api_client.get(target), "ETag"), before);
}

TEST(RelationQueries, ALocationShowsInstallsAndCounts) {
  Ledger ledger;
  ledger.record("INSTALL", R"("timestamp":"2026-11-01T00:00:00Z")");
  ledger.record("UNINSTALL", R"("timestamp":"2026-11-02T00:00:00Z")");
  const json::value location = json::parse(ledger.api_client.get("/v1/locations").body).at("locations").at(0);
  EXPECT_EQ(location.at("installedAt"), "2026-11-01T00:00:00.000Z");
  EXPECT_EQ(location.at("uninstalledAt"), "2026-11-02T00:00:00.000Z");
  EXPECT_EQ(location.at("activeRelations"), 2) << "r2 has no Delete of its own";
  EXPECT_EQ(location.at("deletedRelations"), 1);
}

}  // namespace
}  // namespace ledger::relation_queries_test
