// The routes of each listener.
#include "server/api/routes.h"

#include "server/api/api.h"
#include "server/api/ops_handler.h"

namespace ledger::server {
namespace {

using Answer = boost::asio::awaitable<Response>;
using enum ParameterType;

Answer delivery(Application& application, Request& request, LoopResources& loop) {
  return static_cast<Api&>(application).webhooks().answer(request, loop);
}

template <auto kQuestion>
Answer query(Application& application, Request& request, LoopResources& loop) {
  return (static_cast<Api&>(application).queries().*kQuestion)(request, loop);
}

template <auto kQuestion>
Answer operation(Application& application, Request& request, LoopResources& /*loop*/) {
  return (static_cast<OpsHandler&>(application).*kQuestion)(request);
}

constexpr ParameterRule kLimit{"limit", limit};
constexpr ParameterRule kCursor{"cursor", cursor};

constexpr Route kApiRoutes[] = {
    {Method::post, "/webhooks/highlevel", RouteFamily::webhook, delivery},
    {Method::post, "/webhooks/highlevel/{event}", RouteFamily::webhook, delivery},
    {Method::get, "/v1/locations", RouteFamily::query, query<&QueryHandlers::locations>, {{kLimit, kCursor}}},
    {Method::get,
     "/v1/locations/{locationId}/associations",
     RouteFamily::query,
     query<&QueryHandlers::associations>,
     {{kLimit, kCursor, {"id", text}, {"status", status}, {"key", text}, {"objectKey", text}, {"associationType", text}, {"asOf", as_of}}}},
    {Method::get, "/v1/locations/{locationId}/associations/{id}", RouteFamily::query, query<&QueryHandlers::association>},
    {Method::get, "/v1/locations/{locationId}/associations/{id}/events", RouteFamily::query, query<&QueryHandlers::history>, {{kLimit, kCursor}}},
    {Method::get,
     "/v1/locations/{locationId}/deletions",
     RouteFamily::query,
     query<&QueryHandlers::deletions>,
     {{kLimit, kCursor, {"from", moment}, {"to", moment}}}},
    {Method::get, "/v1/events", RouteFamily::query, query<&QueryHandlers::events>, {{kLimit, {"after", sequence}}}},
    {Method::get, "/v1/events/{sequence}", RouteFamily::query, query<&QueryHandlers::event>},
};

constexpr Route kOpsRoutes[] = {
    {Method::get, "/livez", RouteFamily::operation, operation<&OpsHandler::live>},
    {Method::get, "/readyz", RouteFamily::operation, operation<&OpsHandler::ready>, {{{"verbose", flag}}}},
};

}  // namespace

std::span<const Route> api_routes() noexcept {
  return kApiRoutes;
}

std::span<const Route> ops_routes() noexcept {
  return kOpsRoutes;
}

}  // namespace ledger::server
