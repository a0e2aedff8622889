// Finds the route, and checks what is common to its family.
#include "server/api/api.h"

#include "server/api/routes.h"
#include "server/http/problem.h"

#include <utility>

namespace ledger::server {
namespace {

bool is_webhook(const Routed& routed) {
  return routed.route->family == RouteFamily::webhook;
}

}  // namespace

Api::Api(const ApiOptions& options, EventStore& store, const SignaturePolicy& policy, const Clock& clock, Counters& counters) noexcept
    : queries_allowed_(options.answers_queries),
      webhooks_(options, store, policy, counters),
      queries_(options, store, clock, counters.late_results) {}

std::variant<Routed, Response> Api::admit(const RequestHead& head) const {
  std::variant<Routed, Response> routed_or_not = route_request(api_routes(), head);
  const auto* const routed = std::get_if<Routed>(&routed_or_not);
  if (routed == nullptr) return routed_or_not;

  if (is_webhook(*routed)) {
    if (std::optional<Response> refused = webhooks_.refuse_early(head, *routed)) return std::move(*refused);
  } else if (!queries_allowed_) {
    return problem(Error{Errc::unauthenticated, "queries-need-loopback", "This listener takes webhooks only. Ask on a loopback address."});
  }
  return routed_or_not;
}

boost::asio::awaitable<Response> Api::answer(Request& request, ShortReader& reader) {
  return request.routed.route->handler(*this, request, reader);
}

Response Api::failed(const Routed& routed) {
  return is_webhook(routed) ? webhooks_.refuse(internal_error()) : problem(internal_error());
}

}  // namespace ledger::server
