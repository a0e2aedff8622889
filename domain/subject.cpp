// What a subject of any kind is now, and the fold that asks for no kind.
#include "domain/subject.h"

#include <utility>

namespace ledger {

std::optional<Sequence> ended_by(const SubjectState& state) noexcept {
  if (state.association) return state.association->deleted_by;
  if (state.relation) return state.relation->deleted_by;
  return std::nullopt;
}

EventFlags arrival_flags(const SubjectState& before, const FoldEvent& event) noexcept {
  if (before.association) return arrival_flags(&*before.association, event);
  if (before.relation) return arrival_flags(*before.relation, event);
  if (before.installs) return arrival_flags(*before.installs, event);
  return {};
}

void extend(FoldedSubject& subject, FoldEvent event) {
  if (event.is_conflict) {
    // It may be of a kind of another subject, and changes nothing but the last sequence.
    extend(subject.relation, event);
    return extend(subject.association, std::move(event));
  }
  switch (event.kind) {
    case EventKind::relation_create:
    case EventKind::relation_delete: return extend(subject.relation, std::move(event));
    case EventKind::install:
    case EventKind::uninstall: return extend(subject.installs, event);
    case EventKind::association_create:
    case EventKind::association_update:
    case EventKind::association_delete:
    case EventKind::observed:
    case EventKind::missing: return extend(subject.association, std::move(event));
  }
}

}  // namespace ledger
