// The fold: one step function, applied to sorted events, or to a state and one later event.
#include "domain/fold.h"

#include "domain/check.h"

#include <algorithm>
#include <utility>

namespace ledger {
namespace {

void set_if_carried(std::optional<std::string>& field, std::optional<std::string>& carried) {
  if (carried) field = std::move(carried);
}

void merge(Definition& known, Definition carried) {
  set_if_carried(known.key, carried.key);
  set_if_carried(known.association_type, carried.association_type);
  set_if_carried(known.first_object_key, carried.first_object_key);
  set_if_carried(known.first_object_label, carried.first_object_label);
  set_if_carried(known.first_to_second_cardinality, carried.first_to_second_cardinality);
  set_if_carried(known.second_object_key, carried.second_object_key);
  set_if_carried(known.second_object_label, carried.second_object_label);
  set_if_carried(known.second_to_first_cardinality, carried.second_to_first_cardinality);
}

/// Applies the next event in fold order, so the first Create and the first Delete are the earliest.
void step(Association& association, FoldEvent event) {
  AssociationState& state = association.state;
  merge(state.definition, std::move(event.definition));
  state.updated_at = event.effective_at();
  association.last_sequence = std::max(association.last_sequence, event.sequence);
  switch (event.kind) {
    case EventKind::association_create:
      if (!state.created_at) state.created_at = event.effective_at();
      break;
    case EventKind::association_delete:
      if (!state.deleted_at) {
        state.deleted_at = event.effective_at();
        association.deleted_by = event.sequence;
      }
      break;
    case EventKind::association_update:
    case EventKind::relation_create:
    case EventKind::relation_delete:
    case EventKind::install:
    case EventKind::uninstall:
    case EventKind::observed:
    case EventKind::missing: break;
  }
}

}  // namespace

std::strong_ordering fold_order(const FoldEvent& left, const FoldEvent& right) {
  if (const auto order = left.effective_at() <=> right.effective_at(); order != 0) return order;
  const bool left_is_dated = left.occurred_at.has_value();
  const bool right_is_dated = right.occurred_at.has_value();
  if (left_is_dated != right_is_dated) return left_is_dated ? std::strong_ordering::less : std::strong_ordering::greater;
  if (!left_is_dated) return left.sequence <=> right.sequence;
  if (const auto order = left.body <=> right.body; order != 0) return order;
  return left.sequence <=> right.sequence;
}

Association fold(AssociationKey key, std::vector<FoldEvent> events) {
  LEDGER_CHECK(!events.empty());
  std::sort(events.begin(), events.end(), [](const FoldEvent& left, const FoldEvent& right) { return fold_order(left, right) < 0; });
  Association association;
  association.key = std::move(key);
  for (FoldEvent& event : events) step(association, std::move(event));
  return association;
}

bool sorts_last(const Association& association, const FoldEvent& event) noexcept {
  return event.effective_at() > association.state.updated_at;
}

void extend(Association& association, FoldEvent event) {
  LEDGER_CHECK(sorts_last(association, event));
  LEDGER_CHECK(event.sequence > association.last_sequence);
  step(association, std::move(event));
}

EventFlags arrival_flags(const Association* before, EventKind kind, Timestamp effective_at) noexcept {
  EventFlags flags;
  if (before == nullptr) return flags;
  if (effective_at < before->state.updated_at) flags.set(EventFlag::late);
  if (before->is_deleted() && kind != EventKind::association_delete) flags.set(EventFlag::after_delete);
  return flags;
}

}  // namespace ledger
