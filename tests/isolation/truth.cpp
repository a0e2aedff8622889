// What every question about any prefix of a log must be answered, folded anew from that log.
#include "tests/isolation/truth.h"

#include "tests/support/fold_oracle.h"
#include "tests/support/generators.h"

#include <algorithm>
#include <utility>

namespace ledger::test {
namespace {

template <class Key>
Sequence last_in(const std::map<Key, std::vector<Sequence>>& index, const Key& key, Sequence through) {
  const auto found = index.find(key);
  if (found == index.end()) return Sequence(0);
  const auto behind = std::upper_bound(found->second.begin(), found->second.end(), through);
  return behind == found->second.begin() ? Sequence(0) : *std::prev(behind);
}

template <class Key>
std::optional<Sequence> next_in(const std::map<Key, std::vector<Sequence>>& index, const Key& key, Sequence after) {
  const auto found = index.find(key);
  if (found == index.end()) return std::nullopt;
  const auto behind = std::upper_bound(found->second.begin(), found->second.end(), after);
  if (behind == found->second.end()) return std::nullopt;
  return *behind;
}

DeletionPosition position_of(const Deletion& deletion) {
  return {deletion.life.deleted_at, deletion.life.deleted_by};
}

}  // namespace

Truth::Truth(const std::vector<RecordedEvent>& log) : log_(log) {
  std::map<AssociationKey, std::vector<FoldEvent>> events;
  for (const RecordedEvent& event : log_) {
    all_.push_back(event.sequence);
    by_location_[event.association.location].push_back(event.sequence);
    by_association_[event.association].push_back(event.sequence);
    std::vector<FoldEvent>& folded = events[event.association];
    // From the bytes again: what the store derived from them is not to be trusted here.
    folded.push_back(fold_event(new_event(event.delivery.body, event.kind), event.sequence, event.recorded_at));
    folded.back().is_conflict = event.flags.has(EventFlag::kind_conflict);
    states_[event.association].push_back(fold(event.association, folded));
  }
}

const RecordedEvent* Truth::event(Sequence sequence) const {
  if (sequence < Sequence(1) || sequence.value() > static_cast<std::int64_t>(log_.size())) return nullptr;
  return &log_[static_cast<std::size_t>(sequence.value() - 1)];
}

Sequence Truth::last_of(const LocationId& location, Sequence through) const {
  return last_in(by_location_, location, through);
}
Sequence Truth::last_of(const AssociationKey& association, Sequence through) const {
  return last_in(by_association_, association, through);
}
std::optional<Sequence> Truth::next_of(const LocationId& location, Sequence after) const {
  return next_in(by_location_, location, after);
}
std::optional<Sequence> Truth::next_of(const AssociationKey& association, Sequence after) const {
  return next_in(by_association_, association, after);
}

const FoldedAssociation* Truth::folded(const AssociationKey& key, Sequence through) const {
  const auto found = by_association_.find(key);
  if (found == by_association_.end()) return nullptr;
  const auto count = std::upper_bound(found->second.begin(), found->second.end(), through) - found->second.begin();
  return count == 0 ? nullptr : &states_.at(key)[static_cast<std::size_t>(count) - 1];
}

std::optional<Association> Truth::association(const AssociationKey& key, Sequence through) const {
  const FoldedAssociation* const found = folded(key, through);
  return found == nullptr ? std::nullopt : std::optional(found->association);
}

std::vector<Deletion> Truth::deletions_of(const AssociationKey& key, Sequence through) const {
  const FoldedAssociation* const found = folded(key, through);
  if (found == nullptr) return {};
  const Association& present = found->association;
  std::vector<EndedLife> lives = found->former_lives;
  if (present.is_deleted()) lives.push_back({present.state.definition, present.state.created_at, *present.state.deleted_at, *present.deleted_by});
  std::vector<Deletion> deletions;
  for (EndedLife& life : lives) {
    const RecordedEvent* const by = event(life.deleted_by);
    deletions.push_back({key, std::move(life), by->kind, by->sequence == present.deleted_by, by->webhook_id, by->trace_id, by->recorded_at});
  }
  return deletions;
}

AssociationPage Truth::page(const AssociationQuery& query, Sequence through) const {
  AssociationPage page;
  page.as_of = through;
  for (const auto& [key, sequences] : by_association_) {
    if (key.location != query.location || (query.after && key.id <= *query.after)) continue;
    auto state = association(key, through);
    if (!state || !query.filter.matches(*state)) continue;
    if (page.associations.size() == query.limit) {
      page.next = page.associations.back().key.id;
      break;
    }
    page.associations.push_back(*std::move(state));
  }
  return page;
}

DeletionPage Truth::page(const DeletionQuery& query, Sequence through) const {
  DeletionPage page;
  page.as_of = through;
  for (const auto& [key, sequences] : by_association_) {
    if (key.location != query.location) continue;
    for (Deletion& deletion : deletions_of(key, through)) {
      const Timestamp deleted_at = deletion.life.deleted_at;
      if ((query.from && deleted_at < *query.from) || (query.to && deleted_at >= *query.to)) continue;
      if (!query.after || position_of(deletion) < *query.after) page.deletions.push_back(std::move(deletion));
    }
  }
  std::sort(page.deletions.begin(), page.deletions.end(),
            [](const Deletion& left, const Deletion& right) { return position_of(left) > position_of(right); });
  if (page.deletions.size() > query.limit) {
    page.deletions.resize(query.limit);
    page.next = position_of(page.deletions.back());
  }
  return page;
}

LocationPage Truth::page(const LocationQuery& query, Sequence through) const {
  LocationPage page;
  page.as_of = through;
  for (const auto& [location, sequences] : by_location_) {
    const Sequence last = last_of(location, through);
    if ((query.after && location <= *query.after) || last == Sequence(0)) continue;
    if (page.locations.size() == query.limit) {
      page.next = page.locations.back().location;
      break;
    }
    LocationSummary summary{location, 0, 0, last, event(last)->recorded_at};
    for (const auto& [key, unused] : by_association_) {
      if (key.location != location) continue;
      const auto state = association(key, through);
      if (state) ++(state->is_deleted() ? summary.deleted_associations : summary.active_associations);
    }
    page.locations.push_back(std::move(summary));
  }
  return page;
}

EventPage Truth::events_page(const std::vector<Sequence>& sequences, Sequence after, std::size_t limit, std::size_t bytes_max) const {
  EventPage page;
  std::size_t bytes = 0;
  for (const Sequence sequence : sequences) {
    if (sequence <= after) continue;
    if (page.events.size() == limit || bytes >= bytes_max) {
      page.has_more = true;
      break;
    }
    page.events.push_back(*event(sequence));
    bytes += page.events.back().delivery.body.size();
  }
  return page;
}

EventPage Truth::page(const HistoryQuery& query, Sequence through) const {
  std::vector<Sequence> sequences;
  if (const auto found = by_association_.find(query.association); found != by_association_.end()) sequences = found->second;
  std::erase_if(sequences, [through](Sequence sequence) { return sequence > through; });
  EventPage page = events_page(sequences, query.after, query.limit, query.bytes_max);
  page.last_sequence = sequences.empty() ? Sequence(0) : sequences.back();
  return page;
}

EventPage Truth::page(const EventQuery& query, Sequence through) const {
  std::vector<Sequence> sequences = all_;
  std::erase_if(sequences, [through](Sequence sequence) { return sequence > through; });
  EventPage page = events_page(sequences, query.after, query.limit, query.bytes_max);
  page.last_sequence = sequences.empty() ? Sequence(0) : sequences.back();
  return page;
}

}  // namespace ledger::test
