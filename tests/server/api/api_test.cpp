// The fork between webhooks and queries, and the tables of routes: complete, and true of the handlers that they name.
#include "server/api/api.h"

#include "server/api/ops_handler.h"

#include "tests/server/api/api_fixture.h"
#include "tests/server/http/problem_reading.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace ledger::api_test {
namespace {

using server::Method;
using server::Route;
using server::Routed;
using server::RouteFamily;
using test::ApiFixture;
using ::testing::ElementsAre;
using ::testing::Pair;

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
  EXPECT_EQ(api.api_client.ask(test::post_head("/nothing")).status, 404);
}

TEST(Api, CountsEachRefusedDeliveryByItsReason) {
  ApiFixture api;
  api.api_client.post(body, "/webhooks/highlevel/ContactCreate");
  api.api_client.post(body, "/webhooks");
  api.api_client.post(body, "//webhooks/highlevel/AssociationDelete/x?token=1");
  api.api_client.post("{");
  api.store.fail_with({Errc::overloaded, "queue-full", "Full."});
  api.api_client.post(body);
  // These are no deliveries, or were not refused.
  api.store.heal();
  api.api_client.post(body);
  api.api_client.get("/webhooks/highlevel");
  api.api_client.post(body, "/v1/locations");
  EXPECT_THAT(api.refusals.totals(),
              ElementsAre(Pair("malformed-json", 1U), Pair("no-such-route", 2U), Pair("queue-full", 1U), Pair("unknown-event", 1U)));
  const std::vector<test::LogLine> warnings = api.log.lines("webhooks_refused");
  EXPECT_EQ(warnings.size(), 4U);
  EXPECT_EQ(warnings.front().fields.at("path"), "/webhooks/highlevel/ContactCreate");
}

const std::string first_secret = "0123456789abcDEF";
const std::string second_secret = "ZYXWVUTSRQPONMLK";

struct SecretFixture : ApiFixture {
  SecretFixture() : ApiFixture(server::ApiOptions{.webhook_secrets = {first_secret, second_secret}}) {}

  server::Response post(const std::string& path) { return api_client.post(R"({"locationId":"L","id":"A"})", "/webhooks/highlevel" + path); }
};

TEST(ApiWithSecrets, TakesDeliveriesOnlyWhereAPathHasOne) {
  SecretFixture ledger;
  for (const std::string& path : {"/" + first_secret + "/AssociationUpdate", "/" + second_secret + "/associationupdate/?x"}) {
    EXPECT_EQ(ledger.post(path).status, 200) << path;
  }
  EXPECT_EQ(ledger.api_client.post(body, "//webhooks/highlevel/%30" + first_secret.substr(1)).status, 200);
  EXPECT_EQ(ledger.post("/" + first_secret + "/ContactCreate").status, 404);
  EXPECT_EQ(ledger.refusals.totals().at("unknown-event"), 1U);
}

TEST(ApiWithSecrets, TellsAWrongSecretNothing) {
  SecretFixture ledger;
  const std::string unknown_path = ledger.api_client.post(body, "/nothing").body;
  const std::vector<std::string> wrong = {"/AssociationUpdate", "/" + first_secret + "x/AssociationUpdate", "/x/AssociationUpdate",
                                          "/" + first_secret.substr(1), "/" + first_secret + second_secret + "/ContactCreate"};
  for (const std::string& path : wrong) {
    const server::Response response = ledger.post(path);
    EXPECT_EQ(response.status, 404) << path;
    EXPECT_EQ(response.body, unknown_path) << path;
    EXPECT_EQ(response.reason, "webhook-secret-wrong") << "the log must say it";
  }
  EXPECT_EQ(ledger.post("").body, unknown_path);
  EXPECT_EQ(ledger.counters.recorded, 0U);
  EXPECT_EQ(ledger.refusals.totals().at("webhook-secret-wrong"), wrong.size());
  EXPECT_EQ(ledger.log.lines("webhooks_refused").front().fields.at("path"), "/webhooks/highlevel/{secret}");
}

TEST(ApiWithSecrets, AnswersQueriesAsBefore) {
  SecretFixture ledger;
  EXPECT_EQ(ledger.api_client.get("/v1/locations").status, 200);
}

const Route& route_of(Method method, std::string_view target) {
  server::RequestHead head;
  head.method = method;
  head.target = target;
  return *std::get<Routed>(server::route_request(server::api_routes(), head)).route;
}

std::vector<const Route*> all_routes() {
  std::vector<const Route*> routes;
  for (const auto& table : {server::api_routes(), server::api_routes(server::WebhookPaths::with_secret).last(2), server::ops_routes()}) {
    for (const Route& route : table) routes.push_back(&route);
  }
  return routes;
}

