// Accepting, and not accepting when there is no room.
#include "server/http/listener.h"

#include "server/http/spawn_logged.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <string>
#include <string_view>
#include <utility>

namespace ledger::server {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

/// How long the loop waits before it looks for room again: a slot, or a file descriptor. Meanwhile the kernel's queue holds the callers.
constexpr std::chrono::milliseconds pause_duration{50};

/// How long nothing is said of a failure that goes on.
constexpr std::chrono::minutes silence{1};

}  // namespace

Listener::Listener(asio::io_context& loop, std::atomic<std::size_t>& open, std::size_t connections_max, Log& log)
    : acceptor_(loop), pause_(loop), open_(open), connections_max_(connections_max), log_(log) {}

Result<void> Listener::open(const Endpoint& endpoint) {
  error_code failed;
  const auto address = asio::ip::make_address(endpoint.address, failed);
  const asio::ip::tcp::endpoint where(address, endpoint.port);
  if (!failed) acceptor_.open(where.protocol(), failed);
  if (!failed) acceptor_.set_option(asio::socket_base::reuse_address(true), failed);
  if (!failed) acceptor_.bind(where, failed);
  if (!failed) acceptor_.listen(asio::socket_base::max_listen_connections, failed);
  if (!failed) port_ = acceptor_.local_endpoint(failed).port();
  if (failed) return Error{Errc::unavailable, "listen-failed", "Cannot listen on " + to_string(endpoint) + ": " + failed.message() + "."};
  return {};
}

void Listener::start(NextLoop next_loop, Take take) {
  spawn_logged(acceptor_.get_executor(), accept_all(std::move(next_loop), std::move(take)), log_, "accepting_failed");
}

void Listener::close() noexcept {
  error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
}

asio::awaitable<void> Listener::accept_all(NextLoop next_loop, Take take) {
  while (acceptor_.is_open()) {
    bool has_room = false;
    try {
      has_room = co_await accept_one(next_loop, take);
    } catch (const std::exception& exception) {
      log_failure(exception.what());
    }
    if (has_room) continue;
    // No slot, descriptor or memory. The connection stays in the kernel's queue, so trying again at once would spin.
    try {
      co_await pause();
    } catch (const std::exception&) {
      // There is no memory to wait with, either.
    }
  }
}

asio::awaitable<bool> Listener::accept_one(const NextLoop& next_loop, const Take& take) {
  if (open_.load() >= connections_max_) {
    log_failure("all " + std::to_string(connections_max_) + " connections are open");
    co_return false;
  }
  EventLoop& loop = next_loop();
  asio::ip::tcp::socket socket(loop.context());
  error_code failed;
  co_await acceptor_.async_accept(socket, asio::redirect_error(asio::use_awaitable, failed));
  if (failed == asio::error::operation_aborted || failed == asio::error::connection_aborted) co_return true;
  if (failed) {
    // Not thrown: UBSan opens a pipe to check a virtual call, so with no descriptor left it takes the exception for a wild pointer.
    log_failure(failed.message());
    co_return false;
  }
  error_code ignored;
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  ConnectionSlot slot(open_);
  take(std::move(socket), std::move(slot), loop);
  co_return true;
}

void Listener::log_failure(std::string_view reason) {
  const auto now = std::chrono::steady_clock::now();
  if (reason == last_failure_ && now - last_failure_at_ < silence) return;
  log_.write(LogLevel::error, "accept_failed", {{"port", std::int64_t{port_}}, {"reason", reason}});
  last_failure_ = reason;
  last_failure_at_ = now;
}

asio::awaitable<void> Listener::pause() {
  error_code cancelled;
  pause_.expires_after(pause_duration);
  co_await pause_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
}

}  // namespace ledger::server
