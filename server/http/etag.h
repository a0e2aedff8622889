// Validators: a tag that changes exactly when the answer's bytes do.
#pragma once

#include <string>
#include <string_view>

namespace ledger::server {

/// Strong: the quoted base64url of half the SHA-256 of `body`.
[[nodiscard]] std::string make_etag(std::string_view body);

/// Whether an If-None-Match value, a list or "*", names `etag`. Compares weakly, as RFC 9110 wants it here: a W/ prefix does not matter.
[[nodiscard]] bool matches_etag(std::string_view if_none_match, std::string_view etag) noexcept;

}  // namespace ledger::server
