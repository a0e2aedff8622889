// Taking targets apart.
#include "server/http/target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace ledger::target_test {
namespace {

using namespace std::string_literals;
using server::parse_target;
using server::Target;
using ::testing::ElementsAre;

TEST(Target, DecodesSegmentsOneByOne) {
  const Target target = parse_target("/v1/a%2Fb/%c3%a4?x").value();
  EXPECT_THAT(target.segments, ElementsAre("v1", "a/b", "\xc3\xa4"));
}

TEST(Target, KeepsEmptySegments) {
  EXPECT_THAT(parse_target("/a//b").value().segments, ElementsAre("a", "", "b"));
  EXPECT_THAT(parse_target("/a/").value().segments, ElementsAre("a", ""));
  EXPECT_THAT(parse_target("//a").value().segments, ElementsAre("", "a"));
}

// Found by the fuzzer of requests: "/./v1/events" was served as "/v1/events", past any rule of a proxy that goes by the path.
TEST(Target, KeepsADotInFrontOfThePath) {
  EXPECT_THAT(parse_target("/./v1/events").value().segments, ElementsAre(".", "v1", "events"));
  EXPECT_THAT(parse_target("/.//a").value().segments, ElementsAre(".", "", "a"));
  EXPECT_THAT(parse_target("/./").value().segments, ElementsAre(".", ""));
  EXPECT_THAT(parse_target("/").value().segments, ElementsAre());
}

TEST(Target, DecodesParameters) {
  const Target target = parse_target("/?a=1&b=x%26y&c&d=&a=+2&%6b=%00").value();
  std::vector<std::pair<std::string, std::string>> parameters;
  for (const server::Parameter& parameter : target.parameters) parameters.emplace_back(parameter.name, parameter.value);
  EXPECT_THAT(parameters, ElementsAre(std::pair("a"s, "1"s), std::pair("b"s, "x&y"s), std::pair("c"s, ""s), std::pair("d"s, ""s),
                                      std::pair("a"s, "+2"s), std::pair("k"s, "\0"s)));
}

TEST(Target, DropsParametersThatSayNothing) {
  for (const char* const text : {"/", "/?", "/?&", "/?&&"}) EXPECT_TRUE(parse_target(text).value().parameters.empty()) << text;
  EXPECT_EQ(parse_target("/?=1").value().parameters.size(), 1U) << "a value without a name says something, if nothing sensible";
}

TEST(Target, RefusesWhatIsNoUrl) {
  for (const char* const text : {"/%", "/%z1", "/%1", "/?a=%", "/a b", "/<", "/\"", "a", ""}) {
    const Result<Target> target = parse_target(text);
    ASSERT_FALSE(target) << text;
    EXPECT_EQ(target.error().reason, "malformed-target");
  }
}

TEST(PercentEncode, LeavesOnlyUnreservedCharacters) {
  EXPECT_EQ(server::percent_encode("aZ9-._~ /+&=%\xc3"), "aZ9-._~%20%2F%2B%26%3D%25%C3");
}

}  // namespace
}  // namespace ledger::target_test
