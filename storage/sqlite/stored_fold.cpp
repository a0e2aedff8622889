// Folds a subject from its events in the log: for late arrivals, for the past, for rebuild and for verify.
#include "storage/sqlite/stored_fold.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace ledger::storage {
namespace {

// The size of a batch: enough to keep a second thread busy. Two batches are in memory, each of at most these bytes and one body.
constexpr std::size_t kBatchEvents = 4096;
constexpr std::size_t kBatchBytes = std::size_t{4} * 1024 * 1024;

}  // namespace

StoredFold::StoredFold(SQLite::Database& database)
    : tie_order_(database),
      forwards_(database, std::string(kFoldColumns) + "WHERE subject_ref = ? AND sequence <= ? ORDER BY effective_at"),
      backwards_(database, std::string(kFoldColumns) +
                               "WHERE subject_ref = ? AND effective_at >= ? AND sequence <= ? AND NOT flags & 16 ORDER BY effective_at DESC"),
      life_(database,
            std::string(kFoldColumns) + "WHERE subject_ref = ? AND effective_at BETWEEN ? AND ? AND NOT flags & 16 ORDER BY effective_at DESC") {}

std::optional<FoldedAssociation> StoredFold::fold_through(SubjectRef association, const AssociationKey& key, Sequence through) {
  FoldedAssociation folded = fold_subject(association, through).association;
  if (folded.association.last_sequence == Sequence{}) return std::nullopt;
  folded.association.key = key;
  return folded;
}

FoldedSubject StoredFold::fold_subject(SubjectRef subject, Sequence through) {
  Query row(forwards_);
  row.bind(subject.value()).bind(through.value());
  OrderedEvents events(row, tie_order_, ReadingOrder::oldest_first);
  FoldedSubject folded;
  while (auto item = events.next()) {
    decode_body(item->event);
    extend(folded, std::move(item->event));
    ++events_read_;
  }
  return folded;
}

Definition StoredFold::not_overridden(SubjectRef association, const FoldEvent& event) {
  Definition fields = event.definition;
  std::optional<FoldEvent> with_body;
  Query row(backwards_);
  row.bind(association.value()).bind(to_column(event.effective_at)).bind(event.sequence.value());
  while (fields != Definition() && row.next()) {
    FoldEvent other = read_undecoded(row);
    if (other.effective_at == event.effective_at) {
      // The order among these does not matter, only on which side of the event each is.
      if (!with_body) with_body = tie_order_.read(event.sequence);
      if (fold_order(other, *with_body) <= 0) continue;
    }
    decode_body(other);
    remove_overridden(fields, other.definition);
  }
  return fields;
}

template <class Fields>
Fields StoredFold::fields_of(SubjectRef subject, const Life& life, const Fields& wanted, Fields FoldEvent::*carried) {
  Fields fields;
  Query row(life_);
  row.bind(subject.value())
      .bind(to_column(life.begin ? life.begin->effective_at : Timestamp::min()))
      .bind(to_column(life.next ? life.next->effective_at : Timestamp::max()));
  OrderedEvents events(row, tie_order_, ReadingOrder::newest_first);
  bool is_in_life = !life.next;
  while (!has_fields_of(fields, wanted)) {
    auto item = events.next();
    if (!item) break;
    if (is_in_life) {
      decode_body(item->event);
      add_earlier(fields, item->event.*carried);
    }
    if (life.begin && item->event.sequence == life.begin->sequence) break;
    is_in_life = is_in_life || item->event.sequence == life.next->sequence;
  }
  return fields;
}

Definition StoredFold::definition_of(SubjectRef association, const Life& life, const Definition& wanted) {
  return fields_of(association, life, wanted, &FoldEvent::definition);
}

Relation StoredFold::relation_of(SubjectRef relation, const Life& life, const Relation& wanted) {
  return fields_of(relation, life, wanted, &FoldEvent::relation);
}

// Without INDEXED BY, SQLite would sort the whole log.
FoldOfAll::FoldOfAll(SQLite::Database& database)
    : tie_order_(database),
      select_(database, std::string(kFoldColumns) + "INDEXED BY event_by_subject WHERE subject_ref > 0 ORDER BY subject_ref, effective_at"),
      row_(select_),
      events_(row_, tie_order_, ReadingOrder::oldest_first) {
  ahead_ = std::async(std::launch::async, decode, read_batch());
  pending_ = next_event();
}

const FoldOfAll::Folded* FoldOfAll::next() {
  if (pending_ == nullptr) return nullptr;
  current_ = Folded{pending_->subject, {}, 0, pending_->event.sequence, {}};
  for (; pending_ != nullptr && pending_->subject == current_->ref; pending_ = next_event()) {
    ++current_->events;
    current_->first_sequence = std::min(current_->first_sequence, pending_->event.sequence);
    current_->last_sequence = std::max(current_->last_sequence, pending_->event.sequence);
    extend(current_->folded, std::move(pending_->event));
  }
  return &*current_;
}

OrderedEvents::Item* FoldOfAll::next_event() {
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
  while (batch.size() < kBatchEvents && bytes < kBatchBytes) {
    auto item = events_.next();
    if (!item) break;
    bytes += item->event.body.size();
    batch.push_back(*std::move(item));
  }
  return batch;
}

FoldOfAll::Batch FoldOfAll::decode(Batch batch) {
  for (OrderedEvents::Item& item : batch) decode_body(item.event);
  return batch;
}

}  // namespace ledger::storage
