// Tests of telling code from comments and strings.
#include "tests/lint/source_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ledger::lint::source_text_test {
namespace {

using testing::ElementsAre;

std::vector<std::string> literals(std::string_view text) {
  std::vector<std::string> contents;
  for (const StringLiteral& literal : string_literals_of(text)) contents.push_back(std::to_string(literal.line) + " " + literal.content);
  return contents;
}

TEST(SourceText, BlanksCommentsAndKeepsLines) {
  EXPECT_EQ(without_comments("a // b\nc /* d\ne */ f"), "a     \nc     \n     f");
  EXPECT_EQ(without_comments("x /* never closed"), "x                ");
}

TEST(SourceText, SeesNoCommentInsideAString) {
  EXPECT_EQ(without_comments(R"(f("http://a"); // b)"), R"(f("http://a");     )");
  EXPECT_EQ(without_comments("R\"x(// no)x\" // yes"), "R\"x(// no)x\"       ");
  EXPECT_EQ(without_comments("'\"' // yes"), "'\"'       ");
}

TEST(SourceText, FindsStringsWithTheirLines) {
  EXPECT_THAT(literals("f(\"a\");\n// \"no\"\ng(\"b\\\"c\", 'd');"), ElementsAre("1 a", "3 b\\\"c"));
  EXPECT_THAT(literals("\n\nR\"(raw \"inner\"\ntext)\" \"next\""), ElementsAre("3 raw \"inner\"\ntext", "4 next"));
}

TEST(SourceText, TakesAnApostropheInANumberForASeparator) {
  EXPECT_THAT(literals("auto n = 1'000'000; f(\"a\");"), ElementsAre("1 a"));
}

TEST(SourceText, ListsIncludesOfBothForms) {
  const auto includes = includes_of("// #include \"no\"\n#include \"domain/a.h\"  // why\n#  include <vector>\nint include;\n");
  ASSERT_EQ(includes.size(), 2U);
  EXPECT_EQ(includes[0].header, "domain/a.h");
  EXPECT_TRUE(includes[0].is_quoted);
  EXPECT_EQ(includes[0].line, 2U);
  EXPECT_EQ(includes[1].header, "vector");
  EXPECT_FALSE(includes[1].is_quoted);
}

TEST(SourceText, NamesTheRoomOfAPath) {
  EXPECT_EQ(room_of("domain/fold.cpp"), "domain");
  EXPECT_EQ(room_of("tests/domain/fold_test.cpp"), "tests");
  EXPECT_EQ(room_of("main.cpp"), "");
}

}  // namespace
}  // namespace ledger::lint::source_text_test