TEST(Routes, LeadToTheirPaths) {
  const std::vector<std::pair<std::string, std::string>> questions = {
      {"/v1/locations", "/v1/locations"},
      {"/v1/locations/L/associations", "/v1/locations/{locationId}/associations"},
      {"/v1/locations/L/associations/A", "/v1/locations/{locationId}/associations/{id}"},
      {"/v1/locations/L/associations/A/events", "/v1/locations/{locationId}/associations/{id}/events"},
      {"/v1/locations/L/deletions", "/v1/locations/{locationId}/deletions"},
      {"/v1/events", "/v1/events"},
      {"/v1/events/1", "/v1/events/{sequence}"},
  };
  for (const auto& [target, path] : questions) {
    EXPECT_EQ(route_of(Method::get, target).path, path);
    EXPECT_EQ(route_of(Method::head, target).family, RouteFamily::query) << target;
  }
  EXPECT_EQ(route_of(Method::post, "/webhooks/highlevel").family, RouteFamily::webhook);
  EXPECT_EQ(route_of(Method::post, "/webhooks/highlevel/AssociationCreate").path, "/webhooks/highlevel/{event}");
  std::set<std::string_view> with_secret;
  for (const Route& route : server::api_routes(server::WebhookPaths::with_secret)) {
    if (route.family == RouteFamily::webhook) with_secret.insert(route.path);
  }
  EXPECT_THAT(with_secret, ElementsAre("/webhooks/highlevel/{secret}", "/webhooks/highlevel/{secret}/{event}"));
}

TEST(Routes, HaveEachPathAndEachParameterOnce) {
  std::set<std::string_view> paths;
  for (const Route* const route : all_routes()) {
    EXPECT_TRUE(paths.insert(route->path).second) << route->path;
    EXPECT_NE(route->handler, nullptr) << route->path;
    std::set<std::string_view> names;
    bool has_ended = false;
    for (const std::string_view parameter : route->parameters) {
      has_ended = has_ended || parameter.empty();
      EXPECT_EQ(parameter.empty(), has_ended) << route->path << ": a gap";
      EXPECT_TRUE(has_ended || names.insert(parameter).second) << route->path << ": " << parameter;
    }
  }
}

/// Values that a parameter can have, and values that it cannot.
struct Values {
  std::vector<std::string> good;
  std::vector<std::string> bad;
};

Values values_of(std::string_view parameter) {
  if (parameter == "limit") return {{"1", "1000"}, {"0", "1001", "-1", "x", ""}};
  if (parameter == "after") return {{"0", "1"}, {"-1", "x", "", "7"}};
  if (parameter == "from" || parameter == "to") return {{"2026-11-07T12:46:45.953Z"}, {"7", "yesterday", ""}};
  if (parameter == "asOf") return {{"1", "2026-11-23T12:00:01Z"}, {"-1", "yesterday", ""}};
  if (parameter == "status") return {{"active", "deleted", "all"}, {"gone", "Active", ""}};
  if (parameter == "cursor") return {{}, {"x", ""}};
  return {{"x", "7", ""}, {"%00"}};
}

TEST(Routes, TakeEveryParameterThatTheyName) {
  test::ApiFixture api;
  api.clock.advance(std::chrono::seconds(1));
  ASSERT_EQ(api.api_client.post(R"({"type":"RelationCreate","locationId":"L","id":"A"})").status, 200);
  ASSERT_EQ(api.api_client.post(R"({"type":"AssociationCreate","locationId":"L","id":"A"})").status, 200);
  for (const Route& route : server::api_routes()) {
    if (route.family != RouteFamily::query) continue;
    std::string path(route.path);
    for (const auto& [name, value] : {std::pair("{locationId}", "L"), std::pair("{id}", "A"), std::pair("{sequence}", "1")}) {
      if (const std::size_t at = path.find(name); at != std::string::npos) path.replace(at, std::string_view(name).size(), value);
    }
    EXPECT_EQ(api.api_client.get(path).status, 200) << path;
    for (const std::string_view parameter : route.parameters) {
      if (parameter.empty()) break;
      const std::string target = path + "?" + std::string(parameter) + "=";
      const Values values = values_of(parameter);
      for (const std::string& value : values.good) EXPECT_EQ(api.api_client.get(target + value).status, 200) << target << value;
      for (const std::string& value : values.bad) EXPECT_EQ(api.api_client.get(target + value).status, 400) << target << value;
    }
  }
}

}  // namespace
}  // namespace ledger::api_test
