// Text from outside in log lines and on terminals.
#include "app/escaping.h"

#include <gtest/gtest.h>

#include <array>
#include <utility>

namespace ledger::app::escaping_test {
namespace {

TEST(Printable, EscapesWhatSteersATerminalOrEndsALine) {
  const std::array<std::pair<std::string_view, std::string_view>, 18> cases = {{
      {"\x1b[2J", "\\u001b[2J"},
      {"\b\f\n\r\t", "\\b\\f\\n\\r\\t"},
      {{"\0", 1}, "\\u0000"},
      {"\x1f", "\\u001f"},
      {"\x7f", "\\u007f"},
      {"\xc2\x80", "\\u0080"},
      {"\xc2\x9b", "\\u009b"},
      {"\xc2\x9f", "\\u009f"},
      {"\xd8\x9c", "\\u061c"},
      {"\xe2\x80\x8e", "\\u200e"},
      {"\xe2\x80\x8f", "\\u200f"},
      {"\xe2\x80\xa8", "\\u2028"},
      {"\xe2\x80\xa9", "\\u2029"},
      {"\xe2\x80\xaa", "\\u202a"},
      {"\xe2\x80\xae", "\\u202e"},
      {"\xe2\x81\xa6", "\\u2066"},
      {"\xe2\x81\xa9", "\\u2069"},
      {"a\xe2\x80\xae.b", "a\\u202e.b"},
  }};
  for (const auto& [text, expected] : cases) EXPECT_EQ(printable(text), expected);
}

TEST(Printable, LeavesEverythingElse) {
  // Most of them are neighbours of escaped characters.
  for (const std::string_view text : {"", " ~", "\"quoted\" \\", "\xc2\xa0", "\xd8\x9b", "\xd8\x9d", "\xe2\x80\x8d", "\xe2\x80\x90", "\xe2\x80\xa7",
                                      "\xe2\x80\xaf", "\xe2\x81\xa5", "\xe2\x81\xaa", "K\xc3\xa4ufer \xe5\xae\xb6 \xf0\x9f\x8f\xa0"}) {
    EXPECT_EQ(printable(text), text);
  }
}

TEST(Printable, ReplacesEachByteThatIsNoUtf8) {
  EXPECT_EQ(printable("a\xff\xc3z"), "a\\ufffd\\ufffdz");
  EXPECT_EQ(printable("\xe2\x80"), "\\ufffd\\ufffd") << "cut off";
  EXPECT_EQ(printable("\x9b"), "\\ufffd") << "a C1 control of another encoding";
}

TEST(JsonString, IsQuotedAndEscaped) {
  EXPECT_EQ(json_string(""), R"("")");
  EXPECT_EQ(json_string("say \"\\\"\n"), R"("say \"\\\"\n")");
  EXPECT_EQ(json_string("\xc2\x9b\xe2\x80\xae\xff"), R"("\u009b\u202e\ufffd")");
}

}  // namespace
}  // namespace ledger::app::escaping_test
