// Errc to status, for each family of routes.
#include "server/api/http_error.h"

#include "server/http/problem.h"

#include <string>

namespace ledger::server {

int http_status(Errc code, RouteFamily family) noexcept {
  const int try_again = family == RouteFamily::webhook ? 429 : 503;
  switch (code) {
    case Errc::invalid_request: return 400;
    case Errc::unauthenticated: return 401;
    case Errc::not_found: return 404;
    case Errc::conflict: return 409;
    case Errc::too_large: return 413;
    case Errc::overloaded:
    case Errc::unavailable:
    case Errc::outcome_unknown: return try_again;
    case Errc::internal: break;
  }
  return family == RouteFamily::webhook ? 429 : 500;
}

Response error_answer(const Error& error, RouteFamily family, std::chrono::seconds retry_after) {
  const Error told = error.code == Errc::internal ? internal_error() : error;
  const KnownReason* const known = find_reason(told.reason);
  const int status = known != nullptr && known->status != 0 ? known->status : http_status(told.code, family);
  Response response = problem(status, told);
  response.reason = error.reason;
  if (status == 429 || status == 503) response.headers.emplace_back("Retry-After", std::to_string(retry_after.count()));
  // RFC 9110 requires a challenge with every 401. Its name says what is expected, and nothing about keys.
  if (status == 401) response.headers.emplace_back("WWW-Authenticate", "HighLevel-Signature");
  return response;
}

Error internal_error() {
  return Error{Errc::internal, "internal-error", "The service could not answer the request. Its log says why."};
}

}  // namespace ledger::server
