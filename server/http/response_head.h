// Formats the header of a response.
#pragma once

#include "server/http/http_types.h"

#include "domain/timestamp.h"

#include <string>

namespace ledger::server {

enum class Persistence { keep, close };

/// Returns the status line, the header fields and the empty line. `now` becomes Date. Content-Length is the size of the body, also if the body is not
/// sent (HEAD); a 304 has none.
[[nodiscard]] std::string response_head(const Response& response, Persistence persistence, Timestamp now);

/// "Sat, 07 Nov 2026 12:46:45 GMT" (IMF-fixdate).
[[nodiscard]] std::string http_date(Timestamp moment);

}  // namespace ledger::server
