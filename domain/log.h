// The port through which every room reports what happened: one event, one line, named fields.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <variant>

namespace ledger {

enum class LogLevel { debug, info, warning, error };

/// One named value of a line; an empty text means that there is nothing to say, and leaves no trace. Borrows both strings for the call.
struct LogField {
  std::string_view name;  ///< snake_case.
  std::variant<std::int64_t, std::string_view> value;
};

/// Writes log lines. Callable from any thread. It never throws, and it drops a line rather than wait for whoever reads the log. The implementation
/// escapes what would break a line. Callers never pass a body, a signature or a token.
class Log {
 public:
  Log() = default;
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;
  virtual ~Log() = default;

  /// `event` is a fixed snake_case name ("webhook_recorded"), so that lines can be counted by it.
  virtual void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) noexcept = 0;
  /// Lines since the start that could not be written.
  [[nodiscard]] virtual std::uint64_t lines_dropped() const noexcept { return 0; }
};

}  // namespace ledger
