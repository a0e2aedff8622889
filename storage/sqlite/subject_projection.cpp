// Writes the current state of a subject of any kind, in the transaction that appends its event.
#include "storage/sqlite/subject_projection.h"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

namespace ledger::storage {
namespace {

const Relation kAllFields{AssociationId{}, "", RecordId{}, "", RecordId{}};

}  // namespace

SubjectProjection::SubjectProjection(SQLite::Database& database)
    : locations_(database), associations_(database, locations_), relations_(database), stored_fold_(database), lives_(database) {}

SubjectState SubjectProjection::find(const EventLog::Interned& refs, const AssociationKey& key) {
  SubjectState state;
  switch (refs.kind) {
    case SubjectKind::association: state.association = associations_.find(refs.subject, key); break;
    case SubjectKind::relation: state.relation = relations_.find(refs.subject); break;
    case SubjectKind::location: state.installs = locations_.installs(refs.location); break;
  }
  return state;
}

void SubjectProjection::apply(const EventLog::Interned& refs, const AssociationKey& key, const SubjectState& before, FoldEvent event) {
  switch (refs.kind) {
    case SubjectKind::association: return associations_.apply(refs, key, before.association, std::move(event));
    case SubjectKind::relation: return apply_to_relation(refs, before.relation, std::move(event));
    case SubjectKind::location: return apply_to_installs(refs, before.installs.value_or(Installs{}), event);
  }
}

void SubjectProjection::replace(const EventLog::Interned& refs, const FoldedSubject& folded) {
  switch (refs.kind) {
    case SubjectKind::association: associations_.replace(refs.location, refs.subject, folded.association); break;
    case SubjectKind::relation: relations_.replace(refs.location, refs.subject, folded.relation); break;
    case SubjectKind::location: break;
  }
  locations_.recount(refs.location);
  if (refs.kind == SubjectKind::location) locations_.set_installs(refs.location, folded.installs);
}

RelationState SubjectProjection::with_late_event(SubjectRef relation, const RelationState& before, const FoldEvent& event) {
  const bool is_over = before.is_deleted() && !before.deleted_at_is_dated;
  const auto changed = is_over ? std::nullopt : lives_.changed_by(relation, event);
  if (!changed) return stored_fold_.fold_subject(relation, event.sequence).relation;
  RelationState after = before;
  after.last_sequence = event.sequence;
  after.former_lives += static_cast<std::int64_t>(changed->after.size()) - static_cast<std::int64_t>(changed->before.size());
  if (event.kind == EventKind::relation_create && event.is_dated) after.vouched_at = std::max(before.vouched_at, std::optional(event.effective_at));
  const Life& present = changed->after.back();
  if (present.next) return after;
  // What former lives carried is not known here.
  Relation wanted = changed->before.front().next ? kAllFields : event.relation;
  add_earlier(wanted, before.relation);
  after.relation = stored_fold_.relation_of(relation, present, wanted);
  after.created_at = present.created_at;
  after.deleted_at.reset();
  after.deleted_by.reset();
  if (present.end) {
    after.deleted_at = present.end->effective_at;
    after.deleted_by = present.end->sequence;
  }
  after.deleted_at_is_dated = present.end.has_value();
  return after;
}

void SubjectProjection::apply_to_relation(const EventLog::Interned& refs, const std::optional<RelationState>& before, FoldEvent event) {
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

void SubjectProjection::apply_to_installs(const EventLog::Interned& refs, const Installs& before, const FoldEvent& event) {
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
