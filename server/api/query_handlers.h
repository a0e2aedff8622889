// Questions to the ledger: read the URL, ask, render the answer.
#pragma once

#include "server/http/application.h"

#include "domain/clock.h"
#include "domain/event_store.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace ledger::server {

/// Immutable; called from all loops at once. The references outlive the object.
class QueryHandlers {
 public:
  using Answer = boost::asio::awaitable<Response>;

  /// `late_results` counts results of the store that came after the deadline of their query.
  QueryHandlers(std::chrono::milliseconds timeout, EventStore& store, const Clock& clock, std::atomic<std::uint64_t>& late_results);

  // Each answers 200 with an ETag, or 304 where the client has that already, or a problem. REQUIRES a request of the route that names it.

  [[nodiscard]] Answer locations(const Request& request, ShortReader& reader);
  [[nodiscard]] Answer associations(const Request& request, ShortReader& reader);
  [[nodiscard]] Answer association(const Request& request, ShortReader& reader);
  [[nodiscard]] Answer association_history(const Request& request, ShortReader& reader);
  [[nodiscard]] Answer relations(const Request& request, ShortReader& reader);
  [[nodiscard]] Answer relation(const Request& request, ShortReader& reader);
  [[nodiscard]] Answer relation_history(const Request& request, ShortReader& reader);
  [[nodiscard]] Answer deletions(const Request& request, ShortReader& reader);
  [[nodiscard]] Answer events(const Request& request, ShortReader& reader);
  [[nodiscard]] Answer event(const Request& request, ShortReader& reader);

 private:
  /// Asks the store itself, which may take as long as the timeout. `query` outlives the call.
  template <class T, class Query, class StoreMethod>
  [[nodiscard]] boost::asio::awaitable<Result<T>> ask(const Query& query, StoreMethod method);

  /// Answers with a page. `query` is what was asked, or what is wrong with it; the store's `method` answers it.
  template <class Page, class Query, class StoreMethod>
  [[nodiscard]] Answer list(const Request& request, ShortReader& reader, Result<Query> query, StoreMethod method);

  /// The strong tag of an answer that shows the log through the event `shown`.
  [[nodiscard]] std::string tag_of(const Request& request, Sequence shown) const;

  /// The answer to a client that has what would be answered now; nullopt for others. Reads only where the last event is.
  template <class Question>
  [[nodiscard]] std::optional<Response> unchanged(const Request& request, ShortReader& reader, const Question& question) const;

  [[nodiscard]] Response answered(const Request& request, Sequence shown, std::string body) const;

  const std::chrono::milliseconds timeout_;
  EventStore& store_;
  const Clock& clock_;
  std::atomic<std::uint64_t>& late_results_;
  const std::string tag_prefix_;
};

}  // namespace ledger::server
