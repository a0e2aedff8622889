// Base64 in its two alphabets (RFC 4648), strict on the way in: one text for one value, or it is refused.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ledger {

/// Section 4 of the RFC, padded: signatures in headers and answers.
[[nodiscard]] std::string base64_encode(std::string_view bytes);
/// Nothing but the canonical encoding is read: no white space, exact padding, unused bits zero.
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);

/// Section 5 of the RFC, without padding: cursors in URLs.
[[nodiscard]] std::string base64url_encode(std::string_view bytes);
[[nodiscard]] std::optional<std::string> base64url_decode(std::string_view text);

}  // namespace ledger
