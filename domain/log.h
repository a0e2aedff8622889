// The port for log lines: one line for each event, with named fields.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <variant>

namespace ledger {

enum class LogLevel { debug, info, warning, error };

/// One named value of a line. A field with an empty text is left out. Borrows both strings for the duration of the call.
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

  /// `event` is a fixed snake_case name ("store_poisoned"), so that lines can be searched and counted by it.
  void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) noexcept {
    write_line(level, event, {fields.begin(), fields.size()});
  }
  virtual void write_line(LogLevel level, std::string_view event, std::span<const LogField> fields) noexcept = 0;
  /// Lines since the start that could not be written.
  [[nodiscard]] virtual std::uint64_t lines_dropped() const noexcept { return 0; }
};

}  // namespace ledger
