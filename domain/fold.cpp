// The fold: one step function, applied to sorted events, or to a state and one later event.
#include "domain/fold.h"

#include "domain/check.h"

#include <algorithm>
#include <utility>

namespace ledger {
namespace {

bool ends_life(EventKind kind) noexcept {
  return kind == EventKind::association_delete || kind == EventKind::missing;
}

/// REQUIRES that the association is deleted and that the event sorts after all of its events.
bool begins_life(const AssociationState& state, const FoldEvent& event) noexcept {
  if (event.kind == EventKind::association_create) return event.is_dated && state.deleted_at_is_dated;
  return event.kind == EventKind::observed && event.effective_at - *state.deleted_at > kObservedAfterDelete;
}

void set_fields(AssociationState& state, Definition&& carried, bool inferred) {
  Definition known = *state.definition;
  for (std::size_t i = 0; i < kDefinitionFields.size(); ++i) {
    auto& field = carried.*kDefinitionFields[i];
    if (!field) continue;
    known.*kDefinitionFields[i] = std::move(field);
    const std::uint32_t bit = 1U << i;
    state.inferred = inferred ? state.inferred | bit : state.inferred & ~bit;
  }
  state.definition = std::move(known);
}

void revive(Association& association) {
  association.state.deleted_at.reset();
  association.state.deleted_at_is_dated = false;
  association.deleted_by.reset();
}

void begin_life(Association& association, std::vector<EndedLife>* former_lives) {
  AssociationState& state = association.state;
  if (former_lives != nullptr) {
    former_lives->push_back({std::move(state.definition), state.created_at, *state.deleted_at, association.deleted_by.value()});
  }
  AssociationState fresh;
  fresh.former_lives = state.former_lives + 1;
  state = std::move(fresh);
  association.deleted_by.reset();
}

/// Applies the next event in the order of the fold.
void step(Association& association, FoldEvent event, std::vector<EndedLife>* former_lives) {
  bool is_new_life = association.last_sequence == Sequence{};
  association.last_sequence = std::max(association.last_sequence, event.sequence);
  if (event.is_conflict) return;
  AssociationState& state = association.state;
  const bool is_inferred = is_observation(event.kind);
  if (association.is_deleted()) {
    if (begins_life(state, event)) {
      begin_life(association, former_lives);
      is_new_life = true;
    } else if ((state.inferred & kInferredLife) != 0 && !is_inferred && (event.is_dated || ends_life(event.kind))) {
      revive(association);
    }
  }
  set_fields(state, std::move(event.definition), is_inferred);
  state.updated_at = event.effective_at;
  if (event.kind == EventKind::association_create && !state.created_at) state.created_at = event.effective_at;
  if (association.is_deleted()) return;

  const bool is_end = ends_life(event.kind);
  if (!is_inferred) {
    state.inferred &= ~kInferredLife;
  } else if (is_new_life || is_end) {
    state.inferred |= kInferredLife;
  }
  if (is_end) {
    state.deleted_at = event.effective_at;
    state.deleted_at_is_dated = event.is_dated;
    association.deleted_by = event.sequence;
  }
}

}  // namespace

std::strong_ordering fold_order(const FoldEvent& left, const FoldEvent& right) {
  if (const auto order = left.effective_at <=> right.effective_at; order != 0) return order;
  if (left.is_dated != right.is_dated) return left.is_dated ? std::strong_ordering::less : std::strong_ordering::greater;
  if (!left.is_dated) return left.sequence <=> right.sequence;
  if (const auto order = left.body <=> right.body; order != 0) return order;
  if (const auto order = left.kind <=> right.kind; order != 0) return order;
  return left.sequence <=> right.sequence;
}

void extend(FoldedAssociation& folded, FoldEvent event) {
  step(folded.association, std::move(event), &folded.former_lives);
}

bool sorts_last(const Association& association, const FoldEvent& event) noexcept {
  const Timestamp last = association.state.updated_at;
  return event.effective_at > last || (event.effective_at == last && !event.is_dated);
}

void extend(Association& association, FoldEvent event) {
  LEDGER_CHECK(event.is_conflict || sorts_last(association, event));
  LEDGER_CHECK(event.sequence > association.last_sequence);
  step(association, std::move(event), nullptr);
}

bool only_sets_fields(const Association& association, const FoldEvent& event) noexcept {
  const AssociationState& state = association.state;
  if (state.inferred != 0) return false;
  if (state.former_lives != 0 && (!state.created_at || event.effective_at <= *state.created_at)) return false;
  const bool is_after_end = state.deleted_at && event.effective_at > *state.deleted_at;
  if (event.kind == EventKind::association_update) return true;
  if (event.kind == EventKind::association_delete) return is_after_end;
  return event.kind == EventKind::association_create && (!event.is_dated || (is_after_end && !state.deleted_at_is_dated));
}

void remove_overridden(Definition& fields, const Definition& later) {
  for (const auto field : kDefinitionFields) {
    if (later.*field) (fields.*field).reset();
  }
}

void add_earlier(Definition& fields, const Definition& earlier) {
  for (const auto field : kDefinitionFields) {
    if (!(fields.*field)) fields.*field = earlier.*field;
  }
}

bool has_fields_of(const Definition& fields, const Definition& wanted) noexcept {
  return std::all_of(kDefinitionFields.begin(), kDefinitionFields.end(), [&](const auto field) { return fields.*field || !(wanted.*field); });
}

void insert_late(Association& association, const FoldEvent& event, const Definition& fields) {
  LEDGER_CHECK(only_sets_fields(association, event));
  association.last_sequence = std::max(association.last_sequence, event.sequence);
  AssociationState& state = association.state;
  set_fields(state, Definition(fields), false);
  if (event.kind == EventKind::association_create) state.created_at = std::min(state.created_at.value_or(event.effective_at), event.effective_at);
}

EventFlags arrival_flags(const Association* before, const FoldEvent& event) noexcept {
  EventFlags flags;
  if (before == nullptr) return flags;
  if (event.effective_at < before->state.updated_at) flags.set(EventFlag::late);
  if (before->is_deleted() && (event.kind == EventKind::association_create || event.kind == EventKind::association_update)) {
    const bool is_recreated = begins_life(before->state, event) && event.effective_at > *before->state.deleted_at;
    flags.set(is_recreated ? EventFlag::recreated : EventFlag::after_delete);
  }
  return flags;
}

}  // namespace ledger
