// Log lines: one event each, whatever bytes a value contains.
#include "app/logging.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

namespace ledger::app::logging_test {
namespace {

using Fields = std::vector<LogField>;

const Timestamp kTime = *parse_rfc3339("2026-11-07T12:46:45.953Z");

TEST(LogLine, KeyValueIsReadableAndGreppable) {
  EXPECT_EQ(format_log_line(LogFormat::key_value, kTime, LogLevel::info, "request", Fields{{"method", "POST"}, {"status", std::int64_t{200}}}),
            "time=2026-11-07T12:46:45.953Z level=info event=request method=POST status=200");
}

TEST(LogLine, JsonIsOneObject) {
  EXPECT_EQ(format_log_line(LogFormat::json, kTime, LogLevel::error, "store_poisoned", Fields{{"where", "commit"}, {"code", std::int64_t{-1}}}),
            R"({"time":"2026-11-07T12:46:45.953Z","level":"error","event":"store_poisoned","where":"commit","code":-1})");
}

TEST(LogLine, AValueCannotPassForAnotherFieldOrLine) {
  EXPECT_EQ(format_log_line(LogFormat::key_value, kTime, LogLevel::info, "request", Fields{{"id", "a b"}, {"key", "x=1"}, {"line", "1\n2"}}),
            R"(time=2026-11-07T12:46:45.953Z level=info event=request id="a b" key="x=1" line="1\n2")");
  EXPECT_EQ(format_log_line(LogFormat::json, kTime, LogLevel::info, "request", Fields{{"id", "\"},\n"}}),
            R"({"time":"2026-11-07T12:46:45.953Z","level":"info","event":"request","id":"\"},\n"})");
}

TEST(LogLine, AnEmptyTextLeavesNoField) {
  EXPECT_EQ(format_log_line(LogFormat::key_value, kTime, LogLevel::info, "request", Fields{{"reason", ""}, {"status", std::int64_t{0}}}),
            "time=2026-11-07T12:46:45.953Z level=info event=request status=0");
}

TEST(LogLine, TextBeyondAsciiIsQuotedAndUnchanged) {
  EXPECT_EQ(format_log_line(LogFormat::key_value, kTime, LogLevel::info, "e", Fields{{"id", "K\xc3\xa4ufer"}}),
            "time=2026-11-07T12:46:45.953Z level=info event=e id=\"K\xc3\xa4ufer\"");
}

TEST(LogLine, EscapesInBothFormatsWhatSteersATerminal) {
  const std::string_view text = "\xc2\x9b\xe2\x80\xae\xff";
  EXPECT_EQ(format_log_line(LogFormat::key_value, kTime, LogLevel::info, "e", Fields{{"id", text}}),
            R"(time=2026-11-07T12:46:45.953Z level=info event=e id="\u009b\u202e\ufffd")");
  EXPECT_EQ(format_log_line(LogFormat::json, kTime, LogLevel::info, "e", Fields{{"id", text}}),
            R"({"time":"2026-11-07T12:46:45.953Z","level":"info","event":"e","id":"\u009b\u202e\ufffd"})");
}

TEST(LogLine, QuotesTextAsJson) {
  const std::string line = format_log_line(LogFormat::json, kTime, LogLevel::info, "e", Fields{{"id", "say \"\\\"\n\xff"}});
  EXPECT_TRUE(line.ends_with(R"("id":"say \"\\\"\n\ufffd"})")) << line;
}

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

}  // namespace
}  // namespace ledger::app::logging_test
