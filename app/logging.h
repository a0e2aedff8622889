// How a log line looks, key=value or JSON, and text from outside made safe to print.
#pragma once

#include "domain/log.h"
#include "domain/timestamp.h"

#include <span>
#include <string>
#include <string_view>

namespace ledger::app {

/// `text` in one line that cannot steer a terminal. Control characters (C0, DEL, C1), line and paragraph separators, and characters that change the
/// direction of the text around them are written as in JSON: \n, \u202e. Each byte that is not part of well-formed UTF-8 is written as \ufffd.
/// Everything else is unchanged.
[[nodiscard]] std::string printable(std::string_view text);

enum class LogFormat { key_value, json };

/// One line without a line end:
///   time=2026-11-07T12:46:45.953Z level=info event=request method=POST status=200
///   {"time":"2026-11-07T12:46:45.953Z","level":"info","event":"request","method":"POST","status":200}
/// Values are escaped as by printable(), so no value can end the line, pass for another field or steer a terminal. Pure.
[[nodiscard]] std::string format_log_line(LogFormat format, Timestamp time, LogLevel level, std::string_view event, std::span<const LogField> fields);

}  // namespace ledger::app
