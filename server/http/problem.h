// Writes refusals as RFC 9457 problem documents. A problem type never changes its meaning.
#pragma once

#include "server/http/http_types.h"

#include "domain/result.h"
#include "domain/webhook_decoder.h"

#include <span>
#include <string_view>

namespace ledger::server {

/// A reason with a title of its own.
struct KnownReason {
  std::string_view reason;
  int status = 0;  ///< 0: the error's code and the route decide (http_error.h).
  std::string_view title;
};

/// Every reason that the service gives, as docs/http-api.md lists them.
[[nodiscard]] std::span<const KnownReason> problem_catalogue() noexcept;

/// Null for a reason that is not in the catalogue.
[[nodiscard]] const KnownReason* find_reason(std::string_view reason) noexcept;

/// The document. A reason that is not in the catalogue gets the title of the error's code. `issues` become the member "errors".
[[nodiscard]] Response problem(int status, const Error& error, std::span<const DecodeIssue> issues = {});

/// As above, with the status of the reason; 500 when the reason has none.
[[nodiscard]] Response problem(const Error& error);

}  // namespace ledger::server
