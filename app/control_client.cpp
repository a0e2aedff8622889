// Asks the process that has the database open, through its control socket.
#include "app/control_client.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

namespace ledger::app {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

Error control_failed(const std::string& socket_path, const boost::system::error_code& failed) {
  return {Errc::unavailable, "control-failed", socket_path + ": " + failed.message()};
}

}  // namespace

Result<ControlAnswer> ask_control(const std::string& socket_path, std::string_view method, const std::string& target) {
  // A path that no socket can have: nobody listens there.
  if (socket_path.size() >= sizeof(sockaddr_un::sun_path)) return Error{Errc::not_found, "no-service", socket_path + ": the path is too long"};
  asio::io_context context(1);
  asio::local::stream_protocol::socket socket(context);
  boost::system::error_code failed;
  socket.connect(asio::local::stream_protocol::endpoint(socket_path), failed);
  // A process that was killed leaves its socket behind, which refuses.
  if (failed == boost::system::errc::no_such_file_or_directory || failed == asio::error::connection_refused) {
    return Error{Errc::not_found, "no-service", socket_path + ": " + failed.message()};
  }
  if (failed) return control_failed(socket_path, failed);

  http::request<http::empty_body> request;
  request.method_string(method);
  request.target(target);
  request.set(http::field::host, "localhost");
  request.keep_alive(false);
  request.prepare_payload();
  http::write(socket, request, failed);
  if (failed) return control_failed(socket_path, failed);
  boost::beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(boost::none);  // A quarantined body has the length that its sender chose.
  http::read(socket, buffer, parser, failed);
  if (failed) return control_failed(socket_path, failed);
  return ControlAnswer{static_cast<int>(parser.get().result_int()), std::move(parser.get().body())};
}

}  // namespace ledger::app
