// Cursors: there and back, and only for the query that they were made for.
#include "server/api/cursor.h"

#include "server/api/api.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace ledger::cursor_test {
namespace {

using server::Cursor;
using server::decode_cursor;
using server::encode_cursor;
using server::Routed;

const server::Route& route = server::api_routes()[3];

Routed query(std::vector<server::Parameter> parameters = {}, std::string location = "L") {
  return Routed{&route, "/v1/locations/" + location + "/associations", {location}, std::move(parameters)};
}

bool belongs(const std::string& text, const Routed& other) {
  return decode_cursor(text, other).has_value();
}

TEST(Cursor, ComesBackAsItWas) {
  for (const std::string& position : {std::string("A"), std::string(), std::string("a:b:c"), std::string("\xc3\xa4 \"")}) {
    const std::string text = encode_cursor(Cursor{Sequence(42), position}, query());
    EXPECT_EQ(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), std::string::npos);
    const Result<Cursor> cursor = decode_cursor(text, query());
    ASSERT_TRUE(cursor) << position;
    EXPECT_EQ(cursor->pinned, Sequence(42));
    EXPECT_EQ(cursor->position, position);
  }
}

TEST(Cursor, BelongsToItsQueryWhateverTheOrderOfParameters) {
  const std::string text = encode_cursor(Cursor{Sequence(1), "A"}, query({{"status", "all"}, {"key", "k"}}));
  EXPECT_TRUE(belongs(text, query({{"key", "k"}, {"status", "all"}})));
  EXPECT_TRUE(belongs(text, query({{"key", "k"}, {"limit", "5"}, {"status", "all"}, {"cursor", "x"}})));
  EXPECT_FALSE(belongs(text, query({{"key", "k"}})));
  EXPECT_FALSE(belongs(text, query({{"key", "k2"}, {"status", "all"}})));
  EXPECT_FALSE(belongs(text, query({{"key", "k"}, {"status", "all"}, {"asOf", "1"}})));
  EXPECT_FALSE(belongs(text, query({{"key", "k"}, {"status", "all"}}, "M")));
}

TEST(Cursor, ConfusesNoPartOfAQueryWithAnother) {
  const std::string text = encode_cursor(Cursor{Sequence(1), "A"}, query({{"key", "k&status=all"}}));
  EXPECT_FALSE(belongs(text, query({{"key", "k"}, {"status", "all"}})));
}

TEST(Cursor, IsRefusedWhenBroken) {
  const std::string text = encode_cursor(Cursor{Sequence(1), "A"}, query());
  for (const std::string& broken :
       {std::string(), std::string("x"), text + "A", text.substr(1), text.substr(0, text.size() - 1), "=" + text, text + "="}) {
    const Result<Cursor> cursor = decode_cursor(broken, query());
    ASSERT_FALSE(cursor) << broken;
    EXPECT_EQ(cursor.error().reason, "invalid-cursor");
  }
}

TEST(NextLink, KeepsTheQueryAndReplacesThePosition) {
  EXPECT_EQ(next_link(query(), "cursor", "abc"), "</v1/locations/L/associations?cursor=abc>; rel=\"next\"");
  EXPECT_EQ(next_link(query({{"limit", "2"}, {"cursor", "old"}, {"key", "a b>"}}), "cursor", "abc"),
            "</v1/locations/L/associations?limit=2&key=a%20b%3E&cursor=abc>; rel=\"next\"");
}

}  // namespace
}  // namespace ledger::cursor_test
