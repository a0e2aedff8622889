// Health answers are plain JSON, not problems: whoever asks looks at the status only.
#include "server/api/ops_handler.h"

#include "server/api/http_error.h"
#include "server/http/json_writer.h"
#include "server/http/problem.h"

namespace ledger::server {
namespace {

void write_counters(JsonWriter& json, const Counters& counters) {
  json.begin_object("counters");
  json.member("recorded", counters.recorded.load());
  json.member("duplicate", counters.duplicate.load());
  json.member("ignored", counters.ignored.load());
  json.member("quarantined", counters.quarantined.load());
  json.member("unauthenticated", counters.unauthenticated.load());
  json.member("undecodable", counters.undecodable.load());
  json.member("refused", counters.refused.load());
  json.member("lateResults", counters.late_results.load());
  json.end_object();
}

}  // namespace

std::variant<Routed, Response> OpsHandler::admit(const RequestHead& head) const {
  return route_request(ops_routes(), head);
}

boost::asio::awaitable<Response> OpsHandler::answer(Request& request, LoopResources& /*loop*/) {
  Response response;
  if (request.routed.route->id == RouteId::live) {
    response.body = R"({"status":"live"})";
  } else {
    response = readiness(request.routed);
  }
  response.headers.emplace_back("Cache-Control", "no-store");
  co_return response;
}

Response OpsHandler::failed(const Routed& /*routed*/) {
  return problem(internal_error());
}

Response OpsHandler::readiness(const Routed& routed) const {
  const StoreHealth health = store_.health();
  const bool draining = draining_.load();
  const bool ready = health.can_record && !draining;

  Response response{.status = ready ? 200 : 503};
  JsonWriter json(response.body);
  json.begin_object();
  json.member("status", ready ? "ready" : "not ready");
  if (routed.parameter("verbose") != nullptr) {
    if (!ready) json.member("reason", draining ? std::string_view("The service is shutting down.") : std::string_view(health.why_not));
    json.member("lastSequence", health.last_sequence.value());
    json.member("queuedItems", health.queued_items);
    json.member("queuedBytes", health.queued_bytes);
    write_counters(json, counters_);
  }
  json.end_object();
  return response;
}

}  // namespace ledger::server
