// Writes the current state of a subject of any kind, in the transaction that appends its event.
#pragma once

#include "domain/subject.h"
#include "storage/sqlite/location_table.h"
#include "storage/sqlite/projection.h"
#include "storage/sqlite/relation_table.h"

#include <SQLiteCpp/Database.h>

namespace ledger::storage {

/// As Projection, for every kind of subject.
class SubjectProjection {
 public:
  explicit SubjectProjection(SQLite::Database& database);

  /// The current state. Of a location, which has none of its own, the installs.
  [[nodiscard]] SubjectState find(const EventLog::Interned& refs, const AssociationKey& key);

  /// Folds `event`, which is appended already, into the state `before`. One that does not sort last makes the installs of a location be folded from
  /// all their events in the log, and a relation where Projection would do so.
  void apply(const EventLog::Interned& refs, const AssociationKey& key, const SubjectState& before, FoldEvent event);

  /// Writes the state of a subject anew, and counts its location again. REQUIRES the fold of all its events. Cost: a read of
  /// each state of the location.
  void replace(const EventLog::Interned& refs, const FoldedSubject& folded);

  /// As LocationTable::touch().
  void touch(LocationRef location, Sequence last) { locations_.touch(location, last); }

  /// Call it after a rollback.
  void forget() noexcept { associations_.forget(); }

 private:
  RelationState with_late_event(SubjectRef relation, const RelationState& before, const FoldEvent& event);
  void apply_to_relation(const EventLog::Interned& refs, const std::optional<RelationState>& before, FoldEvent event);
  void apply_to_installs(const EventLog::Interned& refs, const Installs& before, const FoldEvent& event);

  LocationTable locations_;
  Projection associations_;
  RelationTable relations_;
  StoredFold stored_fold_;
  LifeReader lives_;
};

}  // namespace ledger::storage
