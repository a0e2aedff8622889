// A program that runs beside the benchmark.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace ledger::bench {

struct ChildOptions {
  std::vector<std::string> command;  ///< A path, or a name in PATH, and its arguments.
  std::string log;                   ///< The file that standard error is appended to.
};

/// One process. The destructor kills it if it still runs, and the kernel kills it if the thread that started it ends first. Not thread-safe.
class Child {
 public:
  /// Throws std::runtime_error if no process can be started. A command that cannot be run ends with exit code 127.
  explicit Child(ChildOptions options);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  /// Waits at most `time` for the end of the process. Returns whether it has ended.
  [[nodiscard]] bool ends_within(std::chrono::milliseconds time);
  /// Waits for a line on standard output. Throws std::runtime_error with the end of the log if the process ends or a minute passes without it.
  void wait_for_line(std::string_view line);
  /// Throws std::runtime_error with the end of the log.
  [[noreturn]] void fail(const std::string& what) const;

  void kill() noexcept;
  /// Sends SIGTERM. Throws std::runtime_error if the process does not end with exit code 0 within a minute.
  void stop();
  /// Waits for the end without a limit and returns the standard output. Throws std::runtime_error if the exit code is not 0.
  std::string finish();
  /// REQUIRES that the process has ended. Returns -1 if a signal ended it.
  [[nodiscard]] int exit_code() const noexcept;

 private:
  void reap();
  void expect_success();

  ChildOptions options_;
  pid_t pid_ = -1;
  int pid_descriptor_ = -1;
  int output_ = -1;
  bool has_ended_ = false;
  int status_ = 0;
};

/// The standard output of a command without its last line feed; empty if it cannot be run or fails.
[[nodiscard]] std::string output_of(std::vector<std::string> command);

}  // namespace ledger::bench
