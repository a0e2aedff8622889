// The interface between a connection and the code that answers its requests.
#pragma once

#include "server/http/http_types.h"
#include "server/http/problem.h"
#include "server/http/router.h"

#include "domain/event_store.h"

#include <boost/asio/awaitable.hpp>

#include <string>
#include <variant>

namespace ledger::server {

/// A whole request.
struct Request {
  RequestHead head;
  Routed routed;
  std::string body;  ///< As sent, without the transfer coding.
};

/// Answers the requests of one listener. Called from all loops at once.
class Application {
 public:
  Application() = default;
  Application(const Application&) = delete;
  Application& operator=(const Application&) = delete;
  virtual ~Application() = default;

  /// Makes the decisions that do not need the body: the route of the request, or its refusal.
  [[nodiscard]] virtual std::variant<Routed, Response> admit(const RequestHead& head) const = 0;

  /// Answers the request. REQUIRES that admit() let the request pass. `request` and `reader`, which is for this thread alone, outlive the
  /// call. The body may be taken out of the request. May throw; then the client gets the result of failed().
  [[nodiscard]] virtual boost::asio::awaitable<Response> answer(Request& request, ShortReader& reader) {
    return request.routed.route->handler(*this, request, reader);
  }
  [[nodiscard]] virtual Response failed(const Routed& /*routed*/) { return problem(internal_error()); }

  /// The path of a request as the log may show it.
  [[nodiscard]] virtual std::string path_for_log(const RequestHead& head) const { return std::string(head.path()); }

  /// Called before each response is written, also one that the connection made itself. Of a header that could not be parsed, `head` has the first
  /// line. If it throws, the connection ends without a response.
  virtual void on_response(const RequestHead& /*head*/, const Response& /*response*/) {}
};

}  // namespace ledger::server
