// Folds an association from its events in the log: for late arrivals, for the past, for rebuild and for verify.
#include "storage/sqlite/stored_fold.h"

#include "domain/fold.h"
#include "domain/webhook_decoder.h"

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace ledger::storage {
namespace {

// The size of a batch: enough to keep a second thread busy. Two batches are in memory, each of at most these bytes and one association.
constexpr std::size_t kBatchEvents = 4096;
constexpr std::size_t kBatchBytes = std::size_t{4} * 1024 * 1024;

/// Reads sequence, kind, occurred_at, recorded_at and body. The body is decoded later, by decode_definition().
FoldEvent read_undecoded(Query& row) {
  FoldEvent event;
  event.sequence = Sequence(row.integer(0));
  event.kind = read_kind(row.integer(1));
  event.occurred_at = to_timestamp(row.optional_integer(2));
  event.recorded_at = to_timestamp(row.integer(3));
  event.body = row.bytes(4);
  return event;
}

void decode_definition(FoldEvent& event) {
  // The stored kind takes the place of the path. A body that names its event names the same one.
  Decoding decoding = decode_webhook(event.body, event.kind);
  auto* decoded = std::get_if<DecodedEvent>(&decoding);
  if (decoded == nullptr) throw std::runtime_error("event " + std::to_string(event.sequence.value()) + ": its body cannot be decoded");
  event.definition = std::move(decoded->definition);
}

}  // namespace

StoredFold::StoredFold(SQLite::Database& database)
    : select_(database, "SELECT sequence, kind, occurred_at, recorded_at, body FROM event WHERE association_ref = ? AND sequence <= ?") {}

std::optional<Association> StoredFold::fold_through(AssociationRef association, const AssociationKey& key, Sequence through) {
  std::vector<FoldEvent> events;
  Query row(select_);
  row.bind(association.value()).bind(through.value());
  while (row.next()) {
    events.push_back(read_undecoded(row));
    decode_definition(events.back());
  }
  if (events.empty()) return std::nullopt;
  return fold(key, std::move(events));
}

// Without INDEXED BY, SQLite would sort the whole log.
FoldOfAll::FoldOfAll(SQLite::Database& database)
    : select_(database,
              "SELECT sequence, kind, occurred_at, recorded_at, body, association_ref FROM event INDEXED BY event_by_association"
              " WHERE association_ref > 0 ORDER BY association_ref, sequence"),
      row_(select_),
      has_row_(row_.next()) {
  fold_ahead(read_batch());
}

const FoldOfAll::Folded* FoldOfAll::next() {
  if (given_ == batch_.size()) {
    if (!ahead_.valid()) return nullptr;
    std::vector<Unfolded> following = read_batch();
    batch_ = ahead_.get();
    given_ = 0;
    fold_ahead(std::move(following));
  }
  return &batch_[given_++];
}

std::vector<FoldOfAll::Unfolded> FoldOfAll::read_batch() {
  std::vector<Unfolded> batch;
  std::size_t events = 0;
  std::size_t bytes = 0;
  while (has_row_) {
    const AssociationRef ref(row_.integer(5));
    if (batch.empty() || batch.back().ref != ref) {
      if (events >= kBatchEvents || bytes >= kBatchBytes) break;
      batch.push_back({ref, {}});
    }
    batch.back().events.push_back(read_undecoded(row_));
    ++events;
    bytes += batch.back().events.back().body.size();
    has_row_ = row_.next();
  }
  return batch;
}

void FoldOfAll::fold_ahead(std::vector<Unfolded> batch) {
  if (!batch.empty()) ahead_ = std::async(std::launch::async, fold_batch, std::move(batch));
}

std::vector<FoldOfAll::Folded> FoldOfAll::fold_batch(std::vector<Unfolded> batch) {
  std::vector<Folded> folded;
  folded.reserve(batch.size());
  for (Unfolded& association : batch) {
    for (FoldEvent& event : association.events) decode_definition(event);
    const auto events = static_cast<std::int64_t>(association.events.size());
    const Sequence first = association.events.front().sequence;
    folded.push_back({association.ref, fold({}, std::move(association.events)), events, first});
  }
  return folded;
}

}  // namespace ledger::storage
