// The tables of routes: complete, and true of the handlers that they name.
#include "server/api/routes.h"

#include "tests/server/api/api_fixture.h"
#include "tests/server/http/problem_reading.h"

#include <gmock/gmock.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace ledger::routes_test {
namespace {

using server::Method;
using server::ParameterRule;
using server::ParameterType;
using server::Route;
using server::Routed;
using server::RouteFamily;

const Route& route_of(Method method, std::string_view target) {
  server::RequestHead head;
  head.method = method;
  head.target = target;
  return *std::get<Routed>(server::route_request(server::api_routes(), head)).route;
}

std::vector<const Route*> all_routes() {
  std::vector<const Route*> routes;
  for (const auto& table : {server::api_routes(), server::ops_routes()}) {
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
}

TEST(Routes, HaveEachPathAndEachParameterOnce) {
  std::set<std::string_view> paths;
  for (const Route* const route : all_routes()) {
    EXPECT_TRUE(paths.insert(route->path).second) << route->path;
    EXPECT_NE(route->handler, nullptr) << route->path;
    std::set<std::string_view> names;
    bool has_ended = false;
    for (const ParameterRule& parameter : route->parameters) {
      has_ended = has_ended || parameter.name.empty();
      EXPECT_EQ(parameter.name.empty(), has_ended) << route->path << ": a gap";
      EXPECT_TRUE(has_ended || names.insert(parameter.name).second) << route->path << ": " << parameter.name;
    }
  }
}

/// Values that a type has and has not.
struct Values {
  std::vector<std::string> good;
  std::vector<std::string> bad;
};

Values values_of(ParameterType type) {
  switch (type) {
    case ParameterType::limit: return {{"1", "1000"}, {"0", "1001", "-1", "x", ""}};
    case ParameterType::sequence: return {{"0", "7"}, {"-1", "x", ""}};
    case ParameterType::moment: return {{"2026-11-07T12:46:45.953Z"}, {"7", "yesterday", ""}};
    case ParameterType::as_of: return {{"1", "2026-11-23T12:00:01Z"}, {"-1", "yesterday", ""}};
    case ParameterType::status: return {{"active", "deleted", "all"}, {"gone", "Active", ""}};
    case ParameterType::cursor: return {{}, {"x", ""}};
    case ParameterType::text: return {{"x", "7", ""}, {"%00"}};
    case ParameterType::flag: return {{"", "x"}, {}};
  }
  return {};
}

TEST(Routes, SayWhatEachParameterIs) {
  test::ApiFixture api;
  api.clock.advance(std::chrono::seconds(1));
  ASSERT_EQ(api.api_client.post(R"({"type":"AssociationCreate","locationId":"L","id":"A"})").status, 200);
  for (const Route& route : server::api_routes()) {
    if (route.family != RouteFamily::query) continue;
    std::string path(route.path);
    for (const auto& [name, value] : {std::pair("{locationId}", "L"), std::pair("{id}", "A"), std::pair("{sequence}", "1")}) {
      if (const std::size_t at = path.find(name); at != std::string::npos) path.replace(at, std::string_view(name).size(), value);
    }
    EXPECT_EQ(api.api_client.get(path).status, 200) << path;
    for (const ParameterRule& parameter : route.parameters) {
      if (parameter.name.empty()) break;
      const std::string target = path + "?" + std::string(parameter.name) + "=";
      const Values values = values_of(parameter.type);
      for (const std::string& value : values.good) EXPECT_EQ(api.api_client.get(target + value).status, 200) << target << value;
      for (const std::string& value : values.bad) EXPECT_EQ(api.api_client.get(target + value).status, 400) << target << value;
    }
  }
}

}  // namespace
}  // namespace ledger::routes_test
