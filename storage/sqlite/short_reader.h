// Answers short questions on the thread that asks them.
#pragma once

#include "storage/sqlite/association_reader.h"
#include "storage/sqlite/event_reader.h"
#include "storage/sqlite/read_connection.h"

namespace ledger::storage {

/// The ShortReader of SqliteEventStore, on a connection of its own. The bounds of Effort::little hold.
class SqliteShortReader final : public ShortReader {
 public:
  /// `deadline_ms` bounds each method, and the wait for a lock. `log` outlives the reader. Throws as ReadConnection.
  SqliteShortReader(ConnectionOptions options, int deadline_ms, Log& log);

  [[nodiscard]] Result<AssociationPage> list_associations(const AssociationQuery& query) override;
  [[nodiscard]] Result<Association> find_association(const AssociationKey& key) override;
  [[nodiscard]] Result<RecordedEvent> find_event(Sequence sequence) override;
  [[nodiscard]] Result<Sequence> head() override;
  [[nodiscard]] Result<Sequence> resolve(const LocationId& location, const AsOf& as_of) override;

 private:
  ReadConnection connection_;
  StateAsOf states_;
  AssociationReader associations_;
  EventReader events_;
};

}  // namespace ledger::storage
