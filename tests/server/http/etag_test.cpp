// Entity tags.
#include "server/http/etag.h"

#include <gtest/gtest.h>

namespace ledger::etag_test {
namespace {

using server::make_etag;
using server::matches_etag;

TEST(Etag, DependsOnTheBytesAlone) {
  EXPECT_EQ(make_etag("body"), make_etag("body"));
  EXPECT_NE(make_etag("body"), make_etag("body "));
  // The first half of the well-known SHA-256 of nothing: e3b0c44298fc1c149afbf4c8996fb924.
  EXPECT_EQ(make_etag(""), "\"47DEQpj8HBSa-_TImW-5JA\"");
}

TEST(Etag, IsFoundInListsAndByTheStar) {
  const std::string etag = make_etag("x");
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
