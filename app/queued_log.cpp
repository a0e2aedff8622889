// The log of the service: lines go to a descriptor through a bounded queue, so that a reader that stops cannot stop the service.
#include "app/queued_log.h"

#include "sync/mutex.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace ledger::app {
namespace {

/// Writes lines to a descriptor, which may be blocking or not, each by one write(2).
class LineWriter {
 public:
  explicit LineWriter(int descriptor) noexcept : descriptor_(descriptor) {}

  /// `line` has its line end. False if the descriptor refused the line or the rest of it.
  bool write(std::string_view line) noexcept {
    // The first part of a line that was refused must not become the beginning of this one.
    if (is_within_line_ && !write_all("\n")) return false;
    return write_all(line);
  }

 private:
  bool write_all(std::string_view text) noexcept {
    while (!text.empty()) {
      const ssize_t written = ::write(descriptor_, text.data(), text.size());
      if (written > 0) {
        is_within_line_ = text[static_cast<std::size_t>(written) - 1] != '\n';
        text.remove_prefix(static_cast<std::size_t>(written));
      } else if (errno == EAGAIN) {
        pollfd room{descriptor_, POLLOUT, 0};
        ::poll(&room, 1, -1);
      } else if (errno != EINTR) {
        return false;
      }
    }
    return true;
  }

  const int descriptor_;
  bool is_within_line_ = false;
};

}  // namespace

/// What the callers of write() and the thread share. Thread-safe.
class QueuedLog::Queue {
 public:
  Queue(LogFormat format, const LogBounds& bounds) noexcept : format_(format), bounds_(bounds) {}

  [[nodiscard]] std::uint64_t lines_dropped() const noexcept { return lines_dropped_.load(std::memory_order_relaxed); }

  /// `line` has its line end; `time` is its time.
  void push(std::string line, Timestamp time) {
    MutexLock lock(mutex_);
    if (waiting_.dropped > 0 || waiting_.lines.size() >= bounds_.lines_max || line.size() > bounds_.bytes_max - waiting_.bytes) {
      drop_line(time);
      return;
    }
    const std::size_t bytes = line.size();
    waiting_.lines.push_back(std::move(line));
    waiting_.bytes += bytes;
    waiting_.last_time = time;
    lock.unlock();
    changed_.notify_all();
  }

  /// Counts a line for which there is no memory.
  void drop(Timestamp time) noexcept {
    const MutexLock lock(mutex_);
    drop_line(time);
  }

  /// The thread: writes what is pushed, until close() and the queue is empty.
  void write_to(int descriptor) noexcept {
    LineWriter out(descriptor);
    std::uint64_t unreported = 0;
    for (Batch batch = take(); !batch.is_empty(); batch = take()) {
      for (const std::string& line : batch.lines) {
        if (out.write(line)) continue;
        ++unreported;
        lines_dropped_.fetch_add(1, std::memory_order_relaxed);
      }
      unreported += batch.dropped;
      if (unreported > 0 && report(out, batch.last_time, unreported)) unreported = 0;
    }
    const MutexLock lock(mutex_);
    is_finished_ = true;
    changed_.notify_all();
  }

  /// Lets the thread end when the queue is empty, and waits for that. False after `timeout`.
  bool close(std::chrono::milliseconds timeout) {
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    MutexLock lock(mutex_);
    is_closed_ = true;
    changed_.notify_all();
    while (!is_finished_) {
      if (!changed_.wait_until(lock, deadline)) return is_finished_;
    }
    return true;
  }

 private:
  struct Batch {
    std::vector<std::string> lines;
    std::size_t bytes = 0;
    std::uint64_t dropped = 0;  ///< They came after all of `lines`.
    Timestamp last_time;        ///< Of the last line, dropped or not.

    [[nodiscard]] bool is_empty() const noexcept { return lines.empty() && dropped == 0; }
  };

  void drop_line(Timestamp time) LEDGER_REQUIRES(mutex_) {
    ++waiting_.dropped;
    waiting_.last_time = time;
    lines_dropped_.fetch_add(1, std::memory_order_relaxed);
    changed_.notify_all();
  }

  /// Blocks until there is something. Returns nothing once the queue is closed and empty.
  Batch take() noexcept {
    MutexLock lock(mutex_);
    while (waiting_.is_empty() && !is_closed_) changed_.wait(lock);
    return std::exchange(waiting_, {});
  }

  [[nodiscard]] bool report(LineWriter& out, Timestamp time, std::uint64_t dropped) const noexcept {
    try {
      const LogField count{"count", static_cast<std::int64_t>(dropped)};
      return out.write(format_log_line(format_, time, LogLevel::warning, "log_lines_dropped", {&count, 1}) + '\n');
    } catch (const std::exception&) {
      return false;  // No memory. The next batch reports it.
    }
  }

  const LogFormat format_;
  const LogBounds bounds_;
  std::atomic<std::uint64_t> lines_dropped_{0};
  Mutex mutex_;
  CondVar changed_;
  Batch waiting_ LEDGER_GUARDED_BY(mutex_);
  bool is_closed_ LEDGER_GUARDED_BY(mutex_) = false;
  bool is_finished_ LEDGER_GUARDED_BY(mutex_) = false;
};

QueuedLog::QueuedLog(int descriptor, LogFormat format, LogLevel least, const Clock& clock, LogBounds bounds)
    : format_(format), least_(least), clock_(clock), flush_timeout_(bounds.flush_timeout), queue_(std::make_shared<Queue>(format, bounds)) {
  // Signals are for the main thread.
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([queue = queue_, descriptor] { queue->write_to(descriptor); });
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

QueuedLog::~QueuedLog() {
  if (queue_->close(flush_timeout_)) {
    thread_.join();
  } else {
    thread_.detach();
  }
}

void QueuedLog::write_line(LogLevel level, std::string_view event, std::span<const LogField> fields) noexcept {
  if (level < least_) return;
  const Timestamp now = clock_.now();
  try {
    queue_->push(format_log_line(format_, now, level, event, fields) + '\n', now);
  } catch (const std::exception&) {
    queue_->drop(now);
  }
}

std::uint64_t QueuedLog::lines_dropped() const noexcept {
  return queue_->lines_dropped();
}

}  // namespace ledger::app
