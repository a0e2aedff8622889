// A bound address, and the loop that accepts connections on it.
#pragma once

#include "server/http/connection_slot.h"
#include "server/http/event_loop.h"
#include "server/http/options.h"

#include "domain/log.h"
#include "domain/result.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace ledger::server {

/// Lives on one loop; after start() only that loop's thread touches it. The references outlive it.
class Listener {
 public:
  /// Names the loop that shall serve the next connection.
  using NextLoop = std::function<EventLoop&()>;
  using Take = std::function<void(boost::asio::ip::tcp::socket, ConnectionSlot, EventLoop&)>;

  /// `open` counts the connections, and is never let above `connections_max`.
  Listener(boost::asio::io_context& loop, std::atomic<std::size_t>& open, std::size_t connections_max, Log& log);

  /// Binds and listens. Errors: unavailable ("listen-failed"), naming the address.
  [[nodiscard]] Result<void> open(const Endpoint& endpoint);
  /// The real one, also where the endpoint said 0. REQUIRES open().
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

  /// Accepts until close(). REQUIRES open().
  void start(NextLoop next_loop, Take take);
  /// Stops accepting. On the loop's thread.
  void close() noexcept;

 private:
  [[nodiscard]] boost::asio::awaitable<void> accept_all(NextLoop next_loop, Take take);
  /// Whether the next one may be accepted at once; false, and logged, when this one could not be. Throws when there is no memory to take it.
  [[nodiscard]] boost::asio::awaitable<bool> accept_one(const NextLoop& next_loop, const Take& take);
  /// Once a minute while it stays the same.
  void log_failure(std::string_view reason);
  [[nodiscard]] boost::asio::awaitable<void> pause();

  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
  std::atomic<std::size_t>& open_;
  const std::size_t connections_max_;
  Log& log_;
  std::uint16_t port_ = 0;
  std::string last_failure_;
  std::chrono::steady_clock::time_point last_failure_at_;
};

}  // namespace ledger::server
