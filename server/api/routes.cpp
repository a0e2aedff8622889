// The routes of each listener.
#include "server/api/routes.h"

#include "server/api/api.h"
#include "server/api/ops_handler.h"

namespace ledger::server {
namespace {

using Answer = boost::asio::awaitable<Response>;
using enum ParameterType;

Answer delivery(Application& application, Request& request, ShortReader& /*reader*/) {
  return static_cast<Api&>(application).webhooks().answer(request);
}

template <auto kQuestion>
Answer query(Application& application, Request& request, ShortReader& reader) {
  return (static_cast<Api&>(application).queries().*kQuestion)(request, reader);
}

template <auto kQuestion>
Answer operation(Application& application, Request& request, ShortReader& /*reader*/) {
  return (static_cast<OpsHandler&>(application).*kQuestion)(request);
}

constexpr ParameterRule kLimit{"limit", limit};
constexpr ParameterRule kCursor{"cursor", cursor};

constexpr Route kApiRoutes[] = {
    {"/webhooks/highlevel", Method::post, RouteFamily::webhook, delivery},
    {"/webhooks/highlevel/{event}", Method::post, RouteFamily::webhook, delivery},
    {"/v1/locations", Method::get, RouteFamily::query, query<&QueryHandlers::locations>, {{kLimit, kCursor}}},
    {"/v1/locations/{locationId}/associations",
     Method::get,
     RouteFamily::query,
     query<&QueryHandlers::associations>,
     {{kLimit, kCursor, {"id", text}, {"status", status}, {"key", text}, {"objectKey", text}, {"associationType", text}, {"asOf", as_of}}}},
    {"/v1/locations/{locationId}/associations/{id}", Method::get, RouteFamily::query, query<&QueryHandlers::association>},
    {"/v1/locations/{locationId}/associations/{id}/events", Method::get, RouteFamily::query, query<&QueryHandlers::history>, {{kLimit, kCursor}}},
    {"/v1/locations/{locationId}/deletions",
     Method::get,
     RouteFamily::query,
     query<&QueryHandlers::deletions>,
     {{kLimit, kCursor, {"from", moment}, {"to", moment}}}},
    {"/v1/events", Method::get, RouteFamily::query, query<&QueryHandlers::events>, {{kLimit, {"after", sequence}}}},
    {"/v1/events/{sequence}", Method::get, RouteFamily::query, query<&QueryHandlers::event>},
};

constexpr Route kOpsRoutes[] = {
    {"/livez", Method::get, RouteFamily::operation, operation<&OpsHandler::live>},
    {"/readyz", Method::get, RouteFamily::operation, operation<&OpsHandler::ready>, {{{"verbose", flag}}}},
};

}  // namespace

std::span<const Route> api_routes() noexcept {
  return kApiRoutes;
}

std::span<const Route> ops_routes() noexcept {
  return kOpsRoutes;
}

}  // namespace ledger::server
