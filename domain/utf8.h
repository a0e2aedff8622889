// Whether bytes are text: strict UTF-8, the one encoding that this service reads.
#pragma once

#include <string_view>

namespace ledger {

/// True for well-formed UTF-8 (RFC 3629): shortest forms only, no surrogates, nothing above U+10FFFF. The empty text is well-formed.
[[nodiscard]] bool is_valid_utf8(std::string_view bytes) noexcept;

}  // namespace ledger
