// The steps of a request, in their order.
#include "server/http/connection.h"

#include "server/http/chunked_body.h"
#include "server/http/endpoint.h"
#include "server/http/problem.h"
#include "server/http/request_gate.h"
#include "server/http/response_head.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <exception>
#include <utility>
#include <vector>

namespace ledger::server {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::steady_clock;
using OnExpiry = Deadline::OnExpiry;

constexpr std::size_t kReadBytes = 4096;
/// What is read of a body at a time.
constexpr std::size_t kBodyReadBytes = std::size_t{64} * 1024;
/// What is read of a chunked body at a time; the buffer has room for it.
constexpr std::size_t kChunkReadBytes = std::size_t{16} * 1024;
/// How much a client may still send after a refusal, and for how long. If the socket were closed at once, the kernel would answer these bytes with a
/// reset, and the client could lose the refusal (RFC 9112, section 9.6).
constexpr std::size_t kLingerBytesMax = std::size_t{8} * 1024 * 1024;
constexpr std::chrono::seconds kLingerTimeout{2};

/// For the log: the request was refused before its route counted.
constexpr std::string_view kNoRoute;

/// The address of the client; "local" if it came through a Unix socket.
std::string describe(const StreamSocket& socket) {
  error_code failed;
  const auto peer = socket.remote_endpoint(failed);
  if (failed) return {};
  if (peer.protocol().family() == AF_UNIX) return "local";
  asio::ip::tcp::endpoint endpoint;
  endpoint.resize(peer.size());
  std::memcpy(endpoint.data(), peer.data(), peer.size());
  return to_string(Endpoint{endpoint.address().to_string(), endpoint.port()});
}

Response timed_out() {
  return problem(Error{Errc::invalid_request, "request-timeout", "The request did not arrive in time."});
}

/// The head of a request whose header block is refused: what its first line seems to ask for.
RequestHead unread_head(std::string_view block) {
  RequestHead head;
  if (block.starts_with("HEAD ")) head.method = Method::head;
  if (block.starts_with("POST ")) head.method = Method::post;
  if (head.method != Method::other && block.substr(5).starts_with('/')) {
    head.method_name = block.substr(0, 4);
    head.target = block.substr(5, block.find_first_of(" \r\n", 5) - 5);
  }
  return head;
}

Response body_too_large(std::size_t limit) {
  return problem(Error{Errc::too_large, "body-too-large", "The body is limited to " + std::to_string(limit) + " bytes."});
}

}  // namespace

Connection::Connection(StreamSocket socket, const ConnectionContext& context, EventLoop& loop)
    : context_(context),
      loop_(loop),
      socket_(std::move(socket)),
      deadline_(socket_),
      buffer_(context.limits.header_bytes_max + kBodyReadBytes),
      peer_(describe(socket_)) {}

asio::awaitable<void> Connection::run() {
  Next next = Next::another_request;
  while (next == Next::another_request) next = co_await serve_one();
  if (next == Next::linger) co_await linger();
}

asio::awaitable<Connection::Next> Connection::serve_one() {
  Received<RequestHead> head = co_await read_head();
  if (std::holds_alternative<Gone>(head)) co_return Next::hang_up;
  if (const auto* const refusal = std::get_if<Response>(&head)) {
    // Named, because GCC 12 destroys twice what is built inside a co_await expression.
    const RequestHead unread = unread_head(received());
    co_return co_await send(unread, kNoRoute, *refusal, Next::linger);
  }

  Request request;
  request.head = std::get<RequestHead>(std::move(head));
  std::variant<Routed, Response> admitted = context_.application.admit(request.head);
  if (const auto* const refusal = std::get_if<Response>(&admitted)) {
    const Next next = request.head.has_body() ? Next::linger : Next::another_request;
    co_return co_await send(request.head, kNoRoute, *refusal, next);
  }
  request.routed = std::get<Routed>(std::move(admitted));

  if (request.head.has_body()) {
    Received<std::string> body = Gone{};
    try {
      body = co_await read_body(request.head);
    } catch (const std::exception& exception) {
      log_failure(request, exception);
      body = context_.application.failed(request.routed);
    }
    if (std::holds_alternative<Gone>(body)) co_return Next::hang_up;
    if (const auto* const refusal = std::get_if<Response>(&body)) co_return co_await send(request.head, kNoRoute, *refusal, Next::linger);
    request.body = std::get<std::string>(std::move(body));
  }

  const Response response = co_await answer(request);
  co_return co_await send(request.head, request.routed.route->path, response, Next::another_request);
}

