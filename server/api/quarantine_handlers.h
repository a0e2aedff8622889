// Answers what an operator asks of the quarantine.
#pragma once

#include "server/http/application.h"

#include "domain/event_store.h"

#include <atomic>
#include <chrono>
#include <cstdint>

namespace ledger::server {

/// Immutable; called from all loops at once. The references outlive the object.
class QuarantineHandlers {
 public:
  using Answer = boost::asio::awaitable<Response>;

  /// `timeout` bounds each call of the store. `late_results` counts results of the store that came after it.
  QuarantineHandlers(std::chrono::milliseconds timeout, EventStore& store, std::atomic<std::uint64_t>& late_results) noexcept
      : timeout_(timeout), store_(store), late_results_(late_results) {}

  // Each REQUIRES a request of a route with its parameters; but for list(), the path has the id.

  /// Parameters: limit, after, reason, status.
  [[nodiscard]] Answer list(const Request& request);
  [[nodiscard]] Answer show(const Request& request);
  /// Makes an event of the delivery. Parameters: as, dryRun.
  [[nodiscard]] Answer admit(const Request& request);
  [[nodiscard]] Answer dismiss(const Request& request);

 private:
  [[nodiscard]] boost::asio::awaitable<Result<QuarantinedDelivery>> find(QuarantineId id);

  const std::chrono::milliseconds timeout_;
  EventStore& store_;
  std::atomic<std::uint64_t>& late_results_;
};

}  // namespace ledger::server
