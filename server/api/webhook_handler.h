// Answers a delivery: verifies its signature, decodes it, records it.
#pragma once

#include "server/api/counters.h"
#include "server/api/refusals.h"
#include "server/http/application.h"

#include "domain/event_store.h"
#include "domain/signature_policy.h"
#include "domain/webhook_decoder.h"
#include "sync/mutex.h"

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace ledger::server {

/// Remembers what was warned of, so that a warning is given once. Thread-safe. Holds kMax texts. When it is full it forgets all of them, so a text
/// can be "first" again.
class FirstSight {
 public:
  static constexpr std::size_t kMax = 256;

  [[nodiscard]] bool is_first(std::string_view text) {
    MutexLock lock(mutex_);
    if (seen_.contains(text)) return false;
    if (seen_.size() == kMax) seen_.clear();
    seen_.emplace(text);
    return true;
  }

 private:
  Mutex mutex_;
  std::set<std::string, std::less<>> seen_ LEDGER_GUARDED_BY(mutex_);
};

/// Immutable except for the counters and the types that were warned of; called from all loops at once. The references outlive the object.
class WebhookHandler {
 public:
  WebhookHandler(std::chrono::milliseconds append_timeout, EventStore& store, const SignaturePolicy& policy, Counters& counters,
                 Refusals& refusals) noexcept
      : append_timeout_(append_timeout), store_(store), policy_(policy), counters_(counters), refusals_(refusals) {}

  /// The checks of the route that need no body: the event in the path, and the content encoding. nullopt when all pass.
  [[nodiscard]] std::optional<Response> refuse_early(const RequestHead& head, const Routed& routed) const;

  [[nodiscard]] boost::asio::awaitable<Response> answer(Request& request);
  [[nodiscard]] Response refuse(const Error& error, LogNotes notes = {});

 private:
  [[nodiscard]] boost::asio::awaitable<Response> record(DecodedEvent decoded, Delivery delivery);
  [[nodiscard]] boost::asio::awaitable<Response> quarantine(Undecodable undecodable, std::optional<EventKind> path_event, Delivery delivery);
  [[nodiscard]] Response ignore(const NotKept& not_kept, std::optional<EventKind> path_event);
  [[nodiscard]] Response refuse_undecodable(const Undecodable& undecodable);

  const std::chrono::milliseconds append_timeout_;
  EventStore& store_;
  const SignaturePolicy& policy_;
  Counters& counters_;
  Refusals& refusals_;
  FirstSight warned_types_;
};

}  // namespace ledger::server
