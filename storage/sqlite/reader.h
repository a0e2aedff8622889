// Answers every question about the ledger on one read-only connection.
#pragma once

#include "storage/sqlite/association_reader.h"
#include "storage/sqlite/deletion_reader.h"
#include "storage/sqlite/event_reader.h"
#include "storage/sqlite/location_reader.h"
#include "storage/sqlite/quarantine_reader.h"
#include "storage/sqlite/read_connection.h"
#include "storage/sqlite/relation_reader.h"

namespace ledger::storage {

/// Blocking and not thread-safe: one reader, one thread. Each method sees one prefix of the log, ends at the deadline (unavailable, "read-timeout"),
/// and answers errors as domain/event_store.h lists them. Nothing is thrown. With Effort::little it is the ShortReader of SqliteEventStore.
class Reader final : public ShortReader {
 public:
  /// `deadline_ms` bounds each method; `log` outlives the reader. Throws as ReadConnection.
  Reader(const ConnectionOptions& options, int deadline_ms, Log& log, Effort effort = Effort::full);

  [[nodiscard]] Result<AssociationPage> list_associations(const AssociationQuery& query) override;
  [[nodiscard]] Result<Association> find_association(const AssociationKey& key) override;
  [[nodiscard]] Result<RelationPage> list_relations(const RelationQuery& query);
  [[nodiscard]] Result<DeletionPage> list_deletions(const DeletionQuery& query);
  [[nodiscard]] Result<EventPage> list_history(const HistoryQuery& query);
  [[nodiscard]] Result<EventPage> list_events(const EventQuery& query);
  [[nodiscard]] Result<RecordedEvent> find_event(Sequence sequence) override;
  [[nodiscard]] Result<Sequence> head() override;
  [[nodiscard]] Result<Sequence> resolve(const LocationId& location, const AsOf& as_of) override;
  [[nodiscard]] Result<LocationPage> list_locations(const LocationQuery& query);
  [[nodiscard]] Result<QuarantinePage> list_quarantine(const QuarantineQuery& query);
  [[nodiscard]] Result<QuarantinedDelivery> find_quarantined(QuarantineId id);

 private:
  ReadConnection connection_;
  StateAsOf states_;
  AssociationReader associations_;
  RelationReader relations_;
  DeletionReader deletions_;
  EventReader events_;
  LocationReader locations_;
  QuarantineReader quarantine_;
};

}  // namespace ledger::storage
