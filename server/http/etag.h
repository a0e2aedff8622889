// Entity tags: made of the position of an answer in a log, and compared with what a client has.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ledger::server {

/// A strong tag, in quotes. REQUIRES an `identity` of letters, digits, '-' and '_'. Equal arguments give equal tags; different ones give different
/// tags, except that two targets collide once in 2^64.
[[nodiscard]] std::string make_etag(std::string_view identity, std::string_view target, std::int64_t position);

/// Whether an If-None-Match value, a list or "*", names `etag`. Compares weakly (RFC 9110 13.1.2): a W/ prefix is ignored.
[[nodiscard]] bool matches_etag(std::string_view if_none_match, std::string_view etag) noexcept;

}  // namespace ledger::server
