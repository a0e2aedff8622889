// How the service is asked to end: by SIGTERM or SIGINT from outside, or from inside the process.
#include "app/stop_signals.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace ledger::app {
namespace {

sigset_t stop_signals() noexcept {
  sigset_t signals;
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGTERM);
  ::sigaddset(&signals, SIGINT);
  return signals;
}

}  // namespace

StopSignals::StopSignals() {
  const sigset_t signals = stop_signals();
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  for (const int ignored : {SIGHUP, SIGUSR1, SIGUSR2, SIGPIPE, SIGXFSZ}) ::signal(ignored, SIG_IGN);
  signals_ = ::signalfd(-1, &signals, SFD_CLOEXEC);
  requests_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (signals_ < 0 || requests_ < 0) throw std::system_error(errno, std::generic_category(), "signalfd or eventfd");
}

StopSignals::~StopSignals() {
  ::close(signals_);
  ::close(requests_);
}

void StopSignals::request() const noexcept {
  // It fails only if the counter is full, and then wait() returns anyway.
  ::eventfd_write(requests_, 1);
}

int StopSignals::wait() const {
  std::array<pollfd, 2> sources = {{{signals_, POLLIN, 0}, {requests_, POLLIN, 0}}};
  while (::poll(sources.data(), sources.size(), -1) < 0) {
    if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "poll");
  }
  signalfd_siginfo received{};
  if (sources[0].revents != 0 && ::read(signals_, &received, sizeof received) < 0)
    throw std::system_error(errno, std::generic_category(), "signalfd");
  const sigset_t signals = stop_signals();
  ::pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  return static_cast<int>(received.ssi_signo);
}

}  // namespace ledger::app
