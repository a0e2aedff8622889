// Reading bodies as JSON: every structural fault has its own reason.
#include "domain/json_object_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace ledger::json_object_reader_test {
namespace {

std::string_view reason_of(std::string_view body) {
  const auto members = read_json_object(body);
  return members ? "read" : members.error().reason;
}

/// An object with one member, nested `depth` levels deep in all.
std::string nested(std::size_t depth) {
  return "{\"a\":" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
}

TEST(JsonObjectReader, ListsTopLevelMembersInTheirOrder) {
  const auto object = read_json_object(R"( {"b":"x","a":null,"n":1,"f":-1.5e3,"t":true,"o":{"id":"inner","p":["q"]},"l":["r",{"s":"t"}],"e":""} )");
  ASSERT_TRUE(object) << object.error().reason;
  const std::vector<JsonMember> expected = {
      {"b", JsonKind::string, "x"}, {"a", JsonKind::null, ""},  {"n", JsonKind::other, ""}, {"f", JsonKind::other, ""},
      {"t", JsonKind::other, ""},   {"o", JsonKind::other, ""}, {"l", JsonKind::other, ""}, {"e", JsonKind::string, ""},
  };
  EXPECT_THAT(object->members(), testing::ElementsAreArray(expected));
}

TEST(JsonObjectReader, ReadsAnEmptyObject) {
  const auto object = read_json_object("{}");
  ASSERT_TRUE(object);
  EXPECT_TRUE(object->members().empty());
}

TEST(JsonObjectReader, DecodesEscapesInNamesAndStrings) {
  const auto object = read_json_object(R"({"\u0069d":"a\"\\\/\b\f\n\r\t\u00e4\ud83c\udfe0\u0000z"})");
  ASSERT_TRUE(object) << object.error().reason;
  ASSERT_EQ(object->members().size(), 1U);
  EXPECT_EQ(object->members().front().name, "id");
  EXPECT_EQ(object->members().front().text, std::string("a\"\\/\b\f\n\r\t\xc3\xa4\xf0\x9f\x8f\xa0\0z", 17));
}

