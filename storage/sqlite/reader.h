// Answers every question about the ledger on one read-only connection, each in one short read transaction.
#pragma once

#include "domain/event_store.h"
#include "domain/log.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/state_reader.h"
#include "storage/sqlite/stored_fold.h"

#include <chrono>
#include <memory>
#include <optional>

namespace ledger::storage {

/// Blocking and not thread-safe: one reader, one thread. Each method sees one prefix of the log, ends at the deadline (unavailable, "read-timeout"),
/// and answers errors as domain/event_store.h lists them; nothing is thrown.
class Reader {
 public:
  /// Opens a read-only connection. `deadline_ms` bounds each method; `log` outlives it. Throws as open_reader and require_current_schema do.
  Reader(const ConnectionOptions& connection, int deadline_ms, Log& log);
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader();

  [[nodiscard]] Result<AssociationPage> list_associations(const AssociationQuery& query);
  [[nodiscard]] Result<Association> find_association(const AssociationKey& key);
  [[nodiscard]] Result<DeletionPage> list_deletions(const DeletionQuery& query);
  [[nodiscard]] Result<EventPage> list_history(const HistoryQuery& query);
  [[nodiscard]] Result<EventPage> list_events(const EventQuery& query);
  [[nodiscard]] Result<RecordedEvent> find_event(Sequence sequence);
  [[nodiscard]] Result<LocationPage> list_locations(const LocationQuery& query);

 private:
  struct Statements;
  struct Location {
    LocationRef ref;
    Sequence last_sequence;
  };
  struct Found {
    AssociationRef ref;
    Association association;
  };

  template <class T, class Work>
  Result<T> read(Work work);
  static int on_progress(void* self) noexcept;

  Sequence head();
  std::optional<Location> find_location(const LocationId& id);
  std::optional<Found> find(const AssociationKey& key);
  Sequence last_of_association(AssociationRef ref, Sequence through);
  /// No association with a greater surrogate had an event by `through`: surrogates are given out with the first event.
  AssociationRef newest_by(Sequence through);
  Result<Sequence> resolve(const AsOf& as_of, const std::optional<Location>& location);
  /// The association of a row of a list, as it was. REQUIRES that it had an event by then: see newest_by().
  Association as_of(Query& row, const LocationId& location, Sequence through);
  std::optional<LocationSummary> summary_as_of(LocationRef ref, const LocationId& id, Sequence through, AssociationRef newest);
  Timestamp recorded_at(Sequence sequence);
  Deletion with_evidence(Association association);

  Log& log_;
  SQLite::Database database_;
  StoredFold stored_fold_;
  StateReader state_reader_;
  std::unique_ptr<Statements> statements_;
  const std::chrono::milliseconds budget_;
  std::chrono::steady_clock::time_point deadline_;
};

}  // namespace ledger::storage
