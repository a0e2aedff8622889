// The log of the service: lines go to a descriptor through a bounded queue, so that a reader that stops cannot stop the service.
#pragma once

#include "app/logging.h"
#include "domain/clock.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>

namespace ledger::app {

/// Bounds of a QueuedLog.
struct LogBounds {
  std::size_t lines_max = 16'384;                 ///< Lines that wait for the thread.
  std::size_t bytes_max = std::size_t{4} << 20U;  ///< Bytes of these lines.
  std::chrono::milliseconds flush_timeout{1000};  ///< How long the destructor waits until everything is written.
};

/// A log whose lines are written by a thread of its own, in the order of the calls, each by one write(2).
///
/// write() never waits for the descriptor. When the queue is full, lines are dropped until the thread takes the queue; it then writes a line
/// "log_lines_dropped" with their count in the place of the dropped lines. Lines that the descriptor refuses (a full disk) are counted as dropped,
/// too.
///
/// The destructor writes what is queued. If that takes longer than `flush_timeout`, it leaves the thread behind, which then ends with the process.
/// The process must ignore SIGPIPE.
class QueuedLog final : public Log {
 public:
  /// Leaves out lines below `least`. `clock` must outlive this object, `descriptor` must stay open until the process ends. Starts a thread in which
  /// all signals are blocked. Throws std::system_error if there is none to be had.
  QueuedLog(int descriptor, LogFormat format, LogLevel least, const Clock& clock, LogBounds bounds = {});
  ~QueuedLog() override;

  void write_line(LogLevel level, std::string_view event, std::span<const LogField> fields) noexcept override;
  [[nodiscard]] std::uint64_t lines_dropped() const noexcept override;

 private:
  class Queue;

  const LogFormat format_;
  const LogLevel least_;
  const Clock& clock_;
  const std::chrono::milliseconds flush_timeout_;
  const std::shared_ptr<Queue> queue_;  ///< The thread is the second owner: it may outlive this object.
  std::thread thread_;
};

}  // namespace ledger::app
