// Which path leads where: one table for each listener, and the checks that every route shares.
#pragma once

#include "server/http/http_types.h"

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ledger::server {

enum class RouteId {
  webhook,
  webhook_event,
  locations,
  associations,
  association,
  history,
  deletions,
  events,
  event,
  live,
  ready,
};

/// A path and what may be asked of it. `{name}` stands for one segment of any content.
struct Route {
  RouteId id{};
  Method method = Method::get;  ///< get (HEAD goes with it) or post.
  std::string_view path;
  std::array<std::string_view, 7> parameters = {};  ///< Names that a query string may have; empty ones mean none.
};

/// What the main listener serves.
[[nodiscard]] std::span<const Route> api_routes() noexcept;
/// What the operations listener serves.
[[nodiscard]] std::span<const Route> ops_routes() noexcept;

/// Where a request goes.
struct Routed {
  const Route* route = nullptr;  ///< Into one of the tables above; never null.
  std::string path;              ///< As received, without the query.
  std::vector<std::string> captures;
  std::vector<Parameter> parameters;  ///< Each known to the route, none twice, all UTF-8 without NUL.

  /// Null when the query string does not have it.
  [[nodiscard]] const std::string* parameter(std::string_view name) const noexcept;
};

/// Finds the route, or the refusal: 400 (target, ids, parameters), 404, or 405 with Allow.
[[nodiscard]] std::variant<Routed, Response> route_request(std::span<const Route> routes, const RequestHead& head);

}  // namespace ledger::server
