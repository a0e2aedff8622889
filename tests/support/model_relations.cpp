// What the model answers about relations.
#include "tests/support/model_event_store.h"

#include <algorithm>
#include <set>
#include <utility>

namespace ledger::test {

std::vector<ShownRelation> ModelEventStore::relations_of(const LocationId& location, Sequence through) const {
  std::vector<ShownRelation> relations;
  std::set<AssociationKey> seen;
  for (const RecordedEvent& event : log_) {
    if (event.sequence > through) break;
    if (event.subject != SubjectKind::relation || event.association.location != location || !seen.insert(event.association).second) continue;
    ShownRelation& shown = relations.emplace_back();
    shown.state = *state({SubjectKind::relation, event.association}, through).relation;
    shown.state.key = {location, RelationId(event.association.id.value())};
    std::optional<Timestamp> ended_at;
    if (const auto& association = shown.state.relation.association; association && folded({location, *association}, through)) {
      for (const Deletion& deletion : deletions_of({location, *association}, through))
        ended_at = std::max(ended_at, std::optional(deletion.life.deleted_at));
    }
    shown.status = status_of(shown.state, ended_at);
  }
  return relations;
}

void ModelEventStore::list_relations(RelationQuery query, Callback<RelationPage> done) {
  MutexLock lock(mutex_);
  const Result<Sequence> through = resolve(query.as_of, query.location);
  if (!through) {
    lock.unlock();
    return done(through.error());
  }
  RelationPage page;
  page.as_of = *through;
  bool has_begun = !query.after;
  for (ShownRelation& relation : relations_of(query.location, *through)) {
    if (has_begun && query.filter.matches(relation)) {
      if (page.relations.size() == query.limit) {
        page.next = page.relations.back().state.key.id;
        break;
      }
      page.relations.push_back(relation);
    }
    has_begun = has_begun || relation.state.key.id == query.after;
  }
  lock.unlock();
  done(std::move(page));
}

}  // namespace ledger::test
