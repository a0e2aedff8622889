// Runs the real binary as a child process.
#include "tests/e2e/service.h"

#include "tests/e2e/sanitizer_reports.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <utility>

namespace ledger::test {
namespace {

struct Pipe {
  int read_end = -1;
  int write_end = -1;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  // Close-on-exec: a second child must not keep the pipe of the first one open.
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe");
  return {ends[0], ends[1]};
}

pid_t start(const std::string& program, const std::vector<std::string>& arguments, int out, int error) {
  std::vector<char*> argv;
  argv.push_back(const_cast<char*>(program.c_str()));
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const pid_t pid = ::fork();
  if (pid < 0) throw std::runtime_error("fork");
  if (pid == 0) {
    ::dup2(out, STDOUT_FILENO);
    ::dup2(error, STDERR_FILENO);
    ::execvp(program.c_str(), argv.data());
    ::_exit(127);
  }
  return pid;
}

ProcessEnd wait_for(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) throw std::runtime_error("waitpid");
  }
  if (WIFSIGNALED(status)) return {-1, WTERMSIG(status)};
  return {WEXITSTATUS(status), 0};
}

/// Reads until the other side closes.
std::string read_all(int descriptor) {
  std::string text;
  std::array<char, 4096> part{};
  for (ssize_t got = 0; (got = ::read(descriptor, part.data(), part.size())) > 0;) text.append(part.data(), static_cast<std::size_t>(got));
  ::close(descriptor);
  return text;
}

}  // namespace

ToolResult run_tool(const std::string& program, const std::vector<std::string>& arguments) {
  const Pipe out = make_pipe();
  const Pipe error = make_pipe();
  const pid_t pid = start(program, arguments, out.write_end, error.write_end);
  ::close(out.write_end);
  ::close(error.write_end);
  ToolResult result;
  std::thread errors([&] { result.error = read_all(error.read_end); });
  result.out = read_all(out.read_end);
  errors.join();
  result.end = wait_for(pid);
  expect_no_sanitizer_report(program, result.end.exit_code, result.error);
  return result;
}

ToolResult run_ledger(const std::vector<std::string>& arguments) {
  return run_tool(LEDGER_BINARY, arguments);
}

Service::Service(const std::string& database, std::vector<std::string> more_arguments, std::vector<std::string> launcher) {
  spawn(database, std::move(more_arguments), std::move(launcher));
  if (wait_for_ready()) return;
  wait();
  throw std::runtime_error("the service did not start:\n" + log());
}

Service::Service(Spawned /*tag*/, const std::string& database, std::vector<std::string> launcher) {
  spawn(database, {"--allow-unsigned"}, std::move(launcher));
}

void Service::spawn(const std::string& database, std::vector<std::string> more_arguments, std::vector<std::string> launcher) {
  std::vector<std::string> arguments = std::move(launcher);
  arguments.insert(arguments.end(),
                   {LEDGER_BINARY, "serve", "--database", database, "--create", "--ops-listen", "127.0.0.1:0", "--log-format", "json"});
  if (std::find(more_arguments.begin(), more_arguments.end(), "--listen") == more_arguments.end()) {
    arguments.insert(arguments.end(), {"--listen", "127.0.0.1:0"});
  }
  arguments.insert(arguments.end(), more_arguments.begin(), more_arguments.end());
  const std::string program = arguments.front();
  arguments.erase(arguments.begin());
  const Pipe log = make_pipe();
  pid_ = start(program, arguments, log.write_end, log.write_end);
  ::close(log.write_end);
  collector_ = std::thread([this, descriptor = log.read_end] { collect(descriptor); });
}

bool Service::wait_for_operations() {
  if (!wait_for_log("\"role\":\"ops\"")) return false;
  ops_port_ = port_from_log("ops");
  return true;
}

bool Service::wait_for_ready() {
  if (!wait_for_log("\"event\":\"ready\"")) return false;
  port_ = port_from_log("main");
  ops_port_ = port_from_log("ops");
  return true;
}

Service::~Service() {
  if (!end_) {
    ::kill(pid_, SIGKILL);
    wait();
  }
}

void Service::signal(int number) const {
  if (!end_) ::kill(pid_, number);
}

ProcessEnd Service::wait() {
  if (!end_) {
    end_ = wait_for(pid_);
    {
      const MutexLock lock(mutex_);
      is_reading_log_ = true;
    }
    more_.notify_all();
    collector_.join();
    expect_no_sanitizer_report("the service", end_->exit_code, log());
  }
  return *end_;
}

bool Service::wait_for_log(const std::string& text) {
  MutexLock lock(mutex_);
  while (!log_ended_ && log_.find(text) == std::string::npos) more_.wait(lock);
  return log_.find(text) != std::string::npos;
}

std::string Service::log() const {
  const MutexLock lock(mutex_);
  return log_;
}

void Service::stop_reading_log() {
  const MutexLock lock(mutex_);
  is_reading_log_ = false;
}

void Service::collect(int descriptor) {
  std::array<char, 4096> part{};
  for (ssize_t got = 0; (got = ::read(descriptor, part.data(), part.size())) > 0;) {
    MutexLock lock(mutex_);
    log_.append(part.data(), static_cast<std::size_t>(got));
    more_.notify_all();
    while (!is_reading_log_) more_.wait(lock);
  }
  ::close(descriptor);
  {
    const MutexLock lock(mutex_);
    log_ended_ = true;
  }
  more_.notify_all();
}

std::uint16_t Service::port_from_log(const std::string& role) const {
  const std::string text = log();
  const std::size_t line = text.find("\"role\":\"" + role + "\"");
  const std::string mark = "\"port\":";
  const std::size_t at = text.find(mark, line);
  if (line == std::string::npos || at == std::string::npos) throw std::runtime_error("no port of the " + role + " listener in the log:\n" + text);
  return static_cast<std::uint16_t>(std::stoi(text.substr(at + mark.size())));
}

}  // namespace ledger::test
