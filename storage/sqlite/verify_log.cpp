// Checks the log of a database: the events and the quarantined deliveries.
#include "storage/sqlite/verify_log.h"

#include "domain/fold.h"
#include "domain/webhook_decoder.h"
#include "storage/sqlite/rows.h"

#include <algorithm>
#include <optional>

namespace ledger::storage {
namespace {

/// Compares the columns of a stored event with its body.
std::optional<std::string_view> contradiction(const RecordedEvent& event) {
  if (is_observation(event.kind)) return "no release of this schema records such an event";
  const std::string& body = event.delivery.body;
  const Decoding decoding = event.quarantine ? decode_admitted(body, event.kind) : decode_webhook(body, event.kind);
  const auto* decoded = std::get_if<DecodedEvent>(&decoding);
  if (decoded == nullptr) return "its body cannot be decoded";
  if (decoded->kind != event.kind) return "its body says that it is another event";
  const bool is_its_own_subject = !event.flags.has(EventFlag::kind_conflict);
  if (is_its_own_subject && (subject_kind(event.kind) != event.subject || decoded->association != event.association)) {
    return "its body speaks of another subject";
  }
  if (decoded->webhook_id != event.webhook_id) return "its webhook id is not the body's";
  if (decoded->trace_id != event.trace_id) return "its trace id is not the body's";
  if (decoded->occurred_at != event.occurred_at) return "its time is not the body's timestamp";
  const bool is_its_own = is_dated(event.occurred_at, event.flags);
  if (event.effective_at != (is_its_own ? event.occurred_at : event.received_at)) return "its effective time does not follow from it";
  return std::nullopt;
}

/// The given key with that id; null if there is none.
const PublicKey* find_key(std::span<const PublicKey> keys, const KeyId& id) {
  const auto key = std::find_if(keys.begin(), keys.end(), [&id](const PublicKey& known) { return known.id() == id; });
  return key == keys.end() ? nullptr : &*key;
}

}  // namespace

bool LogCheck::check_events(std::int64_t first, std::int64_t last) {
  // An event that refers to a row that is not there, or breaks a rule of its table, is left out, like one that is missing.
  SQLite::Statement select(
      database_,
      std::string(kSelectEvent) +
          " WHERE e.sequence >= ? AND (e.key_ref IS NULL) = (e.signature IS NULL) AND (e.key_ref IS NULL OR e.source = 1)"
          " AND (e.webhook_uuid IS NULL OR e.webhook_id IS NULL) AND (e.key_ref IS NULL OR g.key_ref IS NOT NULL) AND (e.quarantine_id IS NULL OR"
          " q.quarantine_id IS NOT NULL) ORDER BY e.sequence");
  Query row(select);
  row.bind(first);
  Timestamp last_recorded_at = Timestamp::min();
  for (std::int64_t expected = first; row.next(); ++expected) {
    const RecordedEvent event = readable("", [&row] { return read_event(row); });
    const std::string where = "event " + std::to_string(event.sequence.value());
    if (event.sequence.value() != expected) diverges(where, "expected sequence " + std::to_string(expected));
    if (event.recorded_at < last_recorded_at) diverges(where, "it was recorded before the event in front of it");
    if (expected > last) return true;
    check_delivery(where, event.delivery);
    if (const auto what = contradiction(event)) diverges(where, *what);
    last_recorded_at = event.recorded_at;
    ++report_.events;
    if (event.quarantine) ++report_.admitted;
    advance_();
  }
  return false;
}

void LogCheck::check_quarantine() {
  SQLite::Statement select(database_,
                           "SELECT q.quarantine_id, g.scheme, g.key_id, q.signature, q.body_sha256, q.body, q.recorded_at FROM quarantine q"
                           " LEFT JOIN signing_key g ON g.key_ref = q.key_ref ORDER BY q.quarantine_id");
  Query row(select);
  while (row.next()) {
    const std::string where = "quarantined delivery " + std::to_string(row.integer(0));
    if (row.integer(0) != report_.quarantined + 1) diverges(where, "expected id " + std::to_string(report_.quarantined + 1));
    Delivery delivery;
    delivery.signature = readable(where + ": ", [&row] { return read_signature(row, 1); });
    delivery.body_sha256 = readable(where + ": ", [&row] { return row.digest(4); });
    delivery.body = row.bytes(5);
    check_delivery(where, delivery);
    static_cast<void>(readable(where + ": ", [&row] { return to_timestamp(row.integer(6)); }));
    ++report_.quarantined;
    advance_();
  }
  check_decisions();
}

void LogCheck::check_decisions() {
  SQLite::Statement select(database_,
                           "SELECT d.quarantine_id, d.decision, e.sequence, e.quarantine_id IS d.quarantine_id AND e.key_ref IS q.key_ref"
                           " AND e.signature IS q.signature AND e.source = q.source FROM quarantine_decision d"
                           " JOIN quarantine q ON q.quarantine_id = d.quarantine_id"
                           " LEFT JOIN event e ON e.sequence = d.sequence AND e.body_sha256 = q.body_sha256 ORDER BY d.quarantine_id");
  Query row(select);
  while (row.next()) {
    const std::string where = "quarantined delivery " + std::to_string(row.integer(0));
    const std::string decision = row.bytes(1);
    const bool is_event = row.optional_integer(2).has_value();
    if (decision == "admitted" && is_event && row.integer(3) != 0) {
      --report_.admitted;
    } else if (decision == "admitted" || (decision == "duplicate" && !is_event)) {
      diverges(where, "it is not the event that was made of it");
    }
  }
}

void LogCheck::check_delivery(const std::string& where, const Delivery& delivery) {
  if (sha256(delivery.body) != delivery.body_sha256) diverges(where, "its body does not have the recorded SHA-256");
  if (!delivery.signature) {
    ++report_.unsigned_deliveries;
    return;
  }
  const Signature& signature = *delivery.signature;
  const PublicKey* const key = find_key(keys_, signature.key_id);
  if (key == nullptr) {
    ++report_.signatures_of_unknown_keys;
    return;
  }
  if (key->scheme() != signature.scheme || !key->verify(delivery.body, signature.value)) {
    diverges(where, "its signature is not that of key " + signature.key_id.value());
  }
  ++report_.signatures_verified;
}

std::int64_t name_unproven(SQLite::Database& database, std::span<const PublicKey> keys, const Unproven& unproven) {
  SQLite::Statement select(database,
                           "SELECT e.sequence, e.source, g.key_id FROM event e LEFT JOIN signing_key g ON g.key_ref = e.key_ref ORDER BY e.sequence");
  std::int64_t count = 0;
  Query row(select);
  while (row.next()) {
    const auto key = row.optional_bytes(2);
    if (row.integer(1) != static_cast<std::int64_t>(Source::webhook) || (key && find_key(keys, KeyId(*key)) != nullptr)) continue;
    unproven("event " + std::to_string(row.integer(0)) + (key ? " has the signature of another key" : " is unsigned"));
    ++count;
  }
  return count;
}

}  // namespace ledger::storage
