// One short coroutine for each question.
#include "server/api/query_handlers.h"

#include "server/api/await_store.h"
#include "server/api/cursor.h"
#include "server/api/query_reader.h"
#include "server/api/render.h"
#include "server/http/ascii.h"
#include "server/http/problem.h"

#include <functional>
#include <utility>

namespace ledger::server {
namespace {

/// Raise it whenever an equal prefix of the log is rendered as other bytes than before, so that no client keeps the old ones.
constexpr std::string_view kRenderingVersion = "1";

/// Whether the short reader could not answer at once, so that the store must be asked.
template <class T>
bool takes_time(const Result<T>& answer) {
  return !answer && answer.error().code == Errc::unavailable;
}

Error not_short() {
  return {Errc::unavailable, "question-not-short", ""};
}

// The page, if the short reader can find it at once.

template <class Query>
Error short_answer(ShortReader& /*reader*/, const Query& /*query*/) {
  return not_short();
}

Result<AssociationPage> short_answer(ShortReader& reader, const AssociationQuery& query) {
  return reader.list_associations(query);
}

// The last event that the answer to a question would name now.

Result<Sequence> last_shown(ShortReader& reader, const LocationQuery& /*query*/) {
  return reader.head();
}

Result<Sequence> last_shown(ShortReader& reader, const AssociationQuery& query) {
  return reader.resolve(query.location, query.as_of);
}

Result<Sequence> last_shown(ShortReader& reader, const DeletionQuery& query) {
  return reader.resolve(query.location, Latest{});
}

Result<Sequence> last_shown(ShortReader& reader, const AssociationKey& key) {
  const Result<Association> found = reader.find_association(key);
  if (!found) return found.error();
  return found->last_sequence;
}

// The end of an association also changes what is said of its relations.
Result<Sequence> last_shown(ShortReader& reader, const RelationQuery& query) {
  return reader.resolve(query.location, query.as_of);
}

Result<Sequence> last_shown(ShortReader& reader, const HistoryQuery& query) {
  // No short question tells the last event of a relation. Its answer is made anew.
  if (query.subject != SubjectKind::association) return not_short();
  const Result<Sequence> last = last_shown(reader, query.association);
  return last && query.through ? *query.through : last;
}

Result<Sequence> last_shown(ShortReader& reader, const EventQuery& /*query*/) {
  return reader.head();
}

Result<Sequence> last_shown(ShortReader& reader, Sequence event) {
  return reader.resolve(LocationId(), event);
}

/// The last event of the prefix that a page shows.
template <class Page>
Sequence shown_by(const Page& page) {
  return page.as_of;
}

Sequence shown_by(const EventPage& page) {
  return page.last_sequence;
}

/// Whether an If-None-Match value, a list or "*", names `etag`. A W/ prefix is ignored (RFC 9110 13.1.2).
bool names_etag(std::string_view if_none_match, std::string_view etag) {
  bool is_named = false;
  // Our tags contain no comma, so a foreign tag that is cut at its commas cannot match one.
  for_each_list_item(if_none_match, [&](std::string_view tag) {
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    is_named = is_named || tag == etag || tag == "*";
  });
  return is_named;
}

Response with_validators(Response response, std::string etag) {
  response.headers.emplace_back("ETag", std::move(etag));
  response.headers.emplace_back("Cache-Control", "private, no-cache");
  return response;
}

}  // namespace

QueryHandlers::QueryHandlers(std::chrono::milliseconds timeout, EventStore& store, const Clock& clock, std::atomic<std::uint64_t>& late_results)
    : timeout_(timeout),
      store_(store),
      clock_(clock),
      late_results_(late_results),
      tag_prefix_(store.log_identity() + "-" + std::string(kRenderingVersion)) {}

std::string QueryHandlers::tag_of(const Request& request, Sequence shown) const {
  const std::size_t target = std::hash<std::string_view>()(request.head.target);
  return "\"" + tag_prefix_ + "." + std::to_string(target) + "." + std::to_string(shown.value()) + "\"";
}

template <class Question>
std::optional<Response> QueryHandlers::unchanged(const Request& request, ShortReader& reader, const Question& question) const {
  if (!request.head.if_none_match) return std::nullopt;
  const Result<Sequence> shown = last_shown(reader, question);
  if (!shown) return std::nullopt;  // Whoever answers the question finds the same error.
  std::string etag = tag_of(request, *shown);
  if (!names_etag(*request.head.if_none_match, etag)) return std::nullopt;
  return with_validators(Response{.status = 304}, std::move(etag));
}

Response QueryHandlers::answered(const Request& request, Sequence shown, std::string body) const {
  return with_validators(Response{.body = std::move(body)}, tag_of(request, shown));
}

template <class T, class Query, class StoreMethod>
boost::asio::awaitable<Result<T>> QueryHandlers::ask(const Query& query, StoreMethod method) {
  const auto start = [this, &query, method](Callback<T> done) { (store_.*method)(query, std::move(done)); };
  const Error late{Errc::unavailable, "read-timeout", "The question took longer than " + std::to_string(timeout_.count()) + " ms."};
  co_return co_await await_store<T>(timeout_, late, late_results_, start);
}

template <class Page, class Query, class StoreMethod>
QueryHandlers::Answer QueryHandlers::list(const Request& request, ShortReader& reader, Result<Query> query, StoreMethod method) {
  if (!query) co_return problem(query.error());
  if (auto same = unchanged(request, reader, *query)) co_return *std::move(same);
  Result<Page> found = short_answer(reader, *query);
  if (takes_time(found)) found = co_await ask<Page>(*query, method);
  if (!found) co_return problem(found.error());
  const std::optional<std::string> next = next_cursor(request.routed, *found);
  Response response = answered(request, shown_by(*found), render(*query, *found, next));
  if (next) response.headers.emplace_back("Link", next_link(request.routed, "cursor", *next));
  co_return response;
}

QueryHandlers::Answer QueryHandlers::locations(const Request& request, ShortReader& reader) {
  return list<LocationPage>(request, reader, read_location_query(request.routed), &EventStore::list_locations);
}

QueryHandlers::Answer QueryHandlers::associations(const Request& request, ShortReader& reader) {
  return list<AssociationPage>(request, reader, read_association_query(request.routed, clock_.now()), &EventStore::list_associations);
}

QueryHandlers::Answer QueryHandlers::relations(const Request& request, ShortReader& reader) {
  return list<RelationPage>(request, reader, read_relation_query(request.routed, clock_.now()), &EventStore::list_relations);
}

QueryHandlers::Answer QueryHandlers::deletions(const Request& request, ShortReader& reader) {
  return list<DeletionPage>(request, reader, read_deletion_query(request.routed), &EventStore::list_deletions);
}

QueryHandlers::Answer QueryHandlers::association_history(const Request& request, ShortReader& reader) {
  return list<EventPage>(request, reader, read_history_query(request.routed, SubjectKind::association), &EventStore::list_history);
}

QueryHandlers::Answer QueryHandlers::relation_history(const Request& request, ShortReader& reader) {
  return list<EventPage>(request, reader, read_history_query(request.routed, SubjectKind::relation), &EventStore::list_history);
}

QueryHandlers::Answer QueryHandlers::association(const Request& request, ShortReader& reader) {
  const AssociationKey key = read_association_key(request.routed);
  if (auto same = unchanged(request, reader, key)) co_return *std::move(same);
  Result<Association> found = reader.find_association(key);
  if (takes_time(found)) found = co_await ask<Association>(key, &EventStore::find_association);
  if (!found) co_return problem(found.error());
  co_return answered(request, found->last_sequence, render(*found));
}

QueryHandlers::Answer QueryHandlers::relation(const Request& request, ShortReader& reader) {
  const Result<RelationQuery> query = read_relation(request.routed, clock_.now());
  if (!query) co_return problem(query.error());
  if (auto same = unchanged(request, reader, *query)) co_return *std::move(same);
  const Result<RelationPage> found = co_await ask<RelationPage>(*query, &EventStore::list_relations);
  if (!found) co_return problem(found.error());
  if (found->relations.empty()) co_return problem(Error{Errc::not_found, "relation-not-found", "The ledger knows no such relation."});
  co_return answered(request, found->as_of, render(found->relations.front()));
}

QueryHandlers::Answer QueryHandlers::events(const Request& request, ShortReader& reader) {
  const Result<EventQuery> query = read_event_query(request.routed);
  if (!query) co_return problem(query.error());
  if (auto same = unchanged(request, reader, *query)) co_return *std::move(same);
  const Result<EventPage> found = co_await ask<EventPage>(*query, &EventStore::list_events);
  if (!found) co_return problem(found.error());
  Response response = answered(request, found->last_sequence, render_log(*found));
  // The log needs no cursor: a position in it means the same for ever.
  if (found->has_more && !found->events.empty()) {
    const std::string after = std::to_string(found->events.back().sequence.value());
    response.headers.emplace_back("Link", next_link(request.routed, "after", after));
  }
  co_return response;
}

QueryHandlers::Answer QueryHandlers::event(const Request& request, ShortReader& reader) {
  const Result<Sequence> sequence = read_sequence(request.routed);
  if (!sequence) co_return problem(sequence.error());
  if (auto same = unchanged(request, reader, *sequence)) co_return *std::move(same);
  Result<RecordedEvent> found = reader.find_event(*sequence);
  if (takes_time(found)) found = co_await ask<RecordedEvent>(*sequence, &EventStore::find_event);
  if (!found) co_return problem(found.error());
  co_return answered(request, *sequence, render(*found));
}

}  // namespace ledger::server
