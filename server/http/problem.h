// Writes refusals as RFC 9457 problem documents. A problem type never changes its meaning.
#pragma once

#include "server/http/http_types.h"

#include "domain/result.h"
#include "domain/webhook_decoder.h"

#include <span>
#include <string_view>

namespace ledger::server {

/// A reason with a status and a title.
struct KnownReason {
  std::string_view reason;
  int status = 0;  ///< For a query.
  std::string_view title;
};

/// Every reason that the service gives, as docs/http-api.md lists them.
[[nodiscard]] std::span<const KnownReason> problem_catalogue() noexcept;

/// Null for a reason that is not in the catalogue.
[[nodiscard]] const KnownReason* find_reason(std::string_view reason) noexcept;

/// The document. `issues` become the member "errors". A reason that is not in the catalogue is a defect: the client is told internal_error(), the log
/// gets the reason.
///
/// The sender of a webhook must repeat it after any failure of the service. Every published policy of the platform repeats after 429, one of them
/// after nothing else: so the sender gets 429 where everybody else gets 503 (unavailable for now) or 500 (a defect).
[[nodiscard]] Response problem(const Error& error, RouteFamily family = RouteFamily::query, std::span<const DecodeIssue> issues = {});

/// What a client is told of a defect, or of a lack of memory.
[[nodiscard]] Error internal_error();

}  // namespace ledger::server
