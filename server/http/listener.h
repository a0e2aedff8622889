// Accepts connections on one address.
#pragma once

#include "server/http/endpoint.h"
#include "server/http/event_loop.h"
#include "server/http/stream_socket.h"

#include "domain/log.h"
#include "domain/result.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ledger::server {

/// Each connection holds a copy for as long as it lives, so the number of owners tells how many connections are open.
using ConnectionSlot = std::shared_ptr<const void>;

/// Accepts connections and deals them to the loops in turn. At its limit it closes the longest idle connection to make room for a new one; a
/// connection that serves a request is never closed. When no connection is idle, new ones wait in the kernel's queue.
///
/// Lives on the first loop: after start() only that loop's thread may use it. The references outlive it.
class Listener {
 public:
  using Loops = std::vector<std::unique_ptr<EventLoop>>;
  /// Serves a connection on the loop.
  using OnAccepted = std::function<void(StreamSocket, ConnectionSlot, EventLoop&)>;

  /// `number` is that of EventLoop::idle(). REQUIRES at least one loop, and `connections_max` >= 1.
  Listener(const Loops& loops, std::size_t number, std::size_t connections_max, Log& log);

  ~Listener();

  /// Binds and listens. A Unix socket is open to its owner alone (mode 0600), and the file of an ended process at its path is replaced. Errors:
  /// unavailable ("listen-failed"), naming the address; invalid_request ("socket-path-too-long").
  [[nodiscard]] Result<void> open(const Endpoint& endpoint);
  /// The port that is bound, also if the endpoint's port was 0; 0 of a Unix socket. REQUIRES open().
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

  /// How many connections are open; never more than `connections_max`.
  [[nodiscard]] std::size_t connections() const noexcept { return static_cast<std::size_t>(slot_.use_count()) - 1; }

  /// Accepts until close(). REQUIRES open().
  void start(OnAccepted on_accepted);
  /// Stops accepting. On the loop's thread.
  void close() noexcept;

 private:
  [[nodiscard]] boost::system::error_code open_socket(const std::string& path);
  [[nodiscard]] boost::asio::awaitable<void> accept_all(OnAccepted on_accepted);
  /// Accepts one connection. False, and logged, when it could not be accepted: then it is too early to try again. Throws std::bad_alloc.
  [[nodiscard]] boost::asio::awaitable<bool> accept_one(const OnAccepted& on_accepted);
  /// Lets the loop of the longest idle connection close it, and then ends the pause(). False if no connection is idle.
  [[nodiscard]] bool close_longest_idle();
  /// Logs a failure, at most once a minute while it stays the same.
  void log_failure(std::string_view reason);
  [[nodiscard]] boost::asio::awaitable<void> pause();

  const Loops& loops_;
  const std::size_t number_;
  std::size_t dealt_ = 0;
  boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol> acceptor_;
  boost::asio::steady_timer pause_;
  const ConnectionSlot slot_ = std::make_shared<char>();
  const std::size_t connections_max_;
  Log& log_;
  std::uint16_t port_ = 0;
  std::string socket_path_;  ///< Of the Unix socket that was bound, to be removed at the end.
  std::string last_failure_;
  std::chrono::steady_clock::time_point last_failure_at_;
};

}  // namespace ledger::server
