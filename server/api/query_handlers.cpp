// One short coroutine for each question.
#include "server/api/query_handlers.h"

#include "server/api/await_store.h"
#include "server/api/cursor.h"
#include "server/api/http_error.h"
#include "server/api/query_reader.h"
#include "server/api/render.h"
#include "server/http/etag.h"

#include "domain/check.h"

#include <algorithm>
#include <utility>

namespace ledger::server {
namespace {

Response item(std::string body) {
  return Response{.body = std::move(body)};
}

Response page(std::string body, const Routed& routed, const std::optional<std::string>& next) {
  Response response = item(std::move(body));
  if (next) response.headers.emplace_back("Link", next_link(routed, "cursor", *next));
  return response;
}

/// Makes an answer one that clients may keep and ask for again.
void add_validator(Response& response) {
  response.headers.emplace_back("ETag", make_etag(response.body));
  response.headers.emplace_back("Cache-Control", "private, no-cache");
}

/// The answer as this client needs it: without the body if it has that already.
Response for_client(Response response, const std::optional<std::string>& if_none_match) {
  const auto etag = std::ranges::find(response.headers, "ETag", &std::pair<std::string_view, std::string>::first);
  if (!if_none_match || etag == response.headers.end() || !matches_etag(*if_none_match, etag->second)) return response;
  return Response{.status = 304, .headers = response.headers};
}

/// Whether the short reader could not answer at once, so that the store must be asked.
template <class T>
bool takes_time(const Result<T>& answer) {
  return !answer && answer.error().code == Errc::unavailable;
}

}  // namespace

boost::asio::awaitable<Response> QueryHandlers::answer(const Request& request, LoopResources& loop) {
  Response response = co_await dispatch(request.routed, loop);
  if (response.status != 200) co_return response;
  add_validator(response);
  co_return for_client(std::move(response), request.head.if_none_match);
}

boost::asio::awaitable<Response> QueryHandlers::dispatch(const Routed& routed, LoopResources& loop) {
  switch (routed.route->id) {
    case RouteId::locations: return locations(routed, loop);
    case RouteId::associations: return associations(routed, loop);
    case RouteId::association: return association(routed, loop);
    case RouteId::history: return history(routed, loop);
    case RouteId::deletions: return deletions(routed, loop);
    case RouteId::events: return events(routed, loop);
    case RouteId::event: return event(routed, loop);
    case RouteId::webhook:
    case RouteId::webhook_event:
    case RouteId::live:
    case RouteId::ready: break;
  }
  LEDGER_CHECK(false && "a query route");
}

template <class T, class Query, class StoreMethod>
boost::asio::awaitable<Result<T>> QueryHandlers::ask(Mailbox& mailbox, const Query& query, StoreMethod method) {
  const auto start = [this, &query, method](Callback<T> done) { (store_.*method)(query, std::move(done)); };
  const Error late{Errc::unavailable, "read-timeout", "The question took longer than " + std::to_string(options_.query_timeout.count()) + " ms."};
  co_return co_await await_store<T>(mailbox, options_.query_timeout, late, start);
}

boost::asio::awaitable<Response> QueryHandlers::locations(const Routed& routed, LoopResources& loop) {
  const Result<LocationQuery> query = read_location_query(routed);
  if (!query) co_return refuse(query.error());
  const Result<LocationPage> found = co_await ask<LocationPage>(*loop.mailbox, *query, &EventStore::list_locations);
  if (!found) co_return refuse(found.error());
  const std::optional<std::string> next = next_cursor(routed, *found);
  co_return page(render(*found, next), routed, next);
}

boost::asio::awaitable<Response> QueryHandlers::associations(const Routed& routed, LoopResources& loop) {
  const Result<AssociationQuery> query = read_association_query(routed, clock_.now());
  if (!query) co_return refuse(query.error());
  Result<AssociationPage> found = loop.reader->list_associations(*query);
  if (takes_time(found)) found = co_await ask<AssociationPage>(*loop.mailbox, *query, &EventStore::list_associations);
  if (!found) co_return refuse(found.error());
  const std::optional<std::string> next = next_cursor(routed, *found);
  co_return page(render(query->location, *found, next), routed, next);
}

boost::asio::awaitable<Response> QueryHandlers::association(const Routed& routed, LoopResources& loop) {
  const AssociationKey key = read_association_key(routed);
  Result<Association> found = loop.reader->find_association(key);
  if (takes_time(found)) found = co_await ask<Association>(*loop.mailbox, key, &EventStore::find_association);
  if (!found) co_return refuse(found.error());
  co_return item(render(*found));
}

boost::asio::awaitable<Response> QueryHandlers::history(const Routed& routed, LoopResources& loop) {
  const Result<HistoryQuery> query = read_history_query(routed);
  if (!query) co_return refuse(query.error());
  const Result<EventPage> found = co_await ask<EventPage>(*loop.mailbox, *query, &EventStore::list_history);
  if (!found) co_return refuse(found.error());
  const std::optional<std::string> next = next_cursor(routed, *found);
  co_return page(render_history(query->association, *found, next), routed, next);
}

boost::asio::awaitable<Response> QueryHandlers::deletions(const Routed& routed, LoopResources& loop) {
  const Result<DeletionQuery> query = read_deletion_query(routed);
  if (!query) co_return refuse(query.error());
  const Result<DeletionPage> found = co_await ask<DeletionPage>(*loop.mailbox, *query, &EventStore::list_deletions);
  if (!found) co_return refuse(found.error());
  const std::optional<std::string> next = next_cursor(routed, *found);
  co_return page(render(query->location, *found, next), routed, next);
}

boost::asio::awaitable<Response> QueryHandlers::events(const Routed& routed, LoopResources& loop) {
  const Result<EventQuery> query = read_event_query(routed);
  if (!query) co_return refuse(query.error());
  const Result<EventPage> found = co_await ask<EventPage>(*loop.mailbox, *query, &EventStore::list_events);
  if (!found) co_return refuse(found.error());
  Response response = item(render_log(*found));
  // The log needs no cursor: a position in it means the same for ever.
  if (found->has_more && !found->events.empty()) {
    const std::string after = std::to_string(found->events.back().sequence.value());
    response.headers.emplace_back("Link", next_link(routed, "after", after));
  }
  co_return response;
}

boost::asio::awaitable<Response> QueryHandlers::event(const Routed& routed, LoopResources& loop) {
  const Result<Sequence> sequence = read_sequence(routed);
  if (!sequence) co_return refuse(sequence.error());
  Result<RecordedEvent> found = loop.reader->find_event(*sequence);
  if (takes_time(found)) found = co_await ask<RecordedEvent>(*loop.mailbox, *sequence, &EventStore::find_event);
  if (!found) co_return refuse(found.error());
  co_return item(render(*found));
}

Response QueryHandlers::refuse(const Error& error) const {
  return error_answer(error, RouteFamily::query, options_.retry_after);
}

}  // namespace ledger::server