asio::awaitable<bool> Connection::wait_for_request() {
  error_code failed;
  if (loop_.draining() && socket_.available(failed) == 0) co_return false;
  deadline_.set_after(is_fresh_ ? context_.limits.header_timeout : context_.limits.idle_timeout, OnExpiry::cancel);
  is_fresh_ = false;
  const IdleConnections::Entry idle(loop_.idle(context_.listener), socket_, started_);
  co_return co_await read_more(kReadBytes);
}

asio::awaitable<bool> Connection::read_more(std::size_t bytes_max) {
  error_code failed;
  const asio::mutable_buffer space = buffer_.prepare(bytes_max);
  const std::size_t count = co_await socket_.async_read_some(space, asio::redirect_error(asio::use_awaitable, failed));
  buffer_.commit(count);
  co_return !failed;
}

asio::awaitable<Connection::Received<RequestHead>> Connection::read_head() {
  started_ = steady_clock::now();
  if (buffer_.size() == 0) {
    const bool has_come = co_await wait_for_request();
    if (!has_come) co_return Gone{};
    started_ = steady_clock::now();
  }
  const std::size_t block_bytes_max = context_.limits.header_bytes_max;
  std::size_t scanned = 0;
  deadline_.set(started_ + context_.limits.header_timeout, OnExpiry::cancel);
  while (true) {
    const BlockScan scan = scan_block(received(), scanned);
    if (scan.state == BlockState::malformed) co_return problem(Error{Errc::invalid_request, "malformed-request", "A header line must end in CR LF."});
    if (scan.size > block_bytes_max || (scan.state == BlockState::incomplete && buffer_.size() >= block_bytes_max)) {
      co_return problem(oversized_block(received()));
    }
    if (scan.state == BlockState::complete) {
      Result<RequestHead> head = examine_block(received().substr(0, scan.size), context_.limits.target_bytes_max);
      if (!head) co_return problem(head.error());
      buffer_.consume(scan.size);
      deadline_.clear();
      co_return *std::move(head);
    }
    scanned = buffer_.size();
    if (deadline_.expired()) co_return timed_out();
    const bool has_more = co_await read_more(kReadBytes);
    if (!has_more && !deadline_.expired()) co_return Gone{};
  }
}

asio::awaitable<Connection::Received<std::string>> Connection::read_body(const RequestHead& head) {
  const Limits& limits = context_.limits;
  if (head.content_length > limits.body_bytes_max) co_return body_too_large(limits.body_bytes_max);

  if (head.expects_continue) {
    constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    error_code failed;
    deadline_.set_after(limits.write_timeout, OnExpiry::shut_down);
    co_await asio::async_write(socket_, asio::buffer(kContinue), asio::redirect_error(asio::use_awaitable, failed));
    if (failed) co_return Gone{};
  }
  deadline_.set_after(limits.body_timeout, OnExpiry::cancel);

  if (!head.chunked) co_return co_await read_plain_body(static_cast<std::size_t>(head.content_length));
  co_return co_await read_chunked_body();
}

asio::awaitable<Connection::Received<std::string>> Connection::read_plain_body(std::size_t size) {
  std::string body(received().substr(0, size));
  buffer_.consume(body.size());
  std::size_t filled = body.size();
  while (filled < size) {
    // Memory is allocated for what has arrived, not for what was announced, because an announcement costs the client nothing.
    if (filled == body.size()) body.resize(std::min(size, filled + std::max(filled, kBodyReadBytes)));
    error_code failed;
    const asio::mutable_buffer rest = asio::buffer(body) + filled;
    filled += co_await socket_.async_read_some(rest, asio::redirect_error(asio::use_awaitable, failed));
    if (deadline_.expired()) co_return timed_out();
    if (failed) co_return Gone{};
  }
  deadline_.clear();
  co_return body;
}

