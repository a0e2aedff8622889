// The routes of each listener: the one place where paths, methods, parameters and handlers are listed.
#pragma once

#include "server/http/router.h"

#include <span>

namespace ledger::server {

/// Webhooks and queries. The handlers REQUIRE an Api. Static storage.
[[nodiscard]] std::span<const Route> api_routes() noexcept;

/// Liveness and readiness. The handlers REQUIRE an OpsHandler. Static storage.
[[nodiscard]] std::span<const Route> ops_routes() noexcept;

}  // namespace ledger::server
