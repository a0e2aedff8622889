// The one place where the ledger's errors become HTTP answers.
#pragma once

#include "server/http/http_types.h"

#include "domain/result.h"

#include <chrono>

namespace ledger::server {

/// The same error means different things to a webhook's sender, who must repeat it, and to a reader.
enum class RouteFamily { webhook, query };

/// Temporary inability is 429 to a webhook's sender, the one answer that every published policy of the platform retries, and 503 to a reader. What is
/// wrong with the service itself is 429 to the sender as well: a policy that repeats 429 alone would lose a delivery that
/// got 500.
[[nodiscard]] int http_status(Errc code, RouteFamily family) noexcept;

/// The problem document for `error`: the reason's own status where the catalogue has one, else the code's. 429 and 503 carry Retry-After. What is
/// internal is not told: internal_error() takes its place.
[[nodiscard]] Response error_answer(const Error& error, RouteFamily family, std::chrono::seconds retry_after);

/// All that a client is told of a defect, or of memory that was not to be had.
[[nodiscard]] Error internal_error();

}  // namespace ledger::server
