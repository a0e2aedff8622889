// The gate that every request header passes before anything else reads it. It is stricter than the HTTP parser behind it, because wherever two
// readers of one request could disagree on where it ends, a sender could smuggle a second one past a proxy.
#pragma once

#include "server/http/http_types.h"

#include "domain/result.h"

#include <cstddef>
#include <string_view>

namespace ledger::server {

/// How far a header block has arrived.
enum class BlockState { incomplete, complete, malformed };
struct BlockScan {
  BlockState state = BlockState::incomplete;
  std::size_t size = 0;  ///< When complete: bytes up to and with the empty line.
};

/// Looks for the end of the header block in `bytes`, of which the first `scanned` have been looked at before. A line that ends in a bare LF is
/// malformed at once, since no end would ever be found.
[[nodiscard]] BlockScan scan_block(std::string_view bytes, std::size_t scanned) noexcept;

/// The refusal for a block that passed its bound before it ended: "target-too-long" when not even its first line has ended.
[[nodiscard]] Error oversized_block(std::string_view bytes);

/// Reads a complete header block. Refused, each with a reason of the problem catalogue: request lines other than `method SP target SP
/// HTTP/1.0 or 1.1`, where the target is a path with an optional query or an http or https URL; bare CR or LF, folded lines, space before the colon,
/// names that are no tokens, control characters in values; a Host that is missing (1.1), doubled or no host; Content-Length that is doubled, a list,
/// signed or too large for 64 bits; Transfer-Encoding other than exactly one "chunked", or beside Content-Length, or in 1.0; expectations other than
/// 100-continue. Pure.
[[nodiscard]] Result<RequestHead> examine_block(std::string_view block, std::size_t target_bytes_max);

}  // namespace ledger::server
