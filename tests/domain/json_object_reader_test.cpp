// Dividing bodies into members: where each ends, and what is not an object.
#include "domain/json_object_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ledger::json_object_reader_test {
namespace {

std::vector<JsonMember> members_of(std::string_view body) {
  JsonObjectReader reader(body);
  std::vector<JsonMember> members;
  while (const auto member = reader.next()) members.push_back(*member);
  EXPECT_FALSE(reader.next()) << "it must stay at its end";
  if (reader.fault()) ADD_FAILURE() << reader.fault()->reason << ": " << body.substr(0, 100);
  return members;
}

std::string_view reason_of(std::string_view body) {
  JsonObjectReader reader(body);
  while (reader.next()) continue;
  return reader.fault() ? reader.fault()->reason : "read";
}

std::string decoded(std::string_view written) {
  const auto text = decode_json_string(written);
  if (!text) return "refused";
  return text->is_exact ? text->text : "replaced: " + text->text;
}

TEST(JsonObjectReader, ListsTopLevelMembersAsWrittenInTheirOrder) {
  const std::vector<JsonMember> expected = {
      {"b", JsonKind::string, "x"},
      {"a", JsonKind::null, "null"},
      {"n", JsonKind::number, "1"},
      {"f", JsonKind::number, "-1.5e3"},
      {"t", JsonKind::other, "true"},
      {"o", JsonKind::other, R"({"id":"inner", "p":["}"]})"},
      {"l", JsonKind::other, R"(["r",{"s":"\"]"}])"},
      {R"(\u0069d)", JsonKind::string, R"(\ud83d\")"},
  };
  EXPECT_THAT(members_of(" {\"b\":\"x\",\"a\" : null ,\"n\":1,\"f\":-1.5e3,\"t\":true,\n\"o\":{\"id\":\"inner\", \"p\":[\"}\"]},"
                         R"("l":["r",{"s":"\"]"}],"\u0069d":"\ud83d\""})"
                         " \r\n"),
              testing::ElementsAreArray(expected));
}

TEST(JsonObjectReader, ReadsEmptyObjects) {
  EXPECT_THAT(members_of("{}"), testing::IsEmpty());
  EXPECT_THAT(members_of(" {\t} "), testing::IsEmpty());
  EXPECT_THAT(members_of(R"({"":{},"":[]})"), testing::ElementsAre(JsonMember{"", JsonKind::other, "{}"}, JsonMember{"", JsonKind::other, "[]"}));
}

