// A program that runs beside the benchmark: started, waited for, ended.
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace ledger::bench {

struct ChildOptions {
  std::vector<std::string> command;      ///< A path, or a name in PATH, and its arguments.
  std::vector<std::string> environment;  ///< "NAME=value", beside those of this process.
  std::string log;                       ///< Where its standard error goes.
};

/// Killed on destruction if it still runs, and by the kernel if this process dies first. Used by the thread that made it.
class Child {
 public:
  explicit Child(ChildOptions options);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  /// Waits so long for its end. Also how to pass a little time while it starts.
  [[nodiscard]] bool ends_within(std::chrono::milliseconds time);
  /// Waits for a line on its standard output. Throws std::runtime_error, with the end of its log, when it ends or a minute passes without one.
  void wait_for_line(std::string_view line);
  /// Throws std::runtime_error with the end of its log.
  [[noreturn]] void fail(const std::string& what) const;

  void kill() noexcept;
  /// SIGTERM, and what must follow: exit code 0 within a minute, or std::runtime_error.
  void stop();
  /// The same without the signal, and with all the time that it takes. Returns what it printed.
  std::string finish();
  /// Once it has ended; -1 when a signal ended it.
  [[nodiscard]] int exit_code() const noexcept;
  /// What it used, once it has ended.
  [[nodiscard]] const rusage& usage() const noexcept { return usage_; }

 private:
  void reap(int options);
  void expect_success();

  ChildOptions options_;
  pid_t pid_ = -1;
  int pid_descriptor_ = -1;
  int output_ = -1;
  bool has_ended_ = false;
  int status_ = 0;
  rusage usage_{};
};

/// What a command prints on standard output, without the last line feed; empty when it cannot be run or fails.
[[nodiscard]] std::string output_of(std::vector<std::string> command);

}  // namespace ledger::bench
