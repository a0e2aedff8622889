// Turns the ledger's errors into HTTP answers, in this place alone.
#pragma once

#include "server/http/router.h"

#include "domain/result.h"

#include <chrono>

namespace ledger::server {

/// The sender of a webhook must repeat it after any failure of the service. Every published policy of the platform repeats after 429, one of them
/// after nothing else: so the sender gets 429 where everybody else gets 503 (unavailable for now) or 500 (a defect).
[[nodiscard]] int http_status(Errc code, RouteFamily family) noexcept;

/// The problem document for `error`, with the status of the reason where the catalogue has one, else of the code. 429 and 503 have a Retry-After. An
/// internal error is not shown: internal_error() takes its place.
[[nodiscard]] Response error_answer(const Error& error, RouteFamily family, std::chrono::seconds retry_after);

/// What a client is told of a defect, or of a lack of memory.
[[nodiscard]] Error internal_error();

}  // namespace ledger::server
