// From the bytes of a delivery to an event, or to the exact reasons why not.
#pragma once

#include "domain/event.h"
#include "domain/json_object_reader.h"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ledger {

/// One thing wrong with a body.
struct DecodeIssue {
  std::string pointer;      ///< RFC 6901 JSON pointer to the culprit; empty for the whole body.
  std::string_view reason;  ///< Kebab-case, stable ("missing-field"). Static storage.
  std::string detail;       ///< One sentence for people; never quotes the body.
};

/// The body is no event that this ledger can read. Never empty; the first issue names the answer's problem type.
struct Undecodable {
  std::vector<DecodeIssue> issues;
};

/// The body is fine, but of a type that this ledger does not keep ("ContactCreate").
struct NotKept {
  std::string type;
  std::optional<WebhookId> webhook_id;
  std::optional<TraceId> trace_id;
};

using Decoding = std::variant<DecodedEvent, NotKept, Undecodable>;

/// Reads a body. The event is the body's `type`, which is signed; `path_event` stands in where there is none, and a contradiction is
/// flagged. Every field that is read must be a string (null counts as absent) with no NUL in it; `id` and `locationId` must be there, ids have
/// 1 to id_bytes_max bytes and no control characters, `timestamp` is RFC 3339. Unknown fields are ignored; a name that stands twice at the top
/// level is refused, since readers would disagree on its value. Nesting is bounded at json_depth_max. Pure and thread-safe.
[[nodiscard]] Decoding decode_webhook(std::string_view body, std::optional<EventKind> path_event);

}  // namespace ledger
