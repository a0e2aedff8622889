// Which path leads where, and what every route refuses alike.
#include "server/http/router.h"

#include "server/api/api.h"

#include "tests/server/api/answering.h"
#include "tests/server/http/problem_reading.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace ledger::router_test {
namespace {

using server::Method;
using server::Response;
using server::Routed;
using test::reason_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::variant<Routed, Response> route(Method method, std::string_view target) {
  server::RequestHead head;
  head.method = method;
  head.target = target;
  return server::route_request(server::api_routes(), head);
}

Routed found(Method method, std::string_view target) {
  std::variant<Routed, Response> result = route(method, target);
  EXPECT_TRUE(std::holds_alternative<Routed>(result)) << target;
  return std::get<Routed>(std::move(result));
}

Response refused(Method method, std::string_view target) {
  std::variant<Routed, Response> result = route(method, target);
  EXPECT_TRUE(std::holds_alternative<Response>(result)) << target;
  return std::get<Response>(std::move(result));
}

TEST(Router, CapturesDecodedSegments) {
  EXPECT_THAT(found(Method::get, "/v1/locations/a%3Fb/associations/%C3%A4%20x").captures, ElementsAre("a?b", "\xc3\xa4 x"));
  EXPECT_THAT(found(Method::get, "/%76%31/locations").captures, IsEmpty());
}

TEST(Router, KnowsNothingElse) {
  for (const char* const target : {"/", "//", "/v1", "/v1/", "/v2/locations", "/v1/locations/", "/v1/locations/L", "/v1/locations/L/associations/",
                                   "/v1/locations/L/associations/A/", "/v1/locations/L/associations/A/events/1", "/v1//locations", "//v1/locations",
                                   "/V1/locations", "/v1/events/", "/webhooks", "/livez"}) {
    const Response response = refused(Method::get, target);
    EXPECT_EQ(response.status, 404) << target;
    EXPECT_EQ(reason_of(response.body), "no-such-route") << target;
  }
}

TEST(Router, NamesTheMethodsThatAPathHas) {
  const Response get_only = refused(Method::post, "/v1/locations");
  EXPECT_EQ(get_only.status, 405);
  EXPECT_EQ(reason_of(get_only.body), "method-not-allowed");
  EXPECT_EQ(test::header_of(get_only, "Allow"), "GET, HEAD");
  for (const Method method : {Method::get, Method::head, Method::other}) {
    const Response post_only = refused(method, "/webhooks/highlevel");
    EXPECT_EQ(post_only.status, 405);
    EXPECT_EQ(test::header_of(post_only, "Allow"), "POST");
  }
}

TEST(Router, RefusesIdsThatNothingCanHave) {
  const std::string longest(256, 'x');
  EXPECT_EQ(found(Method::get, "/v1/locations/" + longest + "/deletions").captures.front(), longest);
  for (const std::string& id : {std::string(), longest + "x", std::string(2000, 'x'), std::string("%00"), std::string("a%00b"), std::string("%ff"),
                                std::string("%c0%80"), std::string("a%0Ab"), std::string("%7f")}) {
    const Response location = refused(Method::get, "/v1/locations/" + id + "/deletions");
    EXPECT_EQ(location.status, 400) << id;
    EXPECT_EQ(reason_of(location.body), "invalid-id") << id;
    EXPECT_EQ(reason_of(refused(Method::get, "/v1/locations/L/associations/" + id + "/events").body), "invalid-id") << id;
  }
}

// A proxy that decodes and normalises a path before it compares, as nginx does, saw "/webhooks/highlevel/associations" in the first one.
TEST(Router, RefusesIdsThatAProxyReadsAsAnotherPath) {
  for (const std::string& target :
       {std::string("/v1/locations/..%2f..%2fwebhooks%2fhighlevel/associations"), std::string("/v1/locations/a%2Fb/associations"),
        std::string("/v1/locations/%2F/deletions"), std::string("/v1/locations/./associations"), std::string("/v1/locations/../associations"),
        std::string("/v1/locations/%2e/associations"), std::string("/v1/locations/.%2E/associations"), std::string("/v1/locations/L/associations/.."),
        std::string("/v1/locations/L/associations/a%2f/events"), std::string("/v1/events/%2e%2e")}) {
    const Response response = refused(Method::get, target);
    EXPECT_EQ(response.status, 404) << target;
    EXPECT_EQ(reason_of(response.body), "no-such-route") << target;
  }
  EXPECT_THAT(found(Method::get, "/v1/locations/.../associations/.a.").captures, ElementsAre("...", ".a."));
}

TEST(Router, GivesParametersByName) {
  const Routed routed = found(Method::get, "/v1/locations/L/associations?key=a%20b&limit=");
  EXPECT_EQ(*routed.parameter("key"), "a b");
  EXPECT_EQ(*routed.parameter("limit"), "");
  EXPECT_EQ(routed.parameter("cursor"), nullptr);
}

TEST(Router, NamesTheParameterThatIsNotKnown) {
  for (const char* const target : {"/v1/locations?colour=1", "/v1/locations?limit=1&colour", "/v1/locations?%63olour=x"}) {
    const Response response = refused(Method::get, target);
    EXPECT_EQ(response.status, 400);
    EXPECT_EQ(reason_of(response.body), "unknown-parameter");
    EXPECT_THAT(response.body, HasSubstr("\\\"colour\\\"")) << target;
  }
  EXPECT_EQ(reason_of(refused(Method::get, "/v1/locations?asOf=1").body), "unknown-parameter") << "known elsewhere is not known here";
  EXPECT_EQ(reason_of(refused(Method::get, "/v1/locations?=1").body), "unknown-parameter");
  EXPECT_EQ(reason_of(refused(Method::get, "/v1/locations?LIMIT=1").body), "unknown-parameter");
}

TEST(Router, RefusesRepeatedParameters) {
  const Response response = refused(Method::get, "/v1/locations?limit=1&limit=1");
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(reason_of(response.body), "repeated-parameter");
}

TEST(Router, RefusesParametersThatAreNoText) {
  for (const char* const value : {"%00", "%ff", "%ed%a0%80"}) {
    EXPECT_EQ(reason_of(refused(Method::get, "/v1/locations/L/associations?key=" + std::string(value)).body), "invalid-parameter") << value;
    EXPECT_EQ(reason_of(refused(Method::get, "/v1/locations?" + std::string(value)).body), "invalid-parameter") << value;
  }
}

TEST(Router, RefusesBrokenTargets) {
  EXPECT_EQ(reason_of(refused(Method::get, "/v1/%zz").body), "malformed-target");
}

}  // namespace
}  // namespace ledger::router_test
