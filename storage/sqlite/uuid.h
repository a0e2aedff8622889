// UUIDs in 16 bytes instead of 36: what most webhook ids are.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ledger::storage {

/// The 16 bytes of a UUID in its canonical form (RFC 9562: 8-4-4-4-12 hex digits, lower case); nullopt for any other text, so that uuid_text() always
/// gives back what was stored.
[[nodiscard]] std::optional<std::string> uuid_bytes(std::string_view text);

/// The canonical form. Throws std::runtime_error unless there are 16 bytes.
[[nodiscard]] std::string uuid_text(std::string_view bytes);

}  // namespace ledger::storage
