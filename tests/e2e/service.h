// The real binary as a child process: started, spoken to, signalled, and waited for.
#pragma once

#include "sync/mutex.h"

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace ledger::test {

/// How a process ended: by itself, or by a signal.
struct ProcessEnd {
  int exit_code = -1;  ///< -1 when a signal ended it.
  int signal = 0;

  friend bool operator==(const ProcessEnd&, const ProcessEnd&) = default;
};

/// A command that runs to its end by itself.
struct ToolResult {
  ProcessEnd end;
  std::string out;
  std::string error;
};

/// Runs `program` (a path, or a name in PATH) with arguments and collects what it prints. Throws std::runtime_error when it cannot be started. What a
/// sanitizer reports in it fails the test, here and in Service.
[[nodiscard]] ToolResult run_tool(const std::string& program, const std::vector<std::string>& arguments);

/// The same for the binary under test.
[[nodiscard]] ToolResult run_ledger(const std::vector<std::string>& arguments);

/// `association-ledger serve` on free loopback ports. Killed on destruction if it still runs.
class Service {
 public:
  /// Returns when the service says that it is ready. Throws std::runtime_error, with what it printed, when it ends instead.
  /// `launcher` is a command that runs the rest of its arguments as a command ("prlimit", "--fsize=…").
  explicit Service(const std::string& database, std::vector<std::string> more_arguments = {"--allow-unsigned"},
                   std::vector<std::string> launcher = {});
  /// Returns as soon as there is a process. It has no port before wait_for_ready().
  struct Spawned {};
  Service(Spawned, const std::string& database, std::vector<std::string> launcher);
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;
  ~Service();

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  [[nodiscard]] std::uint16_t ops_port() const noexcept { return ops_port_; }
  [[nodiscard]] pid_t pid() const noexcept { return pid_; }

  /// Blocks until the service says that it is ready; false when it ended instead.
  [[nodiscard]] bool wait_for_ready();

  /// Does nothing after wait(): the number of the process may be somebody else's by then.
  void signal(int number) const;
  /// Blocks until the process has ended; ctest's timeout is the bound of last resort.
  ProcessEnd wait();
  /// Blocks until a line of its log holds `text`; false when the process ended without one.
  bool wait_for_log(const std::string& text);
  /// All that it logged so far.
  [[nodiscard]] std::string log() const;
  /// Until wait() nothing more is read from the pipe that the service logs to.
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
