// Reads rows of the log and of the projection as values of the domain.
#include "storage/sqlite/rows.h"

#include "storage/sqlite/uuid.h"

#include <SQLiteCpp/Exception.h>

#include <limits>
#include <stdexcept>
#include <string>
#include <utility>

namespace ledger::storage {
namespace {

SignatureScheme read_scheme(std::int64_t column) {
  for (const SignatureScheme scheme : {SignatureScheme::ed25519, SignatureScheme::rsa_pkcs1_sha256}) {
    if (static_cast<std::int64_t>(scheme) == column) return scheme;
  }
  throw std::runtime_error("a signing key has a scheme unknown to this release");
}

void read_after_sequence(Query& row, RecordedEvent& event) {
  event.kind = read_kind(row.integer(1));
  event.association = {LocationId(row.bytes(2)), AssociationId(row.bytes(3))};
  event.webhook_id = read_webhook_id(row, 4);
  if (auto id = row.optional_bytes(6)) event.trace_id = TraceId(*std::move(id));
  event.occurred_at = to_timestamp(row.optional_integer(7));
  event.recorded_at = to_timestamp(row.integer(8));
  event.delivery.source = read_source(row.integer(9));
  event.flags = read_flags(row.integer(10));
  event.delivery.signature = read_signature(row, 11);
  event.delivery.body_sha256 = row.digest(14);
  event.delivery.body = row.bytes(15);
  event.effective_at = to_timestamp(row.integer(16));
  event.subject = read_subject_kind(row.integer(17));
  if (const auto quarantine = row.optional_integer(18)) event.quarantine = QuarantineId(*quarantine);
  event.received_at = to_timestamp(row.optional_integer(19)).value_or(event.recorded_at);
}

}  // namespace

Source read_source(std::int64_t column) {
  for (const Source source : {Source::webhook, Source::import, Source::reconcile}) {
    if (static_cast<std::int64_t>(source) == column) return source;
  }
  throw std::runtime_error("its source is unknown to this release");
}

EventKind read_kind(std::int64_t column) {
  constexpr auto kFirst = static_cast<std::int64_t>(EventKind::association_create);
  constexpr auto kLast = static_cast<std::int64_t>(EventKind::missing);
  if (column < kFirst || column > kLast) throw std::runtime_error("its kind is unknown to this release");
  return static_cast<EventKind>(column);
}

SubjectKind read_subject_kind(std::int64_t column) {
  constexpr auto kFirst = static_cast<std::int64_t>(SubjectKind::association);
  constexpr auto kLast = static_cast<std::int64_t>(SubjectKind::location);
  if (column < kFirst || column > kLast) throw std::runtime_error("the kind of its subject is unknown to this release");
  return static_cast<SubjectKind>(column);
}

EventFlags read_flags(std::int64_t column) {
  if (column < 0 || column > std::numeric_limits<std::uint32_t>::max()) throw std::runtime_error("its flags are unknown to this release");
  return EventFlags(static_cast<std::uint32_t>(column));
}

std::optional<std::int64_t> to_column(const std::optional<Timestamp>& moment) noexcept {
  if (!moment) return std::nullopt;
  return to_column(*moment);
}

Timestamp to_timestamp(std::int64_t column) {
  const Timestamp moment{std::chrono::milliseconds(column)};
  if (!is_in_range(moment)) throw std::runtime_error("a stored time is outside of the years 1 to 9999");
  return moment;
}

std::optional<Timestamp> to_timestamp(std::optional<std::int64_t> column) {
  if (!column) return std::nullopt;
  return to_timestamp(*column);
}

RecordedEvent read_event(Query& row) {
  RecordedEvent event;
  event.sequence = Sequence(row.integer(0));
  try {
    read_after_sequence(row, event);
  } catch (const SQLite::Exception&) {
    throw;
  } catch (const std::runtime_error& unreadable) {
    throw std::runtime_error("event " + std::to_string(event.sequence.value()) + ": " + unreadable.what());
  }
  return event;
}

std::optional<WebhookId> read_webhook_id(Query& row, int first) {
  if (auto text = row.optional_bytes(first)) return WebhookId(*std::move(text));
  if (const auto bytes = row.optional_bytes(first + 1)) return WebhookId(uuid_text(*bytes));
  return std::nullopt;
}

std::optional<Signature> read_signature(Query& row, int first) {
  auto key_id = row.optional_bytes(first + 1);
  if (!key_id) return std::nullopt;
  return Signature{read_scheme(row.integer(first)), KeyId(*std::move(key_id)), row.bytes(first + 2)};
}

Definition read_definition(Query& row) {
  return {row.optional_bytes(0), row.optional_bytes(1), row.optional_bytes(2), row.optional_bytes(3),
          row.optional_bytes(4), row.optional_bytes(5), row.optional_bytes(6), row.optional_bytes(7)};
}

void bind_definition(Query& query, const Definition& definition) {
  query.bind(definition.key)
      .bind(definition.association_type)
      .bind(definition.first_object_key)
      .bind(definition.first_object_label)
      .bind(definition.first_to_second_cardinality)
      .bind(definition.second_object_key)
      .bind(definition.second_object_label)
      .bind(definition.second_to_first_cardinality);
}

}  // namespace ledger::storage
