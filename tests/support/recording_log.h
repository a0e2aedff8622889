// A log that remembers its lines, and lets a test wait for one.
#pragma once

#include "domain/log.h"
#include "sync/mutex.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ledger::test {

struct LogLine {
  LogLevel level{};
  std::string event;
  std::map<std::string, std::string> fields;  ///< Numbers as decimal text.
};

/// Thread-safe.
class RecordingLog final : public Log {
 public:
  void write_line(LogLevel level, std::string_view event, std::span<const LogField> fields) noexcept override {
    LogLine line{level, std::string(event), {}};
    for (const LogField& field : fields) {
      const auto* const number = std::get_if<std::int64_t>(&field.value);
      line.fields[std::string(field.name)] = number != nullptr ? std::to_string(*number) : std::string(std::get<std::string_view>(field.value));
    }
    {
      const MutexLock lock(mutex_);
      lines_.push_back(std::move(line));
    }
    changed_.notify_all();
  }

  [[nodiscard]] std::vector<LogLine> lines() const {
    const MutexLock lock(mutex_);
    return lines_;
  }

  /// The lines of one event.
  [[nodiscard]] std::vector<LogLine> lines(std::string_view event) const {
    std::vector<LogLine> found = lines();
    std::erase_if(found, [event](const LogLine& line) { return line.event != event; });
    return found;
  }

  /// Blocks until `event` was written `count` times, and returns the last of those lines; nullopt after 20 seconds.
  [[nodiscard]] std::optional<LogLine> wait_for(std::string_view event, std::size_t count = 1) const {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    MutexLock lock(mutex_);
    std::optional<LogLine> found = find(event, count);
    while (!found && changed_.wait_until(lock, deadline)) found = find(event, count);
    return found;
  }

 private:
  [[nodiscard]] std::optional<LogLine> find(std::string_view event, std::size_t count) const LEDGER_REQUIRES(mutex_) {
    std::size_t seen = 0;
    for (const LogLine& line : lines_) {
      if (line.event == event && ++seen == count) return line;
    }
    return std::nullopt;
  }

  mutable Mutex mutex_;
  mutable CondVar changed_;
  std::vector<LogLine> lines_ LEDGER_GUARDED_BY(mutex_);
};

}  // namespace ledger::test
