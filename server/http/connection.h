// One connection: it reads requests and writes responses, within limits of bytes and time.
#pragma once

#include "server/http/application.h"
#include "server/http/deadline.h"
#include "server/http/event_loop.h"
#include "server/http/limits.h"
#include "server/http/stream_socket.h"

#include "domain/clock.h"
#include "domain/log.h"

#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <chrono>
#include <exception>
#include <string>
#include <string_view>
#include <variant>

namespace ledger::server {

/// What all connections of a listener share. The references outlive the connections.
struct ConnectionContext {
  Application& application;
  const Limits& limits;
  const Clock& clock;
  Log& log;
  std::size_t listener = 0;  ///< Its number, for EventLoop::idle().
};

/// Serves the requests of one client, one after the other. If it is not certain where a request ends, the connection is closed after the response.
/// For the loop's thread only.
class Connection {
 public:
  Connection(StreamSocket socket, const ConnectionContext& context, EventLoop& loop);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Serves requests until one side ends the connection, or a deadline does.
  [[nodiscard]] boost::asio::awaitable<void> run();

 private:
  /// What follows a response. `linger` closes the connection so that a client that is still sending can read the response.
  enum class Next { another_request, linger, hang_up };
  /// The client is gone: no response can reach it.
  struct Gone {};
  /// What was read, or the refusal of what the client sent.
  template <class T>
  using Received = std::variant<T, Response, Gone>;

  [[nodiscard]] boost::asio::awaitable<Next> serve_one();
  /// Waits for the first byte of a request. False when none came.
  [[nodiscard]] boost::asio::awaitable<bool> wait_for_request();
  /// Reads what has arrived, up to so many bytes, into buffer_. False when the socket failed or the deadline expired.
  [[nodiscard]] boost::asio::awaitable<bool> read_more(std::size_t bytes_max);
  [[nodiscard]] boost::asio::awaitable<Received<RequestHead>> read_head();
  /// REQUIRES head.has_body().
  [[nodiscard]] boost::asio::awaitable<Received<std::string>> read_body(const RequestHead& head);
  [[nodiscard]] boost::asio::awaitable<Received<std::string>> read_plain_body(std::size_t size);
  [[nodiscard]] boost::asio::awaitable<Received<std::string>> read_chunked_body();
  [[nodiscard]] boost::asio::awaitable<Response> answer(Request& request);
  /// Sends the response. `next` follows it, unless the client or a drain ends the connection.
  [[nodiscard]] boost::asio::awaitable<Next> send(const RequestHead& head, std::string_view route, const Response& response, Next next);
  [[nodiscard]] boost::asio::awaitable<void> linger();

  [[nodiscard]] std::string_view received() const noexcept;
  void log_failure(const Request& request, const std::exception& exception) const noexcept;
  void log_request(const RequestHead& head, std::string_view route, const Response& response, std::size_t bytes) const;

  const ConnectionContext context_;
  EventLoop& loop_;
  StreamSocket socket_;
  Deadline deadline_;
  boost::beast::flat_buffer buffer_;
  std::string peer_;
  bool is_fresh_ = true;                           ///< No request has arrived yet.
  std::chrono::steady_clock::time_point started_;  ///< When the first byte of the request arrived.
};

}  // namespace ledger::server
