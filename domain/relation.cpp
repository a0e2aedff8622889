// The fold of a relation, and how lists show it.
#include "domain/relation.h"

#include <algorithm>
#include <utility>

namespace ledger {
namespace {

/// Only a dated Create after a dated Delete begins a new life. REQUIRES that the relation is deleted.
bool recreates(const RelationState& relation, const FoldEvent& event) noexcept {
  return event.kind == EventKind::relation_create && event.is_dated && relation.deleted_at_is_dated;
}

void begin_life(RelationState& relation) {
  RelationState fresh;
  fresh.key = std::move(relation.key);
  fresh.former_lives = relation.former_lives + 1;
  fresh.last_sequence = relation.last_sequence;
  relation = std::move(fresh);
}

}  // namespace

bool sorts_last(const RelationState& relation, const FoldEvent& event) noexcept {
  return event.effective_at > relation.updated_at || (event.effective_at == relation.updated_at && !event.is_dated);
}

void extend(RelationState& relation, FoldEvent event) {
  relation.last_sequence = std::max(relation.last_sequence, event.sequence);
  if (event.is_conflict) return;
  if (relation.is_deleted() && recreates(relation, event)) begin_life(relation);
  add_earlier(event.relation, relation.relation);
  relation.relation = std::move(event.relation);
  relation.updated_at = event.effective_at;
  if (event.kind == EventKind::relation_create) {
    if (!relation.created_at) relation.created_at = event.effective_at;
    if (event.is_dated) relation.vouched_at = event.effective_at;
  } else if (!relation.is_deleted()) {
    relation.deleted_at = event.effective_at;
    relation.deleted_at_is_dated = event.is_dated;
    relation.deleted_by = event.sequence;
  }
}

void add_earlier(Relation& fields, const Relation& earlier) {
  const auto add = [](auto& field, const auto& known) {
    if (!field) field = known;
  };
  add(fields.association, earlier.association);
  add(fields.first_object_key, earlier.first_object_key);
  add(fields.first_record, earlier.first_record);
  add(fields.second_object_key, earlier.second_object_key);
  add(fields.second_record, earlier.second_record);
}

bool has_fields_of(const Relation& fields, const Relation& wanted) noexcept {
  return (fields.association || !wanted.association) && (fields.first_object_key || !wanted.first_object_key) &&
         (fields.first_record || !wanted.first_record) && (fields.second_object_key || !wanted.second_object_key) &&
         (fields.second_record || !wanted.second_record);
}

EventFlags arrival_flags(const RelationState& before, const FoldEvent& event) noexcept {
  EventFlags flags;
  if (event.effective_at < before.updated_at) flags.set(EventFlag::late);
  if (before.is_deleted() && event.kind == EventKind::relation_create) {
    const bool is_recreated = recreates(before, event) && event.effective_at > *before.deleted_at;
    flags.set(is_recreated ? EventFlag::recreated : EventFlag::after_delete);
  }
  return flags;
}

std::string_view name(RelationStatus status) noexcept {
  switch (status) {
    case RelationStatus::active: return "active";
    case RelationStatus::deleted: return "deleted";
    case RelationStatus::association_deleted: return "association_deleted";
  }
  return {};
}

RelationStatus status_of(const RelationState& relation, const std::optional<Timestamp>& association_ended_at) noexcept {
  if (relation.is_deleted()) return RelationStatus::deleted;
  const bool was_there = association_ended_at && relation.created_at && *relation.created_at < *association_ended_at;
  const bool is_vouched_for = was_there && relation.vouched_at > association_ended_at;
  return was_there && !is_vouched_for ? RelationStatus::association_deleted : RelationStatus::active;
}

bool RelationFilter::matches(const ShownRelation& relation) const {
  const Relation& said = relation.state.relation;
  const bool is_active = relation.status == RelationStatus::active;
  return (status == StatusFilter::all || is_active == (status == StatusFilter::active)) && (!id || relation.state.key.id == id) &&
         (!association || said.association == association) && (!record || said.first_record == record || said.second_record == record);
}

}  // namespace ledger
