// Where log lines go: standard error, one line an event, key=value or JSON.
#pragma once

#include "domain/clock.h"
#include "domain/log.h"

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

namespace ledger::app {

enum class LogFormat { key_value, json };

/// One line without its end:
///   time=2026-11-07T12:46:45.953Z level=info event=request method=POST status=200
///   {"time":"2026-11-07T12:46:45.953Z","level":"info","event":"request","method":"POST","status":200}
/// Values are escaped by app/escaping.h, so no value can end the line, pass for another field or steer a terminal. Pure.
[[nodiscard]] std::string format_log_line(LogFormat format, Timestamp time, LogLevel level, std::string_view event,
                                          std::initializer_list<LogField> fields);

/// A log on standard error that leaves out what is below `least`. `clock` outlives it.
[[nodiscard]] std::unique_ptr<Log> make_stderr_log(LogFormat format, LogLevel least, const Clock& clock);

}  // namespace ledger::app
