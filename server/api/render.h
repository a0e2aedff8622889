// Writes answers as JSON, with the fields in the order of docs/http-api.md. Unknown fields are null; no field is omitted.
#pragma once

#include "domain/event_store.h"

#include <optional>
#include <string>
#include <string_view>

namespace ledger::server {

// Answers to queries. `next_cursor` is null on the last page.

[[nodiscard]] std::string render(const LocationQuery& query, const LocationPage& page, const std::optional<std::string>& next_cursor);
[[nodiscard]] std::string render(const AssociationQuery& query, const AssociationPage& page, const std::optional<std::string>& next_cursor);
[[nodiscard]] std::string render(const RelationQuery& query, const RelationPage& page, const std::optional<std::string>& next_cursor);
[[nodiscard]] std::string render(const DeletionQuery& query, const DeletionPage& page, const std::optional<std::string>& next_cursor);
[[nodiscard]] std::string render(const HistoryQuery& query, const EventPage& page, const std::optional<std::string>& next_cursor);
[[nodiscard]] std::string render_log(const EventPage& page);
[[nodiscard]] std::string render(const Association& association);
[[nodiscard]] std::string render(const ShownRelation& relation);
[[nodiscard]] std::string render(const RecordedEvent& event);

// Answers about the quarantine.

[[nodiscard]] std::string render(const QuarantinePage& page);
/// With the body.
[[nodiscard]] std::string render(const QuarantinedDelivery& delivery);
/// What became of a delivery, or would become of it.
[[nodiscard]] std::string render_admission(const Admission& admission, const DecodedEvent& decoded, const Appended& appended);
[[nodiscard]] std::string render_dismissed(QuarantineId id);

// Answers to webhooks.

[[nodiscard]] std::string render(const Appended& appended);
[[nodiscard]] std::string render_ignored(std::string_view event);
[[nodiscard]] std::string render_quarantined(QuarantineId id, std::string_view reason);

}  // namespace ledger::server
