// What the control socket serves: the decisions of an operator on this machine.
#pragma once

#include "server/api/counters.h"
#include "server/api/quarantine_handlers.h"
#include "server/http/application.h"

#include "domain/event_store.h"

#include <chrono>
#include <cstddef>
#include <span>

namespace ledger::server {

/// The handlers REQUIRE a Control. Static storage.
[[nodiscard]] std::span<const Route> control_routes() noexcept;

/// Called from all loops at once. The references outlive the object.
class Control final : public Application {
 public:
  /// The connections that its listener allows.
  static constexpr std::size_t kConnectionsMax = 16;

  Control(EventStore& store, Counters& counters) noexcept : quarantine_(std::chrono::seconds(30), store, counters.late_results) {}

  [[nodiscard]] std::variant<Routed, Response> admit(const RequestHead& head) const override;

  [[nodiscard]] QuarantineHandlers& quarantine() noexcept { return quarantine_; }

 private:
  QuarantineHandlers quarantine_;
};

}  // namespace ledger::server
