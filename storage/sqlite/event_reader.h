// Answers questions about the events of the log.
#pragma once

#include "storage/sqlite/read_connection.h"

namespace ledger::storage {

/// As AssociationReader.
class EventReader {
 public:
  explicit EventReader(ReadConnection& connection);

  [[nodiscard]] Result<EventPage> list_history(const HistoryQuery& query);
  [[nodiscard]] Result<EventPage> list_events(const EventQuery& query);
  [[nodiscard]] Result<RecordedEvent> find_event(Sequence sequence);

 private:
  [[nodiscard]] Sequence last_of_subject(SubjectRef ref, Sequence through);

  ReadConnection& connection_;
  SQLite::Statement last_of_subject_;
  SQLite::Statement history_;
  SQLite::Statement events_;
  SQLite::Statement event_;
};

}  // namespace ledger::storage
