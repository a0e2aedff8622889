// Answers every question about the ledger on one read-only connection.
#include "storage/sqlite/reader.h"

namespace ledger::storage {

Reader::Reader(const ConnectionOptions& options, int deadline_ms, Log& log, Effort effort)
    : connection_(options, deadline_ms, log),
      states_(connection_.database()),
      associations_(connection_, states_, effort),
      relations_(connection_),
      deletions_(connection_, states_),
      events_(connection_),
      locations_(connection_, states_),
      quarantine_(connection_) {}

Result<AssociationPage> Reader::list_associations(const AssociationQuery& query) {
  return connection_.read<AssociationPage>([&] { return associations_.list_associations(query); });
}

Result<Association> Reader::find_association(const AssociationKey& key) {
  return connection_.read<Association>([&] { return associations_.find_association(key); });
}

Result<RelationPage> Reader::list_relations(const RelationQuery& query) {
  return connection_.read<RelationPage>([&] { return relations_.list_relations(query); });
}

Result<DeletionPage> Reader::list_deletions(const DeletionQuery& query) {
  return connection_.read<DeletionPage>([&] { return deletions_.list_deletions(query); });
}

Result<EventPage> Reader::list_history(const HistoryQuery& query) {
  return connection_.read<EventPage>([&] { return events_.list_history(query); });
}

Result<EventPage> Reader::list_events(const EventQuery& query) {
  return connection_.read<EventPage>([&] { return events_.list_events(query); });
}

Result<RecordedEvent> Reader::find_event(Sequence sequence) {
  return connection_.read<RecordedEvent>([&] { return events_.find_event(sequence); });
}

Result<Sequence> Reader::head() {
  return connection_.read<Sequence>([&]() -> Result<Sequence> { return connection_.head(); });
}

Result<Sequence> Reader::resolve(const LocationId& location, const AsOf& as_of) {
  return connection_.read<Sequence>([&] { return connection_.resolve(as_of, connection_.find_location(location)); });
}

Result<LocationPage> Reader::list_locations(const LocationQuery& query) {
  return connection_.read<LocationPage>([&] { return locations_.list_locations(query); });
}

Result<QuarantinePage> Reader::list_quarantine(const QuarantineQuery& query) {
  return connection_.read<QuarantinePage>([&] { return quarantine_.list(query); });
}

Result<QuarantinedDelivery> Reader::find_quarantined(QuarantineId id) {
  return connection_.read<QuarantinedDelivery>([&] { return quarantine_.find(id); });
}

}  // namespace ledger::storage
