// Writes the current state of a subject: folds each event into it, in the transaction that appends the event.
#include "storage/sqlite/projection.h"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

namespace ledger::storage {
namespace {

const Relation kAllFields{AssociationId{}, "", RecordId{}, "", RecordId{}};

/// Counts the lives that a late event changes, and sets when the present one began and ended, if it is among them. `state` is of `subject`, or
/// itself.
template <class Subject, class State>
void set_lives(Subject& subject, State& state, const ChangedLives& changed) {
  state.former_lives += static_cast<std::int64_t>(changed.after.size()) - static_cast<std::int64_t>(changed.before.size());
  const Life& present = changed.after.back();
  if (present.next) return;
  state.created_at = present.created_at;
  state.deleted_at.reset();
  subject.deleted_by.reset();
  if (present.end) {
    state.deleted_at = present.end->effective_at;
    subject.deleted_by = present.end->sequence;
  }
  state.deleted_at_is_dated = present.end.has_value();
}

}  // namespace

Projection::Projection(SQLite::Database& database)
    : associations_(database), relations_(database), locations_(database), stored_fold_(database), lives_(database) {}

SubjectState Projection::find(const EventLog::Interned& refs, const AssociationKey& key) {
  SubjectState state;
  switch (refs.kind) {
    case SubjectKind::association: state.association = associations_.find(refs.subject, key); break;
    case SubjectKind::relation: state.relation = relations_.find(refs.subject); break;
    case SubjectKind::location: state.installs = locations_.installs(refs.location); break;
  }
  return state;
}

void Projection::apply(const EventLog::Interned& refs, const AssociationKey& key, const SubjectState& before, FoldEvent event) {
  switch (refs.kind) {
    case SubjectKind::association: return apply_to_association(refs, key, before.association, std::move(event));
    case SubjectKind::relation: return apply_to_relation(refs, before.relation, std::move(event));
    case SubjectKind::location: return apply_to_installs(refs, before.installs.value_or(Installs{}), event);
  }
}

void Projection::replace(const EventLog::Interned& refs, const FoldedSubject& folded) {
  switch (refs.kind) {
    case SubjectKind::association: associations_.repair(refs.location, refs.subject, folded.association); break;
    case SubjectKind::relation: relations_.replace(refs.location, refs.subject, folded.relation); break;
    case SubjectKind::location: break;
  }
  locations_.recount(refs.location);
  if (refs.kind == SubjectKind::location) locations_.set_installs(refs.location, folded.installs);
}

void Projection::apply_to_association(const EventLog::Interned& refs, const AssociationKey& key, const std::optional<Association>& before,
                                      FoldEvent event) {
  const Sequence last = event.sequence;
  if (before && before->last_sequence >= last) {
    throw std::runtime_error("association_state row " + std::to_string(refs.subject.value()) + ": its last sequence lies beyond the log");
  }
  Association after;
  if (!before) {
    FoldedAssociation folded;
    folded.association.key = key;
    extend(folded, std::move(event));
    associations_.insert(refs.location, refs.subject, folded);
    after = std::move(folded.association);
  } else if (event.is_conflict || sorts_last(*before, event)) {
    after = *before;
    extend(after, std::move(event));
    associations_.update(refs.location, refs.subject, *before, after);
  } else if (only_sets_fields(*before, event)) {
    after = *before;
    insert_late(after, event, stored_fold_.not_overridden(refs.subject, event));
    associations_.update(refs.location, refs.subject, *before, after);
  } else if (const auto changed = lives_.changed_by(refs.subject, event)) {
    after = change_lives(refs, *before, event, *changed);
  } else {
    auto folded = stored_fold_.fold_through(refs.subject, key, last);
    if (!folded) throw std::runtime_error("event " + std::to_string(last.value()) + ": the index of the log does not have it");
    associations_.replace(refs.location, refs.subject, *folded);
    after = std::move(folded->association);
  }
  locations_.count(refs.location, change_of(before, after), {}, last);
}

Association Projection::change_lives(const EventLog::Interned& refs, const Association& before, const FoldEvent& event, const ChangedLives& changed) {
  // No event of these lives carries a field that they do not have.
  Definition wanted = event.definition;
  for (const Life& life : changed.before) {
    add_earlier(wanted, life.next ? *associations_.definition_of(refs.location, *life.end) : *before.state.definition);
  }
  Association after = before;
  after.last_sequence = event.sequence;
  set_lives(after, after.state, changed);
  std::vector<EndedLife> ended;
  for (const Life& life : changed.after) {
    const SharedDefinition definition = stored_fold_.definition_of(refs.subject, life, wanted);
    if (life.end) ended.push_back({definition, life.created_at, life.end->effective_at, life.end->sequence});
    if (!life.next) after.state.definition = definition;
  }
  associations_.replace_lives(refs.location, refs.subject, changed.before, ended, after);
  return after;
}

void Projection::apply_to_relation(const EventLog::Interned& refs, const std::optional<RelationState>& before, FoldEvent event) {
  const Sequence last = event.sequence;
  RelationState after = before.value_or(RelationState{});
  if (!before || event.is_conflict || sorts_last(*before, event)) {
    extend(after, std::move(event));
  } else {
    after = with_late_event(refs.subject, *before, event);
  }
  if (before) {
    relations_.update(refs.location, refs.subject, after);
  } else {
    relations_.insert(refs.location, refs.subject, after);
  }
  locations_.count(refs.location, {}, change_of(before, after), last);
}

RelationState Projection::with_late_event(SubjectRef relation, const RelationState& before, const FoldEvent& event) {
  const bool is_over = before.is_deleted() && !before.deleted_at_is_dated;
  const auto changed = is_over ? std::nullopt : lives_.changed_by(relation, event);
  if (!changed) return stored_fold_.fold_subject(relation, event.sequence).relation;
  RelationState after = before;
  after.last_sequence = event.sequence;
  set_lives(after, after, *changed);
  if (event.kind == EventKind::relation_create && event.is_dated) after.vouched_at = std::max(before.vouched_at, std::optional(event.effective_at));
  const Life& present = changed->after.back();
  if (present.next) return after;
  // What former lives carried is not known here.
  Relation wanted = changed->before.front().next ? kAllFields : event.relation;
  add_earlier(wanted, before.relation);
  after.relation = stored_fold_.relation_of(relation, present, wanted);
  return after;
}

void Projection::apply_to_installs(const EventLog::Interned& refs, const Installs& before, const FoldEvent& event) {
  Installs after = before;
  if (event.is_conflict || sorts_last(before, event)) {
    extend(after, event);
  } else {
    after = stored_fold_.fold_subject(refs.subject, event.sequence).installs;
  }
  locations_.touch(refs.location, event.sequence);
  locations_.set_installs(refs.location, after);
}

}  // namespace ledger::storage
