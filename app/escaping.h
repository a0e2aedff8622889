// Text that came from outside, made safe to print in a log line or on a terminal.
#pragma once

#include <string>
#include <string_view>

namespace ledger::app {

/// `text` in one line that cannot steer a terminal. Control characters (C0, DEL, C1), line and paragraph separators, and characters that change the
/// direction of the text around them are written as in JSON: \n, \u202e. Each byte that is not part of well-formed UTF-8 is written as \ufffd.
/// Everything else is unchanged.
[[nodiscard]] std::string printable(std::string_view text);

/// The same as a JSON string: in quotes, with '"' and '\' escaped too.
[[nodiscard]] std::string json_string(std::string_view text);

}  // namespace ledger::app
