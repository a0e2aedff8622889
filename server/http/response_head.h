// The header of an answer as bytes.
#pragma once

#include "server/http/http_types.h"

#include "domain/timestamp.h"

#include <string>

namespace ledger::server {

enum class Persistence { keep, close };

/// Status line and header fields up to and with the empty line. `now` becomes Date; Content-Length is that of the body, also where the body is
/// not sent (HEAD), and absent on 304.
[[nodiscard]] std::string response_head(const Response& response, Persistence persistence, Timestamp now);

/// "Sat, 07 Nov 2026 12:46:45 GMT" (IMF-fixdate).
[[nodiscard]] std::string http_date(Timestamp moment);

}  // namespace ledger::server
