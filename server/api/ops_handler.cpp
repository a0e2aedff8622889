// Health answers are plain JSON, not problem documents: a probe looks at the status only.
#include "server/api/ops_handler.h"

#include "server/http/json_writer.h"

namespace ledger::server {
namespace {

template <auto kQuestion>
boost::asio::awaitable<Response> operation(Application& application, Request& request, ShortReader& /*reader*/) {
  return (static_cast<OpsHandler&>(application).*kQuestion)(request);
}

constexpr Route kOpsRoutes[] = {
    {"/livez", Method::get, RouteFamily::operation, operation<&OpsHandler::live>},
    {"/readyz", Method::get, RouteFamily::operation, operation<&OpsHandler::ready>, {"verbose"}},
};

void write_counters(JsonWriter& json, const Counters& counters, const Refusals& refusals, const Log& log) {
  json.begin_object("counters");
  json.member("recorded", counters.recorded.load());
  json.member("duplicate", counters.duplicate.load());
  json.member("ignored", counters.ignored.load());
  json.member("quarantined", counters.quarantined.load());
  json.member("unauthenticated", counters.unauthenticated.load());
  json.member("undecodable", counters.undecodable.load());
  json.member("refused", counters.refused.load());
  json.member("lateResults", counters.late_results.load());
  json.member("logLinesDropped", log.lines_dropped());
  json.begin_object("recordedByFlag");
  for (std::size_t i = 0; i < kEventFlags.size(); ++i) json.member(name(kEventFlags[i]), counters.flagged[i].load());
  json.end_object();
  json.begin_array("ignoredByType");
  for (const auto& [type, count] : counters.ignored_types.totals()) {
    json.begin_object();
    json.member("type", type);
    json.member("count", count);
    json.end_object();
  }
  json.end_array();
  json.begin_object("refusedByReason");
  for (const auto& [reason, count] : refusals.totals()) json.member(reason, count);
  json.end_object();
  json.end_object();
}

/// An answer that no cache may store.
Response not_stored(int status) {
  Response response{.status = status};
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

}  // namespace

std::span<const Route> ops_routes() noexcept {
  return kOpsRoutes;
}

std::variant<Routed, Response> OpsHandler::admit(const RequestHead& head) const {
  return route_request(kOpsRoutes, head);
}

boost::asio::awaitable<Response> OpsHandler::live(const Request& /*request*/) {
  Response response = not_stored(200);
  response.body = R"({"status":"live"})";
  co_return response;
}

boost::asio::awaitable<Response> OpsHandler::ready(const Request& request) {
  refusals_.report();
  StoreHealth health;
  health.why_not = "The database is being opened.";
  if (EventStore* const store = store_) health = store->health();
  const bool draining = draining_.load();
  const bool is_ready = health.can_record && !draining;

  Response response = not_stored(is_ready ? 200 : 503);
  JsonWriter json;
  json.begin_object();
  json.member("status", is_ready ? "ready" : "not ready");
  if (request.routed.parameter("verbose") != nullptr) {
    if (!is_ready) json.member("reason", draining ? std::string_view("The service is shutting down.") : std::string_view(health.why_not));
    json.member("lastSequence", health.last_sequence.value());
    json.member("queuedItems", health.queued_items);
    json.member("queuedBytes", health.queued_bytes);
    json.member("walBytes", health.log_bytes);
    if (health.log_held_for) {
      json.member("oldestReaderMs", health.log_held_for->count());
    } else {
      json.null_member("oldestReaderMs");
    }
    json.member("staleSubjects", health.stale_subjects);
    write_counters(json, counters_, refusals_, log_);
  }
  json.end_object();
  response.body = json.take();
  co_return response;
}

}  // namespace ledger::server
