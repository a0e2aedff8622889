// Starts processes by fork and exec, and waits for them through a pidfd.
#include "tests/bench/child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace ledger::bench {
namespace {

constexpr auto kTimeout = std::chrono::minutes(1);

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> found;
  found.reserve(texts.size() + 1);
  for (const std::string& text : texts) found.push_back(const_cast<char*>(text.c_str()));
  found.push_back(nullptr);
  return found;
}

bool is_readable_within(int descriptor, std::chrono::milliseconds time) {
  pollfd wanted = {descriptor, POLLIN, 0};
  return ::poll(&wanted, 1, static_cast<int>(std::max(time, std::chrono::milliseconds(0)).count())) > 0;
}

}  // namespace

Child::Child(ChildOptions options) : options_(std::move(options)) {
  std::array<int, 2> output{};
  if (::pipe2(output.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
  const int log = ::open(options_.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  const int input = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  std::vector<char*> arguments = pointers(options_.command);
  pid_ = ::fork();
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(input, STDIN_FILENO);
    ::dup2(output[1], STDOUT_FILENO);
    ::dup2(log, STDERR_FILENO);
    ::execvp(arguments.front(), arguments.data());
    ::_exit(127);
  }
  for (const int descriptor : {input, output[1], log}) ::close(descriptor);
  output_ = output[0];
  if (pid_ < 0) throw std::runtime_error("fork");
  pid_descriptor_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
  if (pid_descriptor_ < 0) throw std::runtime_error("pidfd_open");
}

Child::~Child() {
  kill();
  if (pid_descriptor_ >= 0) ::close(pid_descriptor_);
  if (output_ >= 0) ::close(output_);
}

void Child::reap() {
  if (has_ended_) return;
  pid_t ended = 0;
  do ended = ::waitpid(pid_, &status_, 0);
  while (ended < 0 && errno == EINTR);
  has_ended_ = ended == pid_;
}

bool Child::ends_within(std::chrono::milliseconds time) {
  if (!has_ended_ && is_readable_within(pid_descriptor_, time)) reap();
  return has_ended_;
}

void Child::wait_for_line(std::string_view line) {
  const std::string wanted = "\n" + std::string(line) + "\n";
  const auto deadline = std::chrono::steady_clock::now() + kTimeout;
  std::string text = "\n";
  while (text.find(wanted) == std::string::npos) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (!is_readable_within(output_, left)) fail("did not print '" + std::string(line) + "'");
    std::array<char, 4096> part{};
    const ssize_t got = ::read(output_, part.data(), part.size());
    if (got <= 0) fail("ended without printing '" + std::string(line) + "'");
    text.append(part.data(), static_cast<std::size_t>(got));
  }
}

void Child::fail(const std::string& what) const {
  std::ifstream file(options_.log);
  const std::string log{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  constexpr std::size_t kShown = 2000;
  throw std::runtime_error(options_.command.front() + " " + what + "; the end of its log:\n" + log.substr(log.size() - std::min(log.size(), kShown)));
}

void Child::kill() noexcept {
  if (has_ended_ || pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  reap();
}

int Child::exit_code() const noexcept {
  return WIFEXITED(status_) ? WEXITSTATUS(status_) : -1;
}

void Child::expect_success() {
  if (exit_code() == 0) return;
  fail(WIFSIGNALED(status_) ? std::string("was ended by signal ") + ::strsignal(WTERMSIG(status_))
                            : "ended with exit code " + std::to_string(WEXITSTATUS(status_)));
}

void Child::stop() {
  if (!has_ended_) ::kill(pid_, SIGTERM);
  if (!ends_within(kTimeout)) fail("did not end on SIGTERM");
  expect_success();
}

std::string Child::finish() {
  std::string text;
  std::array<char, 4096> part{};
  for (ssize_t got = 0; (got = ::read(output_, part.data(), part.size())) > 0;) text.append(part.data(), static_cast<std::size_t>(got));
  reap();
  expect_success();
  return text;
}

std::string output_of(std::vector<std::string> command) {
  try {
    std::string text = Child({std::move(command), "/dev/null"}).finish();
    if (text.ends_with('\n')) text.pop_back();
    return text;
  } catch (const std::runtime_error&) {
    return {};
  }
}

}  // namespace ledger::bench
