// Names of error codes, and the exception for a Result that nobody looked at.
#include "domain/result.h"

#include <stdexcept>

namespace ledger {

std::string_view name(Errc code) noexcept {
  switch (code) {
    case Errc::invalid_request: return "invalid_request";
    case Errc::unauthenticated: return "unauthenticated";
    case Errc::not_found: return "not_found";
    case Errc::too_large: return "too_large";
    case Errc::conflict: return "conflict";
    case Errc::overloaded: return "overloaded";
    case Errc::unavailable: return "unavailable";
    case Errc::outcome_unknown: return "outcome_unknown";
    case Errc::internal: return "internal";
  }
  return "internal";
}

void throw_exception_from_error(const Error& error, const boost::source_location& where) {
  throw std::logic_error(std::string(where.file_name()) + ":" + std::to_string(where.line()) + ": result holds " + std::string(error.reason) + ": " +
                         error.detail);
}

}  // namespace ledger