TEST(JsonObjectReader, ReadsManyMembersAndLongOnes) {
  std::string body = "{\"" + std::string(100'000, 'n') + "\":\"" + std::string(100'000, 'v') + "\"";
  for (int i = 0; i < 1000; ++i) body += ",\"" + std::to_string(i) + "\":" + std::to_string(2 * i);
  body += "}";
  const auto members = members_of(body);
  ASSERT_EQ(members.size(), 1001U);
  EXPECT_EQ(members.front().value.size(), 100'000U);
  EXPECT_EQ(members.back(), (JsonMember{"999", JsonKind::number, "1998"}));
}

TEST(JsonObjectReader, ReadsAnyDepthOfNesting) {
  std::string value;
  for (int i = 0; i < 200'000; ++i) value += i % 2 == 0 ? "[" : "{\"a\":";
  value += "1";
  for (int i = 200'000; i-- > 0;) value += i % 2 == 0 ? "]" : "}";
  const std::string body = "{\"deep\":" + value + "}";
  EXPECT_THAT(members_of(body), testing::ElementsAre(JsonMember{"deep", JsonKind::other, value}));
}

TEST(JsonObjectReader, DoesNotCheckWhatItNeedNotUnderstand) {
  for (const std::string_view value : {"NaN", "-Infinity", "01", "+1", "1e999", "tru", "\"\\x\"", "\"\n\"", "\"\xff\"", "[1 2,,]", "{\"a\"}"}) {
    EXPECT_EQ(reason_of("{\"a\":" + std::string(value) + ",\"b\":1}"), "read") << value;
  }
  EXPECT_EQ(reason_of(std::string_view{"{\"a\":\"\0\"}", 9}), "read");
}

TEST(JsonObjectReader, RefusesAnEmptyBody) {
  EXPECT_EQ(reason_of(""), "empty-body");
}

TEST(JsonObjectReader, RefusesWhatIsNotAnObject) {
  for (const std::string_view body :
       {" ", "\r\n", "nope", "[]", "[{\"id\":\"1\"}]", "\"text\"", "1", "true", "null", "id=1&locationId=2", "\xef\xbb\xbf{}", "// c\n{}", "\xff"}) {
    EXPECT_EQ(reason_of(body), "not-an-object") << body;
  }
}

TEST(JsonObjectReader, RefusesAnObjectWhoseMembersAreNotDelimited) {
  for (const std::string_view body : {"{",
                                      "{\"a\"",
                                      "{\"a\":",
                                      "{\"a\":}",
                                      "{\"a\":1",
                                      "{\"a\":1,",
                                      "{\"a\":1,}",
                                      "{,}",
                                      "{a:1}",
                                      "{'a':1}",
                                      "{\"a\":'b'}",
                                      "{\"a\" 1}",
                                      "{\"a\":1 \"b\":2}",
                                      "{\"a\":1;\"b\":2}",
                                      "{\"a\":\"open}",
                                      "{\"a\":\"open\\\"}",
                                      "{\"open",
                                      "{\"a\":[}",
                                      "{\"a\":[1}]",
                                      "{\"a\":{]}",
                                      "{\"a\":[\"open]}",
                                      "{\"a\":[",
                                      "{\"a\":['x']}",
                                      "{\"a\":[\xff]}",
                                      "{\"a\":[/**/]}",
                                      "{\"a\":1/**/}",
                                      "{} {}",
                                      "{}x",
                                      "{}}",
                                      "{\"a\":1}/**/",
                                      "{}\x80"}) {
    EXPECT_EQ(reason_of(body), "malformed-json") << body;
  }
  EXPECT_EQ(reason_of(std::string_view{"{}\0", 3}), "malformed-json");
  EXPECT_EQ(reason_of(std::string_view{"{\"a\":[\0]}", 9}), "malformed-json");
}

TEST(JsonObjectReader, RefusesEveryPrefixOfAnObject) {
  const std::string_view body = R"({"a":"x\"y","b":[{"c":"]"},null],"d":-1.5})";
  for (std::size_t size = 1; size < body.size(); ++size) EXPECT_EQ(reason_of(body.substr(0, size)), "malformed-json") << body.substr(0, size);
  EXPECT_EQ(reason_of(body), "read");
}

TEST(JsonString, IsDecodedWithAllEscapes) {
  EXPECT_EQ(decoded(""), "");
  EXPECT_EQ(decoded("plain \xc3\xa4 \x7f"), "plain \xc3\xa4 \x7f");
  EXPECT_EQ(decoded(R"(a\"\\\/\b\f\n\r\t\u00e4\ud83c\udfe0\u0000z)"), std::string("a\"\\/\b\f\n\r\t\xc3\xa4\xf0\x9f\x8f\xa0\0z", 17));
  EXPECT_EQ(decoded(R"(\u007F\u0080\u07ff\u0800\uFFFF\uD800\uDC00\uDBFF\uDFFF)"),
            "\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf");
  EXPECT_EQ(decoded(R"(\\ud800)"), "\\ud800");
}

TEST(JsonString, HasAReplacementForEachHalfOfASurrogatePair) {
  EXPECT_EQ(decoded(R"(\ud800)"), "replaced: \xef\xbf\xbd");
  EXPECT_EQ(decoded(R"(a\uDfffb)"),
            "replaced: a\xef\xbf\xbd"
            "b");
  EXPECT_EQ(decoded(R"(\ud800\u0041)"),
            "replaced: \xef\xbf\xbd"
            "A");
  EXPECT_EQ(decoded(R"(\ud800\n)"), "replaced: \xef\xbf\xbd\n");
  EXPECT_EQ(decoded(R"(\udbff\ud800\udc00)"), "replaced: \xef\xbf\xbd\xf0\x90\x80\x80");
  EXPECT_EQ(decoded(R"(\udc00\udc00)"), "replaced: \xef\xbf\xbd\xef\xbf\xbd");
}

TEST(JsonString, HasAReplacementForEachByteThatIsNotUtf8) {
  EXPECT_EQ(decoded("a\xff"), "replaced: a\xef\xbf\xbd");
  EXPECT_EQ(decoded("\xc3"), "replaced: \xef\xbf\xbd");
  EXPECT_EQ(decoded("\xed\xa0\x80z"), "replaced: \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz");
  EXPECT_EQ(decoded("\xc0\x80"), "replaced: \xef\xbf\xbd\xef\xbf\xbd");
}

TEST(JsonString, IsNotDecodedWithOtherEscapesOrRawControlCharacters) {
  for (const std::string_view written : {R"(\x)", R"(\u12g4)", R"(\u123)", R"(\u)", R"(\U0041)", "\\", "a\nb", "\x01", "\x1f"}) {
    EXPECT_EQ(decoded(written), "refused") << written;
  }
  EXPECT_EQ(decoded(R"(\ud800\x)"), "refused");
  EXPECT_EQ(decoded(std::string_view{"\0", 1}), "refused");
}

}  // namespace
}  // namespace ledger::json_object_reader_test
