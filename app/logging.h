// How a log line looks: key=value or JSON, one line for each event.
#pragma once

#include "domain/log.h"
#include "domain/timestamp.h"

#include <span>
#include <string>
#include <string_view>

namespace ledger::app {

enum class LogFormat { key_value, json };

/// One line without a line end:
///   time=2026-11-07T12:46:45.953Z level=info event=request method=POST status=200
///   {"time":"2026-11-07T12:46:45.953Z","level":"info","event":"request","method":"POST","status":200}
/// Values are escaped by app/escaping.h, so no value can end the line, pass for another field or steer a terminal. Pure.
[[nodiscard]] std::string format_log_line(LogFormat format, Timestamp time, LogLevel level, std::string_view event, std::span<const LogField> fields);

}  // namespace ledger::app
