// Folds a subject from its events in the log: for late arrivals, for the past, for rebuild and for verify.
#include "storage/sqlite/stored_fold.h"

#include "domain/webhook_decoder.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace ledger::storage {
namespace {

// The size of a batch: enough to keep a second thread busy. Two batches are in memory, each of at most these bytes and one body.
constexpr std::size_t kBatchEvents = 4096;
constexpr std::size_t kBatchBytes = std::size_t{4} * 1024 * 1024;

constexpr const char* kFoldColumns = "SELECT sequence, kind, effective_at, occurred_at, flags, body";

// The order of domain/fold.h. The index event_by_subject gives the effective time; SQLite sorts only what has the same time.
constexpr const char* kFoldOrder =
    "effective_at, occurred_at IS NULL OR flags & 128, CASE WHEN occurred_at IS NULL OR flags & 128 THEN NULL ELSE body END,"
    " CASE WHEN occurred_at IS NULL OR flags & 128 THEN NULL ELSE kind END, sequence";
constexpr const char* kFoldOrderReversed =
    "effective_at DESC, occurred_at IS NULL OR flags & 128 DESC, CASE WHEN occurred_at IS NULL OR flags & 128 THEN NULL ELSE body END DESC,"
    " CASE WHEN occurred_at IS NULL OR flags & 128 THEN NULL ELSE kind END DESC, sequence DESC";

/// Reads kFoldColumns. The body is decoded later, by decode_body().
FoldEvent read_undecoded(Query& row) {
  FoldEvent event;
  event.sequence = Sequence(row.integer(0));
  event.kind = read_kind(row.integer(1));
  event.effective_at = to_timestamp(row.integer(2));
  const EventFlags flags = read_flags(row.integer(4));
  event.is_dated = is_dated(to_timestamp(row.optional_integer(3)), flags);
  event.is_conflict = flags.has(EventFlag::kind_conflict);
  event.body = row.bytes(5);
  return event;
}

/// Replaces the body by what it carries.
void decode_body(FoldEvent& event) {
  if (event.kind == EventKind::relation_create || event.kind == EventKind::relation_delete) {
    event.relation = decode_relation(event.body);
  } else {
    event.definition = decode_definition(event.body);
  }
  event.body.clear();
}

}  // namespace

StoredFold::StoredFold(SQLite::Database& database)
    : forwards_(database, std::string(kFoldColumns) + " FROM event WHERE subject_ref = ? AND sequence <= ? ORDER BY " + kFoldOrder),
      backwards_(database, std::string(kFoldColumns) +
                               " FROM event WHERE subject_ref = ? AND effective_at >= ? AND sequence <= ? AND NOT flags & 16"
                               " ORDER BY " +
                               kFoldOrderReversed) {}

std::optional<FoldedAssociation> StoredFold::fold_through(SubjectRef association, const AssociationKey& key, Sequence through) {
  Query row(forwards_);
  row.bind(association.value()).bind(through.value());
  if (!row.next()) return std::nullopt;
  AssociationFold folding(key);
  do {
    FoldEvent event = read_undecoded(row);
    decode_body(event);
    folding.add(std::move(event));
    ++events_read_;
  } while (row.next());
  return std::move(folding).take();
}

FoldedSubject StoredFold::fold_subject(SubjectRef subject, Sequence through) {
  Query row(forwards_);
  row.bind(subject.value()).bind(through.value());
  SubjectFold folding;
  while (row.next()) {
    FoldEvent event = read_undecoded(row);
    decode_body(event);
    folding.add(std::move(event));
  }
  return std::move(folding).take();
}

Definition StoredFold::not_overridden(SubjectRef association, const FoldEvent& event) {
  Definition fields = event.definition;
  Query row(backwards_);
  row.bind(association.value()).bind(to_column(event.effective_at)).bind(event.sequence.value());
  while (fields != Definition() && row.next()) {
    FoldEvent later = read_undecoded(row);
    if (later.sequence == event.sequence) break;
    decode_body(later);
    remove_overridden(fields, later.definition);
  }
  return fields;
}

// Without INDEXED BY, SQLite would sort the whole log.
FoldOfAll::FoldOfAll(SQLite::Database& database)
    : select_(database, std::string(kFoldColumns) +
                            ", subject_ref FROM event INDEXED BY event_by_subject WHERE subject_ref > 0 ORDER BY subject_ref, " + kFoldOrder),
      row_(select_),
      has_row_(row_.next()) {
  ahead_ = std::async(std::launch::async, decode, read_batch());
  pending_ = next_event();
}

const FoldOfAll::Folded* FoldOfAll::next() {
  if (pending_ == nullptr) return nullptr;
  SubjectFold folding;
  current_ = Folded{pending_->ref, {}, 0, pending_->event.sequence, {}};
  for (; pending_ != nullptr && pending_->ref == current_->ref; pending_ = next_event()) {
    ++current_->events;
    current_->first_sequence = std::min(current_->first_sequence, pending_->event.sequence);
    current_->last_sequence = std::max(current_->last_sequence, pending_->event.sequence);
    folding.add(std::move(pending_->event));
  }
  current_->folded = std::move(folding).take();
  return &*current_;
}

FoldOfAll::Item* FoldOfAll::next_event() {
  if (used_ == batch_.size()) {
    if (!ahead_.valid()) return nullptr;
    Batch following = read_batch();
    batch_ = ahead_.get();
    used_ = 0;
    if (!following.empty()) ahead_ = std::async(std::launch::async, decode, std::move(following));
    if (batch_.empty()) return nullptr;
  }
  return &batch_[used_++];
}

FoldOfAll::Batch FoldOfAll::read_batch() {
  Batch batch;
  std::size_t bytes = 0;
  while (has_row_ && batch.size() < kBatchEvents && bytes < kBatchBytes) {
    batch.push_back({SubjectRef(row_.integer(6)), read_undecoded(row_)});
    bytes += batch.back().event.body.size();
    has_row_ = row_.next();
  }
  return batch;
}

FoldOfAll::Batch FoldOfAll::decode(Batch batch) {
  for (Item& item : batch) decode_body(item.event);
  return batch;
}

}  // namespace ledger::storage
