// Folds an association anew from the log: for late arrivals, for the past, for rebuild and for verify.
#include "storage/stored_fold.h"

#include "domain/fold.h"
#include "domain/webhook_decoder.h"

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace ledger::storage {
namespace {

FoldEvent read_fold_event(Query& row) {
  FoldEvent event;
  event.sequence = Sequence(row.integer(0));
  event.kind = static_cast<EventKind>(row.integer(1));
  event.occurred_at = to_timestamp(row.optional_integer(2));
  event.recorded_at = to_timestamp(row.integer(3));
  event.body = row.bytes(4);
  // The stored kind stands in for the path: where the body names the event itself, it is the same one.
  Decoding decoding = decode_webhook(event.body, event.kind);
  auto* decoded = std::get_if<DecodedEvent>(&decoding);
  if (decoded == nullptr) throw std::runtime_error("event " + std::to_string(event.sequence.value()) + ": its body can no longer be decoded");
  event.definition = std::move(decoded->definition);
  return event;
}

}  // namespace

StoredFold::StoredFold(SQLite::Database& database)
    : select_(database, "SELECT sequence, kind, occurred_at, recorded_at, body FROM event WHERE association_ref = ? AND sequence <= ?") {}

std::optional<Association> StoredFold::fold_through(AssociationRef association, const AssociationKey& key, Sequence through) {
  std::vector<FoldEvent> events;
  Query row(select_);
  row.bind(association.value()).bind(through.value());
  while (row.next()) events.push_back(read_fold_event(row));
  if (events.empty()) return std::nullopt;
  return fold(key, std::move(events));
}

}  // namespace ledger::storage
