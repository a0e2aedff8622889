// Base64 in its two alphabets (RFC 4648). Only the canonical encoding of a value is decoded.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ledger {

/// Section 4 of the RFC, with padding: signatures in headers and responses.
[[nodiscard]] std::string base64_encode(std::string_view bytes);
/// nullopt unless `text` is the canonical encoding: no white space, exact padding, unused bits zero.
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);

/// Section 5 of the RFC, without padding: cursors in URLs. Decoding is as strict.
[[nodiscard]] std::string base64url_encode(std::string_view bytes);
[[nodiscard]] std::optional<std::string> base64url_decode(std::string_view text);

}  // namespace ledger
