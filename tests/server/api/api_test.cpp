// The fork between webhooks and queries.
#include "server/api/api.h"

#include "tests/server/api/api_fixture.h"
#include "tests/server/http/problem_reading.h"

#include <gtest/gtest.h>

#include <utility>

namespace ledger::api_test {
namespace {

using test::ApiFixture;

constexpr const char* body = R"({"type":"AssociationCreate","locationId":"L","id":"A"})";

TEST(Api, AnswersQueriesOnlyWhereTheyAreAllowed) {
  ApiFixture webhooks_only({.answers_queries = false});
  const server::Response response = webhooks_only.api_client.get("/v1/locations");
  EXPECT_EQ(response.status, 403);
  EXPECT_EQ(test::reason_of(response.body), "queries-need-loopback");
  EXPECT_EQ(webhooks_only.api_client.post(body).status, 200);
  ApiFixture api;
  EXPECT_EQ(api.api_client.get("/v1/locations").status, 200);
}

TEST(Api, LooksForTheRouteFirst) {
  ApiFixture api({.answers_queries = false});
  EXPECT_EQ(api.api_client.get("/v1/nothing").status, 404);
  server::RequestHead head = test::post_head("/nothing");
  head.content_type = "text/plain";
  EXPECT_EQ(api.api_client.ask(std::move(head)).status, 404);
}

}  // namespace
}  // namespace ledger::api_test
