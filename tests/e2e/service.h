// Runs the real binary as a child process.
#pragma once

#include "sync/mutex.h"

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace ledger::test {

/// How a process ended: with an exit code or by a signal.
struct ProcessEnd {
  int exit_code = -1;  ///< -1 if a signal ended it.
  int signal = 0;

  friend bool operator==(const ProcessEnd&, const ProcessEnd&) = default;
};

/// The result of a command.
struct ToolResult {
  ProcessEnd end;
  std::string out;
  std::string error;
};

/// Runs `program` (a path, or a name in PATH) with arguments and collects its output. Throws std::runtime_error if it cannot be started. A report of
/// a sanitizer in the child fails the test, here and in Service.
[[nodiscard]] ToolResult run_tool(const std::string& program, const std::vector<std::string>& arguments);

/// The same for the binary under test.
[[nodiscard]] ToolResult run_ledger(const std::vector<std::string>& arguments);

/// `association-ledger serve` on free loopback ports. The destructor kills it if it still runs.
class Service {
 public:
  /// Returns when the service has logged that it is ready. Throws std::runtime_error with its log if it ends before that.
  /// `launcher` is a command that runs the rest of its arguments as a command ("prlimit", "--fsize=…").
  explicit Service(const std::string& database, std::vector<std::string> more_arguments = {"--allow-unsigned"},
                   std::vector<std::string> launcher = {});
  /// Returns as soon as the process exists. It has no port before wait_for_ready().
  struct Spawned {};
  Service(Spawned, const std::string& database, std::vector<std::string> launcher);
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;
  ~Service();

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  [[nodiscard]] std::uint16_t ops_port() const noexcept { return ops_port_; }
  [[nodiscard]] pid_t pid() const noexcept { return pid_; }

  /// Blocks until the service answers on its ops_port(). False if it ended before that.
  [[nodiscard]] bool wait_for_operations();
  /// Blocks until the service has logged that it is ready. False if it ended before that.
  [[nodiscard]] bool wait_for_ready();

  /// Does nothing after wait(): another process may have the number by then.
  void signal(int number) const;
  /// Blocks until the process has ended. Only ctest's timeout bounds it.
  ProcessEnd wait();
  /// Blocks until its log contains `text`. False if the process ended without it.
  bool wait_for_log(const std::string& text);
  /// Its log so far.
  [[nodiscard]] std::string log() const;
  /// Stops reading the pipe that the service logs to, until wait().
  void stop_reading_log();

 private:
  void spawn(const std::string& database, std::vector<std::string> more_arguments, std::vector<std::string> launcher);
  void collect(int descriptor);
  std::uint16_t port_from_log(const std::string& role) const;

  pid_t pid_ = -1;
  std::uint16_t port_ = 0;
  std::uint16_t ops_port_ = 0;
  std::optional<ProcessEnd> end_;
  mutable Mutex mutex_;
  CondVar more_;
  std::string log_ LEDGER_GUARDED_BY(mutex_);
  bool log_ended_ LEDGER_GUARDED_BY(mutex_) = false;
  bool is_reading_log_ LEDGER_GUARDED_BY(mutex_) = true;
  std::thread collector_;
};

}  // namespace ledger::test
