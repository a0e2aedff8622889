// Questions to the ledger: read the URL, ask the store, render the answer.
#pragma once

#include "server/http/application.h"
#include "server/http/options.h"

#include "domain/clock.h"
#include "domain/event_store.h"

namespace ledger::server {

/// Immutable; called from all loops at once. The references outlive it.
class QueryHandlers {
 public:
  QueryHandlers(const Options& options, EventStore& store, const Clock& clock) noexcept : options_(options), store_(store), clock_(clock) {}

  /// 200 with ETag, or 304 where the client has that already, or a problem. REQUIRES a route of /v1.
  [[nodiscard]] boost::asio::awaitable<Response> answer(const Request& request, LoopResources& loop);
  [[nodiscard]] Response refuse(const Error& error) const;

 private:
  using Answer = boost::asio::awaitable<Response>;

  [[nodiscard]] Answer dispatch(const Routed& routed, LoopResources& loop);
  [[nodiscard]] Answer locations(const Routed& routed, LoopResources& loop);
  [[nodiscard]] Answer associations(const Routed& routed, LoopResources& loop);
  [[nodiscard]] Answer association(const Routed& routed, LoopResources& loop);
  [[nodiscard]] Answer history(const Routed& routed, LoopResources& loop);
  [[nodiscard]] Answer deletions(const Routed& routed, LoopResources& loop);
  [[nodiscard]] Answer events(const Routed& routed, LoopResources& loop);
  [[nodiscard]] Answer event(const Routed& routed, LoopResources& loop);

  /// Asks the store itself, which may take as long as the query timeout. `query` outlives the call.
  template <class T, class Query, class StoreMethod>
  [[nodiscard]] boost::asio::awaitable<Result<T>> ask(Mailbox& mailbox, const Query& query, StoreMethod method);

  const Options& options_;
  EventStore& store_;
  const Clock& clock_;
};

}  // namespace ledger::server
