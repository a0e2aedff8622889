// Answers whether the service is alive, and whether it can record.
#pragma once

#include "server/api/counters.h"
#include "server/api/refusals.h"
#include "server/http/application.h"

#include "domain/event_store.h"
#include "domain/log.h"

#include <atomic>
#include <cstddef>
#include <span>

namespace ledger::server {

/// Liveness and readiness. The handlers REQUIRE an OpsHandler. Static storage.
[[nodiscard]] std::span<const Route> ops_routes() noexcept;

/// Called from all loops at once. The references outlive the object.
class OpsHandler final : public Application {
 public:
  /// The connections that its listener allows. Probes come one by one, so more of them are a mistake.
  static constexpr std::size_t kConnectionsMax = 64;

  /// Each probe writes the warnings of `refusals` that are due. Readiness fails as soon as `draining` is true.
  OpsHandler(const Counters& counters, Refusals& refusals, const Log& log, const std::atomic<bool>& draining) noexcept
      : counters_(counters), refusals_(refusals), log_(log), draining_(draining) {}

  /// From now on readiness is that of `store`, which outlives the object. Before, it fails. Any thread.
  void opened(EventStore& store) noexcept { store_ = &store; }

  [[nodiscard]] std::variant<Routed, Response> admit(const RequestHead& head) const override;

  [[nodiscard]] boost::asio::awaitable<Response> live(const Request& request);
  [[nodiscard]] boost::asio::awaitable<Response> ready(const Request& request);

 private:
  std::atomic<EventStore*> store_ = nullptr;
  const Counters& counters_;
  Refusals& refusals_;
  const Log& log_;
  const std::atomic<bool>& draining_;
};

}  // namespace ledger::server
