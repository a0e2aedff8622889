// What the control socket serves: the decisions of an operator on this machine.
#include "server/api/control.h"

namespace ledger::server {
namespace {

template <auto kQuestion>
boost::asio::awaitable<Response> of_quarantine(Application& application, Request& request, ShortReader& /*reader*/) {
  return (static_cast<Control&>(application).quarantine().*kQuestion)(request);
}

constexpr Route kControlRoutes[] = {
    {"/v1/quarantine", Method::get, RouteFamily::operation, of_quarantine<&QuarantineHandlers::list>, {"limit", "after", "reason", "status"}},
    {"/v1/quarantine/{id}", Method::get, RouteFamily::operation, of_quarantine<&QuarantineHandlers::show>},
    {"/v1/quarantine/{id}/admit", Method::post, RouteFamily::operation, of_quarantine<&QuarantineHandlers::admit>, {"as", "dryRun"}},
    {"/v1/quarantine/{id}/dismiss", Method::post, RouteFamily::operation, of_quarantine<&QuarantineHandlers::dismiss>},
};

}  // namespace

std::span<const Route> control_routes() noexcept {
  return kControlRoutes;
}

std::variant<Routed, Response> Control::admit(const RequestHead& head) const {
  return route_request(kControlRoutes, head);
}

}  // namespace ledger::server