asio::awaitable<Connection::Received<std::string>> Connection::read_chunked_body() {
  ChunkedReader reader(ChunkedReader::Limits{context_.limits.body_bytes_max, context_.limits.header_bytes_max});
  while (true) {
    const Result<std::size_t> taken = reader.feed(received());
    if (!taken) co_return problem(taken.error());
    buffer_.consume(*taken);
    if (reader.done()) break;

    const bool has_more = co_await read_more(kChunkReadBytes);
    if (deadline_.expired()) co_return timed_out();
    if (!has_more) co_return Gone{};
  }
  deadline_.clear();
  std::string body = reader.take_body();
  co_return body;
}

asio::awaitable<Response> Connection::answer(Request& request) {
  try {
    co_return co_await context_.application.answer(request, loop_.reader());
  } catch (const std::exception& exception) {
    log_failure(request, exception);
  }
  co_return context_.application.failed(request.routed);
}

asio::awaitable<Connection::Next> Connection::send(const RequestHead& head, std::string_view route, const Response& response, Next next) {
  context_.application.on_response(head, response);
  // A client that asked for the end sends nothing more. Another one may have sent the next request already, so it needs time to read the response.
  if (next == Next::another_request && !head.keep_alive) next = Next::hang_up;
  if (next == Next::another_request && loop_.draining()) next = Next::linger;

  const Persistence persistence = next == Next::another_request ? Persistence::keep : Persistence::close;
  const std::string text = response_head(response, persistence, context_.clock.now());
  const std::string_view body = head.method == Method::head ? std::string_view() : std::string_view(response.body);
  const std::array<asio::const_buffer, 2> parts = {asio::buffer(text), asio::buffer(body)};

  error_code failed;
  deadline_.set_after(context_.limits.write_timeout, OnExpiry::shut_down);
  const std::size_t bytes = co_await asio::async_write(socket_, parts, asio::redirect_error(asio::use_awaitable, failed));
  log_request(head, route, response, bytes);
  co_return failed ? Next::hang_up : next;
}

asio::awaitable<void> Connection::linger() {
  error_code failed;
  socket_.shutdown(asio::socket_base::shutdown_send, failed);
  deadline_.set_after(kLingerTimeout, OnExpiry::cancel);
  std::size_t total = 0;
  while (!failed && !deadline_.expired() && total < kLingerBytesMax) {
    buffer_.clear();
    total += co_await socket_.async_read_some(buffer_.prepare(16 * kReadBytes), asio::redirect_error(asio::use_awaitable, failed));
  }
}

std::string_view Connection::received() const noexcept {
  const auto data = buffer_.cdata();
  return {static_cast<const char*>(data.data()), data.size()};
}

void Connection::log_failure(const Request& request, const std::exception& exception) const noexcept {
  context_.log.write(LogLevel::error, "request_failed",
                     {{"path", std::string_view(request.routed.path)}, {"reason", std::string_view(exception.what())}});
}

void Connection::log_request(const RequestHead& head, std::string_view route, const Response& response, std::size_t bytes) const {
  const LogLevel level = response.status >= 500 || response.is_warning ? LogLevel::warning : LogLevel::info;
  const auto duration = std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - started_);
  const std::string path = context_.application.path_for_log(head);
  std::vector<LogField> fields = {
      {"method", std::string_view(head.method_name)},
      {"path", std::string_view(path)},
      {"route", route},
      {"status", std::int64_t{response.status}},
      {"bytes", static_cast<std::int64_t>(bytes)},
      {"duration_us", std::int64_t{duration.count()}},
      {"peer", std::string_view(peer_)},
      {"reason", response.reason},
  };
  for (const auto& [name, value] : response.notes) {
    std::visit([&fields, name = name](const auto& given) { fields.push_back({name, given}); }, value);
  }
  context_.log.write_line(level, "request", fields);
}

}  // namespace ledger::server
