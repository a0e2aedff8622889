// Characters and lists of HTTP.
#include "server/http/ascii.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ledger::ascii_test {
namespace {

TEST(Ascii, ComparesWithoutCaseButOnlyLetters) {
  EXPECT_TRUE(server::iequals("Content-TYPE", "content-type"));
  EXPECT_FALSE(server::iequals("a", "ab"));
  EXPECT_FALSE(server::iequals("[", "{")) << "they differ in the bit that distinguishes letters";
  EXPECT_FALSE(server::iequals("\xc4", "\xe4"));
}

TEST(Ascii, TrimsSpacesAndTabs) {
  EXPECT_EQ(server::trim(" \ta b\t "), "a b");
  EXPECT_EQ(server::trim(" \t "), "");
  EXPECT_EQ(server::trim(""), "");
}

TEST(Ascii, WalksListsWithEmptyItems) {
  std::vector<std::string> items;
  server::for_each_list_item(" a ,, b,c ,", [&](std::string_view item) { items.emplace_back(item); });
  EXPECT_THAT(items, ::testing::ElementsAre("a", "", "b", "c"));
}

TEST(Numbers, AreReadUpTo64Bits) {
  EXPECT_EQ(server::parse_number("0").value, 0);
  EXPECT_EQ(server::parse_number("-9223372036854775808").value, INT64_MIN);
  EXPECT_EQ(server::parse_number("9223372036854775807").value, INT64_MAX);
  EXPECT_EQ(server::parse_number("9223372036854775807").fault, std::errc());
}

TEST(Numbers, AreRefusedWithTheirFault) {
  EXPECT_EQ(server::parse_number("9223372036854775808").fault, std::errc::result_out_of_range);
  EXPECT_EQ(server::parse_number("99999999999999999999").fault, std::errc::result_out_of_range);
  for (const char* const text : {"", " 1", "1 ", "+1", "1x", "x", "0x1", "1.0", "99999999999999999999x"}) {
    EXPECT_EQ(server::parse_number(text).fault, std::errc::invalid_argument) << text;
  }
}

}  // namespace
}  // namespace ledger::ascii_test
