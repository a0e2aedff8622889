// Finds the route of a request, and makes the checks that all routes share.
#pragma once

#include "server/http/http_types.h"

#include <boost/asio/awaitable.hpp>

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ledger {
class ShortReader;
}

namespace ledger::server {

class Application;
struct Request;

/// Answers a request of its route, as Application::answer() says. REQUIRES the application that the route was made for.
using Handler = boost::asio::awaitable<Response> (*)(Application& application, Request& request, ShortReader& reader);

/// A path, what may be asked of it, and who answers.
struct Route {
  std::string_view path;        ///< `{name}` is one segment of any content that an id can have.
  Method method = Method::get;  ///< get (HEAD goes with it) or post.
  RouteFamily family{};
  Handler handler = nullptr;
  std::array<std::string_view, 8> parameters = {};  ///< Names in the query string; the empty ones are none.
};

/// A request's route, and what its target contains.
struct Routed {
  const Route* route = nullptr;  ///< Into the table that was searched; never null.
  std::string path;              ///< As received, without the query.
  std::vector<std::string> captures;
  std::vector<Parameter> parameters;  ///< Each known to the route, none twice, all UTF-8 without NUL.

  /// Null when the query string does not have it.
  [[nodiscard]] const std::string* parameter(std::string_view name) const noexcept;
};

/// What the client of an unknown path is told: 404.
[[nodiscard]] Response no_such_route();

/// Finds the route in `routes`, or refuses the request: 400 (target, ids, parameters), 404, or 405 with Allow. No capture is ".", "..", or has a '/'.
/// In the path of a webhook, doubled and trailing slashes count as none, and its query string is not read: a delivery is not lost for how its URL was
/// written.
[[nodiscard]] std::variant<Routed, Response> route_request(std::span<const Route> routes, const RequestHead& head);

}  // namespace ledger::server