TEST(JsonObjectReader, ReadsStringsLongerThanAnyBufferOfTheParser) {
  const std::string text(100'000, 'x');
  const auto object = read_json_object("{\"" + text + "\":\"\\u0041" + text + "\"}");
  ASSERT_TRUE(object);
  EXPECT_EQ(object->members().front().name, text);
  EXPECT_EQ(object->members().front().text, "A" + text);
}

TEST(JsonObjectReader, KeepsRepeatedNames) {
  const auto object = read_json_object(R"({"id":"1","id":"2"})");
  ASSERT_TRUE(object);
  EXPECT_EQ(object->members().size(), 2U);
}

TEST(JsonObjectReader, GivesWhatOutlivesTheBodyAndAMove) {
  std::string body = R"({"n":"v"})";
  auto read = read_json_object(body);
  ASSERT_TRUE(read);
  body.assign(body.size(), '!');
  const JsonObject object = std::move(*read);
  EXPECT_THAT(object.members(), testing::ElementsAre(JsonMember{"n", JsonKind::string, "v"}));
}

TEST(JsonObjectReader, ReadsMoreMembersThanItExpects) {
  std::string body = "{";
  for (int i = 0; i < 1000; ++i) body += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":\"" + std::to_string(2 * i) + "\"";
  const auto object = read_json_object(body + "}");
  ASSERT_TRUE(object);
  ASSERT_EQ(object->members().size(), 1000U);
  EXPECT_EQ(object->members().front().text, "0");
  EXPECT_EQ(object->members().back().name, "999");
  EXPECT_EQ(object->members().back().text, "1998");
}

TEST(JsonObjectReader, RefusesAnEmptyBody) {
  EXPECT_EQ(reason_of(""), "empty-body");
}

TEST(JsonObjectReader, RefusesWhatIsNotJson) {
  for (const std::string_view body : {" ",
                                      "\r\n",
                                      "nope",
                                      "{",
                                      "{\"a\"",
                                      "{\"a\":}",
                                      "{\"a\":1,}",
                                      "{a:1}",
                                      "{'a':1}",
                                      "{\"a\":01}",
                                      "{\"a\":+1}",
                                      "{\"a\":.5}",
                                      "{\"a\":1.}",
                                      "{\"a\":NaN}",
                                      "{\"a\":Infinity}",
                                      "{} {}",
                                      "{}x",
                                      "{\"a\":1}/**/",
                                      "// c\n{}",
                                      "{\"a\":\"\n\"}",
                                      "{\"a\":\"\\x\"}",
                                      "{\"a\":\"\\u12g4\"}",
                                      "{\"a\":tru}",
                                      "id=1&locationId=2",
                                      "[1,",
                                      "\"open"}) {
    EXPECT_EQ(reason_of(body), "malformed-json") << body;
  }
}

TEST(JsonObjectReader, RefusesAByteOrderMark) {
  EXPECT_EQ(reason_of("\xef\xbb\xbf{}"), "malformed-json");
}

TEST(JsonObjectReader, RefusesJsonThatIsNoObject) {
  for (const std::string_view body : {"[]", "[{\"id\":\"1\"}]", "\"text\"", "1", "-0", "1.5", "true", "false", "null", " null "}) {
    EXPECT_EQ(reason_of(body), "not-an-object") << body;
  }
}

TEST(JsonObjectReader, RefusesInvalidUtf8Anywhere) {
  for (const std::string_view body :
       {"\xff", "{\"a\":\"\xff\"}", "{\"\xc3\":1}", "{\"a\":\"\xed\xa0\x80\"}", "{\"o\":{\"a\":[\"\xc0\x80\"]}}", "{}\x80", "nope \xfe"}) {
    EXPECT_EQ(reason_of(body), "invalid-utf8") << testing::PrintToString(body);
  }
}

TEST(JsonObjectReader, RefusesHalfASurrogatePairAnywhere) {
  for (const std::string_view body :
       {R"({"a":"\ud800"})", R"({"a":"\ud800 and much text behind it"})", R"({"a":"\uDC00"})", R"({"a":"\uDfff and much text behind it"})",
        R"({"a":"\ud800\n and much text behind it"})", R"({"a":"\ud800\u0041"})", R"({"a":"\udc00\udc00"})", R"({"a":"\udbff\ud800\udc00"})",
        R"({"\ud800":1})", R"({"o":{"l":["\\\ud800"]}})"}) {
    EXPECT_EQ(reason_of(body), "invalid-utf8") << body;
  }
}

TEST(JsonObjectReader, TellsAnEscapedBackslashFromASurrogate) {
  EXPECT_EQ(reason_of(R"({"a":"\\ud800"})"), "read");
  EXPECT_EQ(reason_of(R"({"a":"\\ud800",})"), "malformed-json");
  EXPECT_EQ(reason_of(R"({"a":"\ud83c\udfe0",})"), "malformed-json");
}

TEST(JsonObjectReader, RefusesRawControlCharactersAndNamesNul) {
  EXPECT_EQ(reason_of("{\"a\":\"\x01\"}"), "malformed-json");
  EXPECT_EQ(reason_of(std::string_view{"{\"a\":\"\0\"}", 9}), "invalid-character");
  EXPECT_EQ(reason_of(std::string_view{"{}\0", 3}), "invalid-character");
}

TEST(JsonObjectReader, BoundsNesting) {
  EXPECT_EQ(reason_of(nested(kJsonDepthMax)), "read");
  EXPECT_EQ(reason_of(nested(kJsonDepthMax + 1)), "nesting-too-deep");
  EXPECT_EQ(reason_of(nested(100'000)), "nesting-too-deep");
  EXPECT_EQ(reason_of(std::string(100'000, '[')), "nesting-too-deep");
}

TEST(JsonObjectReader, RefusesNumbersThatNoDoubleHolds) {
  for (const std::string& number : {std::string("1e999"), std::string("-1e999"), std::string("1.7976931348623159e308"), std::string("1e99999999999"),
                                    std::string(400, '9'), std::string("-") + std::string(400, '9'), std::string(400, '9') + ".5"}) {
    EXPECT_EQ(reason_of("{\"a\":" + number + "}"), "number-out-of-range") << number;
    EXPECT_EQ(reason_of("{\"o\":{\"l\":[" + number + "]}}"), "number-out-of-range") << number;
    EXPECT_EQ(reason_of(number), "number-out-of-range") << number;
  }
}

TEST(JsonObjectReader, ReadsEveryNumberThatADoubleHolds) {
  for (const std::string_view number :
       {"0", "-0", "0e999", "1e-999", "1.7976931348623157e308", "18446744073709551616", "-9223372036854775809", "0.1e309", "4.9e-324"}) {
    EXPECT_EQ(reason_of("{\"a\":" + std::string(number) + "}"), "read") << number;
  }
}

}  // namespace
}  // namespace ledger::json_object_reader_test
