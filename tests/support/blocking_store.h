// An EventStore asked the way tests ask: call, wait, look at the result.
#pragma once

#include "domain/event_store.h"

#include <future>
#include <memory>
#include <utility>

namespace ledger::test {

/// Borrows a store. Every method blocks until the store has answered; ctest's timeout is the bound of last resort.
class BlockingStore {
 public:
  explicit BlockingStore(EventStore& store) : store_(store) {}

  Result<Appended> append(NewEvent event) { return ask<Appended>(&EventStore::append, std::move(event)); }
  Result<QuarantineId> quarantine(NewQuarantine delivery) { return ask<QuarantineId>(&EventStore::quarantine, std::move(delivery)); }
  Result<QuarantineId> dismiss(QuarantineId id) { return ask<QuarantineId>(&EventStore::dismiss, id); }
  Result<QuarantinePage> list_quarantine(QuarantineQuery query) { return ask<QuarantinePage>(&EventStore::list_quarantine, std::move(query)); }
  Result<QuarantinedDelivery> find_quarantined(QuarantineId id) { return ask<QuarantinedDelivery>(&EventStore::find_quarantined, id); }
  Result<AssociationPage> list_associations(AssociationQuery query) { return ask<AssociationPage>(&EventStore::list_associations, std::move(query)); }
  Result<Association> find_association(AssociationKey key) { return ask<Association>(&EventStore::find_association, std::move(key)); }
  Result<RelationPage> list_relations(RelationQuery query) { return ask<RelationPage>(&EventStore::list_relations, std::move(query)); }
  Result<DeletionPage> list_deletions(DeletionQuery query) { return ask<DeletionPage>(&EventStore::list_deletions, std::move(query)); }
  Result<EventPage> list_history(HistoryQuery query) { return ask<EventPage>(&EventStore::list_history, std::move(query)); }
  Result<EventPage> list_events(EventQuery query) { return ask<EventPage>(&EventStore::list_events, query); }
  Result<RecordedEvent> find_event(Sequence sequence) { return ask<RecordedEvent>(&EventStore::find_event, sequence); }
  Result<LocationPage> list_locations(LocationQuery query) { return ask<LocationPage>(&EventStore::list_locations, std::move(query)); }

 private:
  template <class T, class Question>
  Result<T> ask(void (EventStore::*method)(Question, Callback<T>), Question question) {
    // Shared with the callback, which std::function demands to be copyable.
    const auto answer = std::make_shared<std::promise<Result<T>>>();
    (store_.*method)(std::move(question), [answer](Result<T> result) { answer->set_value(std::move(result)); });
    return answer->get_future().get();
  }

  EventStore& store_;
};

}  // namespace ledger::test
