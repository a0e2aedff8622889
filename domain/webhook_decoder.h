// Decodes the body of a delivery to an event, or says why there is none.
#pragma once

#include "domain/event.h"

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
  std::string type = {};  ///< The event that the body names, if that is not known.
};

enum class NotKeptBecause {
  documented,   ///< HighLevel documents this event, and the ledger does not keep it ("ContactCreate").
  unknown,      ///< Nobody documents this event, and nothing suggests that it is about what the ledger keeps.
  no_location,  ///< The app was installed or uninstalled for an agency, not for a location.
};

/// The body has a `type` that this ledger does not keep.
struct NotKept {
  NotKeptBecause because{};
  std::string type;
  std::optional<WebhookId> webhook_id;
  std::optional<TraceId> trace_id;
};

using Decoding = std::variant<DecodedEvent, NotKept, Undecodable>;

/// Decodes a body. Pure and thread-safe.
///
/// The kind of event is the body's `type`, which is signed, in any spelling (event_type.h). Without a `type` it is `path_event`. A `type` that names
/// none of our kinds is not kept, unless the event may be about what the ledger keeps: because `path_event` is given, or by its name. Then it is
/// undecodable.
///
/// `locationId` is required, and `id` except for INSTALL and UNINSTALL. They must be well-formed ids: 1 to kIdBytesMax bytes, no control characters,
/// not repeated. Every other field is optional. One that the kind uses and that cannot be read counts as absent, and half a surrogate pair in its
/// text becomes U+FFFD; both set field_unread. What the kind does not use is not looked at. null counts as absent.
[[nodiscard]] Decoding decode_webhook(std::string_view body, std::optional<EventKind> path_event);

/// As decode_webhook() with the path of `kind`, for a delivery that an operator admits as that event: a `type` that nobody documents counts as
/// absent. A stored event that was admitted decodes to the same with its own kind.
[[nodiscard]] Decoding decode_admitted(std::string_view body, EventKind kind);

/// What a body says about an association, or about a relation. These never fail: a body that cannot be read says nothing, and so does a field. So the
/// fold can read whatever was recorded.
[[nodiscard]] Definition decode_definition(std::string_view body);
[[nodiscard]] Relation decode_relation(std::string_view body);

}  // namespace ledger
