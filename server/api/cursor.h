// The opaque cursors of lists: where the next page starts, which prefix of the log it shows, and which query it belongs to.
//
// A cursor is base64url(payload + checksum). The payload is "<pinned>:<position>". The checksum is the first 8 bytes of the SHA-256 of "v1", the
// query without its limit and cursor, and the payload. It finds mistakes, not attacks: a forged cursor shows nothing that another query could not
// show.
#pragma once

#include "server/http/router.h"

#include "domain/ids.h"
#include "domain/result.h"

#include <string>
#include <string_view>

namespace ledger::server {

struct Cursor {
  Sequence pinned;       ///< The prefix of the log that the first page showed.
  std::string position;  ///< The last item shown, as its list writes it.
};

[[nodiscard]] std::string encode_cursor(const Cursor& cursor, const Routed& query);

/// Errors: invalid_request ("invalid-cursor") for a cursor that is damaged or belongs to another query.
[[nodiscard]] Result<Cursor> decode_cursor(std::string_view text, const Routed& query);

/// The same URL with `name` set to `value`, as a Link header with rel="next".
[[nodiscard]] std::string next_link(const Routed& query, std::string_view name, std::string_view value);

}  // namespace ledger::server
