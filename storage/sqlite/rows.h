// Reads rows of the log and of the projection as values of the domain.
#pragma once

#include "domain/association.h"
#include "storage/sqlite/statement.h"

#include <cstdint>
#include <optional>

namespace ledger::storage {

/// Surrogate keys: small integers in place of long ids. They have no meaning outside of one database.
using LocationRef = Named<struct LocationRefTag, std::int64_t>;
using SubjectRef = Named<struct SubjectRefTag, std::int64_t>;
using DefinitionRef = Named<struct DefinitionRefTag, std::int64_t>;

[[nodiscard]] inline std::int64_t to_column(Timestamp moment) noexcept {
  return moment.time_since_epoch().count();
}
[[nodiscard]] std::optional<std::int64_t> to_column(const std::optional<Timestamp>& moment) noexcept;
/// Throws std::runtime_error when the number is out of the range of a Timestamp: the file is damaged.
[[nodiscard]] Timestamp to_timestamp(std::int64_t column);
[[nodiscard]] std::optional<Timestamp> to_timestamp(std::optional<std::int64_t> column);

/// Throws std::runtime_error on a number that no release of this schema writes.
[[nodiscard]] EventKind read_kind(std::int64_t column);
[[nodiscard]] SubjectKind read_subject_kind(std::int64_t column);
[[nodiscard]] EventFlags read_flags(std::int64_t column);
[[nodiscard]] Source read_source(std::int64_t column);

/// The columns of read_event, as a SELECT without a WHERE: joins every dictionary.
inline constexpr const char* kSelectEvent =
    "SELECT e.sequence, e.kind, l.location_id, b.subject_id, e.webhook_id, e.webhook_uuid, e.trace_id, e.occurred_at, e.recorded_at, e.source,"
    " e.flags, g.scheme, g.key_id, e.signature, e.body_sha256, e.body, e.effective_at, b.kind, e.quarantine_id, q.recorded_at"
    " FROM event e JOIN subject b ON b.subject_ref = e.subject_ref JOIN location l ON l.location_ref = b.location_ref"
    " LEFT JOIN signing_key g ON g.key_ref = e.key_ref LEFT JOIN quarantine q ON q.quarantine_id = e.quarantine_id";

/// A row of kSelectEvent. Throws std::runtime_error, which names the event, on a value that no release of this schema writes.
[[nodiscard]] RecordedEvent read_event(Query& row);

/// Reads two columns from `first` on: webhook_id and webhook_uuid. One or both are null. Throws std::runtime_error on an invalid UUID.
[[nodiscard]] std::optional<WebhookId> read_webhook_id(Query& row, int first);

/// Reads three columns from `first` on: scheme and key id of a signing key, and the signature. All are null for an unsigned event. Throws
/// std::runtime_error on a scheme that no release of this schema writes.
[[nodiscard]] std::optional<Signature> read_signature(Query& row, int first);

/// The columns of a definition.
inline constexpr const char* kDefinitionColumns =
    "key, association_type, first_object_key, first_object_label, first_to_second_cardinality, second_object_key, second_object_label,"
    " second_to_first_cardinality";

/// Reads kDefinitionColumns from the first column on.
[[nodiscard]] Definition read_definition(Query& row);

/// Binds kDefinitionColumns. `definition` must outlive the query's execution.
void bind_definition(Query& query, const Definition& definition);

}  // namespace ledger::storage
