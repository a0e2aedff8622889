// UTF-8 at every boundary of RFC 3629, section 4.
#include "domain/utf8.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace ledger::utf8_test {
namespace {

TEST(Utf8, AcceptsTheFirstAndTheLastOfEveryLength) {
  for (const std::string_view text : {"", "a", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbf",
                                      "\xf0\x90\x80\x80", "\xf3\xbf\xbf\xbf", "\xf4\x8f\xbf\xbf", "K\xc3\xa4ufer \xe5\xae\xb6 \xf0\x9f\x8f\xa0"}) {
    EXPECT_TRUE(is_valid_utf8(text)) << text;
  }
  EXPECT_TRUE(is_valid_utf8(std::string_view{"\0", 1}));
}

TEST(Utf8, RefusesStrayAndMissingContinuationBytes) {
  for (const std::string_view text :
       {"\x80", "\xbf", "a\x80", "\xc2", "\xc2 ", "\xc2\xc2\x80", "\xe0\xa0", "\xe0\xa0 ", "\xf0\x90\x80", "\xf0\x90\x80 ", "\xe5\xae\xb6\xe5"}) {
    EXPECT_FALSE(is_valid_utf8(text)) << testing::PrintToString(text);
  }
}

TEST(Utf8, RefusesOverlongForms) {
  for (const std::string_view text : {"\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf"}) {
    EXPECT_FALSE(is_valid_utf8(text)) << testing::PrintToString(text);
  }
}

TEST(Utf8, RefusesSurrogatesAndValuesAboveTheLast) {
  for (const std::string_view text : {"\xed\xa0\x80", "\xed\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xfe", "\xff"}) {
    EXPECT_FALSE(is_valid_utf8(text)) << testing::PrintToString(text);
  }
}

TEST(Utf8, FindsAFaultBehindTextOfEveryLength) {
  for (std::size_t length = 0; length <= 40; ++length) {
    std::string text(length, 'a');
    text += "\xc3\xa4";
    text.append(length, 'a');
    EXPECT_TRUE(is_valid_utf8(text)) << length;
    EXPECT_FALSE(is_valid_utf8(std::string_view(text).substr(0, length + 1))) << length;
    text[length] = '\xff';
    EXPECT_FALSE(is_valid_utf8(text)) << length;
  }
}

TEST(Utf8, DecodesTheFirstCharacter) {
  const std::vector<std::tuple<std::string_view, char32_t, std::size_t>> cases = {{"az", 'a', 1},
                                                                                  {"\x7f", 0x7f, 1},
                                                                                  {"\xc2\x80z", 0x80, 2},
                                                                                  {"\xdf\xbf", 0x7ff, 2},
                                                                                  {"\xe0\xa0\x80", 0x800, 3},
                                                                                  {"\xef\xbf\xbf", 0xffff, 3},
                                                                                  {"\xf0\x90\x80\x80z", 0x10000, 4},
                                                                                  {"\xf4\x8f\xbf\xbf", 0x10ffff, 4}};
  for (const auto& [text, code_point, bytes] : cases) {
    const auto found = first_utf8_character(text);
    ASSERT_TRUE(found) << text;
    EXPECT_EQ(found->code_point, code_point);
    EXPECT_EQ(found->bytes, bytes);
  }
  for (const std::string_view text : {"", "\x80", "\xc2",
                                      "\xff"
                                      "a"})
    EXPECT_FALSE(first_utf8_character(text));
}

TEST(Utf8, AppendsWhatItReads) {
  for (const char32_t code_point : {0x0U, 0x41U, 0x7fU, 0x80U, 0x7ffU, 0x800U, 0xd7ffU, 0xe000U, 0xffffU, 0x10000U, 0x10ffffU}) {
    std::string text = "x";
    append_utf8(text, code_point);
    const auto character = first_utf8_character(std::string_view(text).substr(1));
    ASSERT_TRUE(character) << static_cast<std::uint32_t>(code_point);
    EXPECT_EQ(character->code_point, code_point);
    EXPECT_EQ(character->bytes, text.size() - 1);
  }
}

}  // namespace
}  // namespace ledger::utf8_test
