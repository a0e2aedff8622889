// Asks the process that has the database open, through its control socket.
#include "app/control_client.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <cstdint>
#include <utility>

namespace ledger::app {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

using Unix = asio::local::stream_protocol;

/// The longest quarantined body has 16 MiB, and JSON writes a byte of it as at most six.
constexpr std::uint64_t kAnswerBytesMax = std::uint64_t{128} << 20U;

asio::awaitable<ControlAnswer> exchange(beast::basic_stream<Unix>& stream, const Unix::endpoint& service,
                                        const http::request<http::empty_body>& request) {
  co_await stream.async_connect(service, asio::use_awaitable);
  co_await http::async_write(stream, request, asio::use_awaitable);
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(kAnswerBytesMax);
  co_await http::async_read(stream, buffer, parser, asio::use_awaitable);
  ControlAnswer answer{static_cast<int>(parser.get().result_int()), std::move(parser.get().body())};
  co_return answer;
}

}  // namespace

Result<ControlAnswer> ask_control(const std::string& socket_path, std::string_view method, const std::string& target,
                                  std::chrono::milliseconds timeout) {
  // A path that no socket can have: nobody listens there.
  if (socket_path.size() >= sizeof(sockaddr_un::sun_path)) return Error{Errc::not_found, "no-service", socket_path + ": the path is too long"};
  http::request<http::empty_body> request;
  request.method_string(method);
  request.target(target);
  request.set(http::field::host, "localhost");
  request.keep_alive(false);
  request.prepare_payload();

  asio::io_context context(1);
  const Unix::endpoint service(socket_path);
  beast::basic_stream<Unix> stream(context);
  stream.expires_after(timeout);
  auto answer = asio::co_spawn(context, exchange(stream, service, request), asio::use_future);
  context.run();
  try {
    return answer.get();
  } catch (const boost::system::system_error& failed) {
    const boost::system::error_code& code = failed.code();
    // A process that was killed leaves its socket behind, which refuses.
    const bool is_absent = code == boost::system::errc::no_such_file_or_directory || code == asio::error::connection_refused;
    if (is_absent) return Error{Errc::not_found, "no-service", socket_path + ": " + code.message()};
    const std::string why = code == beast::error::timeout ? "The service did not answer in time. It may still do what was asked." : code.message();
    return Error{Errc::unavailable, "control-failed", socket_path + ": " + why};
  }
}

}  // namespace ledger::app
