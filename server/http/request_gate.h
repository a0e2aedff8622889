// Parses request headers strictly. If this server and a proxy in front of it could disagree about where a request ends, a client could smuggle a
// second request past the proxy. So every request is refused that two parsers could read differently.
#pragma once

#include "server/http/http_types.h"

#include "domain/result.h"

#include <cstddef>
#include <string_view>

namespace ledger::server {

/// Whether a header block has arrived completely.
enum class BlockState { incomplete, complete, malformed };
struct BlockScan {
  BlockState state = BlockState::incomplete;
  std::size_t size = 0;  ///< If complete: its bytes, with the empty line.
};

/// Looks for the end of the header block in `bytes`. The first `scanned` bytes were passed to an earlier call. A line that ends in a bare LF is
/// malformed at once, because the end would never be found.
[[nodiscard]] BlockScan scan_block(std::string_view bytes, std::size_t scanned) noexcept;

/// The refusal of a block that reached its limit before its end: "target-too-long" if not even its first line has ended, else "header-too-large".
[[nodiscard]] Error oversized_block(std::string_view bytes);

/// Reads a complete header block. Refused, each with a reason of the problem catalogue: request lines other than `method SP target SP HTTP/1.0
/// or 1.1`, where the target is a path with an optional query or an http or https URL; bare CR or LF, folded lines, space before the colon, names
/// that are no tokens, control characters in values; a Host that is missing (1.1), doubled or no host; Content-Length that is doubled, a list, signed
/// or too large for 64 bits; Transfer-Encoding other than exactly one "chunked", or beside Content-Length, or in 1.0; expectations other than
/// 100-continue. Pure.
[[nodiscard]] Result<RequestHead> examine_block(std::string_view block, std::size_t target_bytes_max);

}  // namespace ledger::server
