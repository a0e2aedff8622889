// The routes, and what is common to all of a family.
#include "server/api/api.h"

#include "server/http/problem.h"
#include "server/http/target.h"

#include <algorithm>
#include <utility>

namespace ledger::server {
namespace {

using Answer = boost::asio::awaitable<Response>;

Answer delivery(Application& application, Request& request, ShortReader& /*reader*/) {
  return static_cast<Api&>(application).webhooks().answer(request);
}

template <auto kQuestion>
Answer query(Application& application, Request& request, ShortReader& reader) {
  return (static_cast<Api&>(application).queries().*kQuestion)(request, reader);
}

constexpr Route webhook(std::string_view path) {
  return {path, Method::post, RouteFamily::webhook, delivery};
}

template <auto kQuestion>
constexpr Route get(std::string_view path, std::array<std::string_view, 8> parameters = {}) {
  return {path, Method::get, RouteFamily::query, query<kQuestion>, parameters};
}

/// The first kWebhookRoutes lines serve webhooks without a secret, the last ones with a secret. api_routes() leaves out one of the two.
constexpr Route kApiRoutes[] = {
    webhook("/webhooks/highlevel"),
    webhook("/webhooks/highlevel/{event}"),
    get<&QueryHandlers::locations>("/v1/locations", {"limit", "cursor"}),
    get<&QueryHandlers::associations>("/v1/locations/{locationId}/associations",
                                      {"limit", "cursor", "id", "status", "key", "objectKey", "associationType", "asOf"}),
    get<&QueryHandlers::association>("/v1/locations/{locationId}/associations/{id}"),
    get<&QueryHandlers::association_history>("/v1/locations/{locationId}/associations/{id}/events", {"limit", "cursor"}),
    get<&QueryHandlers::relations>("/v1/locations/{locationId}/relations", {"limit", "cursor", "id", "status", "associationId", "recordId", "asOf"}),
    get<&QueryHandlers::relation>("/v1/locations/{locationId}/relations/{id}", {"asOf"}),
    get<&QueryHandlers::relation_history>("/v1/locations/{locationId}/relations/{id}/events", {"limit", "cursor"}),
    get<&QueryHandlers::deletions>("/v1/locations/{locationId}/deletions", {"limit", "cursor", "from", "to"}),
    get<&QueryHandlers::events>("/v1/events", {"limit", "after"}),
    get<&QueryHandlers::event>("/v1/events/{sequence}"),
    webhook("/webhooks/highlevel/{secret}"),
    webhook("/webhooks/highlevel/{secret}/{event}"),
};

constexpr std::size_t kWebhookRoutes = 2;

/// Whether the request is a POST below /webhooks, also if no route matches. Refusals of such requests are counted.
bool is_delivery(const RequestHead& head) {
  if (head.method != Method::post) return false;
  const std::string_view path = head.path();
  const std::string_view names = path.substr(std::min(path.find_first_not_of('/'), path.size()));
  return percent_decode(names.substr(0, names.find('/'))) == "webhooks";
}

/// The client is told nothing else than for any unknown path.
Response wrong_secret() {
  Response response = no_such_route();
  response.reason = "webhook-secret-wrong";
  return response;
}

bool is_webhook(const Routed& routed) {
  return routed.route->family == RouteFamily::webhook;
}

}  // namespace

std::span<const Route> api_routes(WebhookPaths paths) noexcept {
  const std::span<const Route> all = kApiRoutes;
  return paths == WebhookPaths::open ? all.first(all.size() - kWebhookRoutes) : all.subspan(kWebhookRoutes);
}

Api::Api(ApiOptions options, EventStore& store, const SignaturePolicy& policy, const Clock& clock, Counters& counters, Refusals& refusals)
    : queries_allowed_(options.answers_queries),
      secrets_(std::move(options.webhook_secrets)),
      refusals_(refusals),
      webhooks_(options.append_timeout, store, policy, counters, refusals),
      queries_(options.query_timeout, store, clock, counters.late_results) {}

std::variant<Routed, Response> Api::admit(const RequestHead& head) const {
  const WebhookPaths paths = secrets_.empty() ? WebhookPaths::open : WebhookPaths::with_secret;
  std::variant<Routed, Response> routed_or_not = route_request(api_routes(paths), head);
  auto* const routed = std::get_if<Routed>(&routed_or_not);
  if (routed == nullptr) return routed_or_not;

  if (is_webhook(*routed)) {
    if (paths == WebhookPaths::with_secret) {
      if (!secrets_.contain(routed->captures.front())) return wrong_secret();
      routed->captures.erase(routed->captures.begin());
      routed->path = path_for_log(head);
    }
    if (std::optional<Response> refused = webhooks_.refuse_early(head, *routed)) return std::move(*refused);
  } else if (!queries_allowed_) {
    return problem(Error{Errc::unauthenticated, "queries-need-loopback", "This listener takes webhooks only. Ask on a loopback address."});
  }
  return routed_or_not;
}

Response Api::failed(const Routed& routed) {
  return is_webhook(routed) ? webhooks_.refuse(internal_error()) : problem(internal_error());
}

std::string Api::path_for_log(const RequestHead& head) const {
  return secrets_.hide_in(Application::path_for_log(head));
}

void Api::on_response(const RequestHead& head, const Response& response) {
  if (response.status >= 400 && is_delivery(head)) {
    refusals_.count(response.reason, path_for_log(head));
  } else {
    refusals_.report();
  }
}

}  // namespace ledger::server
