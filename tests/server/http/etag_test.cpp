// Entity tags.
#include "server/http/etag.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ledger::etag_test {
namespace {

using server::make_etag;
using server::matches_etag;

TEST(Etag, DependsOnLogTargetAndPosition) {
  EXPECT_EQ(make_etag("log", "/a", 7), make_etag("log", "/a", 7));
  EXPECT_NE(make_etag("log", "/a", 7), make_etag("log", "/a", 8));
  EXPECT_NE(make_etag("log", "/a", 7), make_etag("log", "/b", 7));
  EXPECT_NE(make_etag("log", "/a", 7), make_etag("lag", "/a", 7));
  EXPECT_THAT(make_etag("log", "a", 7), testing::MatchesRegex(R"("log\.[0-9]+\.7")"));
}

TEST(Etag, IsFoundInListsAndByTheStar) {
  const std::string etag = make_etag("log", "/a", 1);
  EXPECT_TRUE(matches_etag(etag, etag));
  EXPECT_TRUE(matches_etag("*", etag));
  EXPECT_TRUE(matches_etag("W/" + etag, etag));
  EXPECT_TRUE(matches_etag("\"a\" , W/\"b\"," + etag + " ", etag));
  EXPECT_FALSE(matches_etag("", etag));
  EXPECT_FALSE(matches_etag("\"a\", \"b\"", etag));
  EXPECT_FALSE(matches_etag(etag.substr(1, etag.size() - 2), etag)) << "unquoted";
  EXPECT_FALSE(matches_etag("w/" + etag, etag)) << "the prefix is case-sensitive";
}

}  // namespace
}  // namespace ledger::etag_test
