// Splits a request target into path segments and query parameters, percent-decoded.
#pragma once

#include "server/http/http_types.h"

#include "domain/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace ledger::server {

struct Target {
  std::vector<std::string> segments;  ///< Decoded; a trailing slash gives an empty last one. Any bytes.
  std::vector<Parameter> parameters;  ///< Decoded, in order. Any bytes; '+' stays '+' (RFC 3986).
};

/// Errors: invalid_request ("malformed-target": a broken percent escape, or a character that a URL cannot contain).
[[nodiscard]] Result<Target> parse_target(std::string_view target);

/// Decodes percent escapes. A text with a broken escape is returned as it is.
[[nodiscard]] std::string percent_decode(std::string_view text);

/// Percent-encodes everything but letters, digits and "-._~".
[[nodiscard]] std::string percent_encode(std::string_view text);

}  // namespace ledger::server
