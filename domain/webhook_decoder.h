// Decodes the body of a delivery to an event, or lists why that is impossible.
#pragma once

#include "domain/event.h"
#include "domain/json_object_reader.h"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ledger {

/// One fault of a body.
struct DecodeIssue {
  std::string pointer;      ///< RFC 6901 JSON pointer to the faulty value; empty for the whole body.
  std::string_view reason;  ///< Kebab-case, stable ("missing-field"). Static storage.
  std::string detail;       ///< One sentence for people; never quotes the body.
};

/// The body cannot be decoded. Never empty; the first issue gives the problem type of the response.
struct Undecodable {
  std::vector<DecodeIssue> issues;
};

/// The body has a `type` that this ledger does not keep ("ContactCreate").
struct NotKept {
  std::string type;
  std::optional<WebhookId> webhook_id;
  std::optional<TraceId> trace_id;
};

using Decoding = std::variant<DecodedEvent, NotKept, Undecodable>;

/// Decodes a body. The kind of event is the body's `type`, which is signed, or `path_event` if there is no `type`. If both are there and differ, the
/// event is flagged. Every field that is read must be a string without NUL; null counts as absent. `id` and `locationId` are required. Ids have 1 to
/// kIdBytesMax bytes and no control characters. `timestamp` is RFC 3339. Unknown fields are ignored. A name that occurs twice at the top level is
/// refused, because readers could disagree on its value. Nesting is bounded by kJsonDepthMax. Pure and thread-safe.
[[nodiscard]] Decoding decode_webhook(std::string_view body, std::optional<EventKind> path_event);

}  // namespace ledger
