// Log lines: one event each, whatever bytes a value contains.
#include "app/logging.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace ledger::app::logging_test
