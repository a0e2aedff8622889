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

}  // namespace
}  // namespace ledger::ascii_test
