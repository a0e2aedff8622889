// Accepting connections, and making room for them.
#include "server/http/listener.h"

#include "server/http/spawn_logged.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>
#include <string>
#include <string_view>
#include <utility>

namespace ledger::server {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

/// The time between two attempts to accept when there is no slot, descriptor or memory. Meanwhile clients wait in the kernel's queue.
constexpr std::chrono::milliseconds kPause{50};

/// The time between two log lines about the same failure.
constexpr std::chrono::minutes kSilence{1};

/// The kernel needs one more for the NUL.
constexpr std::size_t kSocketPathBytesMax = sizeof(sockaddr_un::sun_path) - 1;

}  // namespace

Listener::Listener(const Loops& loops, std::size_t number, std::size_t connections_max, Log& log)
    : loops_(loops),
      number_(number),
      acceptor_(loops.front()->context()),
      pause_(loops.front()->context()),
      connections_max_(connections_max),
      log_(log) {}

Listener::~Listener() {
  if (!socket_path_.empty()) ::unlink(socket_path_.c_str());
}

Result<void> Listener::open(const Endpoint& endpoint) {
  error_code failed;
  if (!endpoint.socket_path.empty()) {
    if (endpoint.socket_path.size() > kSocketPathBytesMax) {
      return Error{Errc::invalid_request, "socket-path-too-long",
                   endpoint.socket_path + ": the path of a Unix socket has at most " + std::to_string(kSocketPathBytesMax) +
                       " bytes; use a database with a shorter path"};
    }
    failed = open_socket(endpoint.socket_path);
  } else {
    const auto address = asio::ip::make_address(endpoint.address, failed);
    asio::ip::tcp::endpoint where(address, endpoint.port);
    if (!failed) acceptor_.open(where.protocol(), failed);
    if (!failed) acceptor_.set_option(asio::socket_base::reuse_address(true), failed);
    if (!failed) acceptor_.bind(where, failed);
    if (!failed) {
      const auto bound = acceptor_.local_endpoint(failed);
      where.resize(bound.size());
      std::memcpy(where.data(), bound.data(), bound.size());
      port_ = where.port();
    }
  }
  if (!failed) acceptor_.listen(asio::socket_base::max_listen_connections, failed);
  if (failed) return Error{Errc::unavailable, "listen-failed", "Cannot listen on " + to_string(endpoint) + ": " + failed.message() + "."};
  return {};
}

error_code Listener::open_socket(const std::string& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) == 0 && S_ISSOCK(found.st_mode)) ::unlink(path.c_str());
  error_code failed;
  acceptor_.open(asio::local::stream_protocol(), failed);
  // The file gets the mode of the socket, so there is no moment at which others can connect.
  if (!failed && ::fchmod(acceptor_.native_handle(), S_IRUSR | S_IWUSR) != 0) failed = error_code(errno, boost::system::system_category());
  if (!failed) acceptor_.bind(asio::local::stream_protocol::endpoint(path), failed);
  if (!failed) socket_path_ = path;
  return failed;
}

void Listener::start(OnAccepted on_accepted) {
  spawn_logged(acceptor_.get_executor(), accept_all(std::move(on_accepted)), log_, "accepting_failed");
}

void Listener::close() noexcept {
  error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
}

asio::awaitable<void> Listener::accept_all(OnAccepted on_accepted) {
  while (acceptor_.is_open()) {
    bool may_go_on = false;
    try {
      may_go_on = co_await accept_one(on_accepted);
    } catch (const std::exception& exception) {
      log_failure(exception.what());
    }
    if (may_go_on) continue;
    // There is no slot, descriptor or memory. The connection stays in the kernel's queue, so another attempt at once would spin.
    try {
      co_await pause();
    } catch (const std::exception&) {
      // There is no memory to wait with, either.
    }
  }
}

asio::awaitable<bool> Listener::accept_one(const OnAccepted& on_accepted) {
  if (connections() >= connections_max_) {
    error_code failed;
    co_await acceptor_.async_wait(asio::socket_base::wait_read, asio::redirect_error(asio::use_awaitable, failed));
    if (failed) co_return failed == asio::error::operation_aborted;
    if (connections() < connections_max_) co_return true;
    if (!close_longest_idle()) log_failure("all " + std::to_string(connections_max_) + " connections are open");
    co_return false;
  }
  EventLoop& loop = *loops_[dealt_++ % loops_.size()];
  StreamSocket socket(loop.context());
  error_code failed;
  co_await acceptor_.async_accept(socket, asio::redirect_error(asio::use_awaitable, failed));
  if (failed == asio::error::operation_aborted || failed == asio::error::connection_aborted) co_return true;
  if (failed) {
    // Not thrown: UBSan opens a pipe to check a virtual call. Without a free descriptor it would take the exception for a wild pointer.
    log_failure(failed.message());
    co_return false;
  }
  error_code ignored;
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  on_accepted(std::move(socket), slot_, loop);
  co_return true;
}

bool Listener::close_longest_idle() {
  const auto oldest = [this](const std::unique_ptr<EventLoop>& loop) { return loop->idle(number_).oldest(); };
  EventLoop& loop = **std::ranges::min_element(loops_, {}, oldest);
  if (loop.idle(number_).oldest() == IdleConnections::TimePoint::max()) return false;
  asio::post(loop.context(), [this, &loop] {
    if (!loop.idle(number_).close_longest()) return;
    // The connection ends after this handler and before the next one.
    asio::post(loop.context(), [this] { asio::post(acceptor_.get_executor(), [this] { pause_.cancel(); }); });
  });
  return true;
}

void Listener::log_failure(std::string_view reason) {
  const auto now = std::chrono::steady_clock::now();
  if (reason == last_failure_ && now - last_failure_at_ < kSilence) return;
  log_.write(LogLevel::error, "accept_failed", {{"port", std::int64_t{port_}}, {"reason", reason}});
  last_failure_ = reason;
  last_failure_at_ = now;
}

asio::awaitable<void> Listener::pause() {
  error_code cancelled;
  pause_.expires_after(kPause);
  co_await pause_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
}

}  // namespace ledger::server
