// Writes the current state of a subject: folds each event into it, in the transaction that appends the event.
#pragma once

#include "domain/subject.h"
#include "storage/sqlite/association_table.h"
#include "storage/sqlite/event_log.h"
#include "storage/sqlite/life_reader.h"
#include "storage/sqlite/location_table.h"
#include "storage/sqlite/relation_table.h"
#include "storage/sqlite/stored_fold.h"

#include <SQLiteCpp/Database.h>

#include <optional>

namespace ledger::storage {

/// For subjects of every kind, on the writer's connection. REQUIRES an open write transaction for apply() and replace(). Throws SQLite::Exception,
/// and std::runtime_error for rows that contradict the log. Not thread-safe, like its connection, which must outlive it.
class Projection {
 public:
  explicit Projection(SQLite::Database& database);

  /// The current state. Of a location, which has none of its own, the installs.
  [[nodiscard]] SubjectState find(const EventLog::Interned& refs, const AssociationKey& key);

  /// Folds `event`, which is appended already, into the state `before`. One that does not sort last, and only sets fields of an association, sets
  /// those that no later event carries. Any other changes the lives around it. Only where LifeReader cannot say which, or if the subject is a
  /// location, it is folded from all its events in the log. The body of `event` is not used.
  void apply(const EventLog::Interned& refs, const AssociationKey& key, const SubjectState& before, FoldEvent event);

  /// Writes the state of a subject anew, and counts its location again. REQUIRES the fold of all its events. Cost: a read of each state of the
  /// location.
  void replace(const EventLog::Interned& refs, const FoldedSubject& folded);

  /// As LocationTable::touch().
  void touch(LocationRef location, Sequence last) { locations_.touch(location, last); }

  /// Call it after a rollback.
  void forget() noexcept { associations_.forget(); }

 private:
  void apply_to_association(const EventLog::Interned& refs, const AssociationKey& key, const std::optional<Association>& before, FoldEvent event);
  void apply_to_relation(const EventLog::Interned& refs, const std::optional<RelationState>& before, FoldEvent event);
  void apply_to_installs(const EventLog::Interned& refs, const Installs& before, const FoldEvent& event);
  /// Writes the association after a late event that changes its lives, and returns it.
  Association change_lives(const EventLog::Interned& refs, const Association& before, const FoldEvent& event, const ChangedLives& changed);
  RelationState with_late_event(SubjectRef relation, const RelationState& before, const FoldEvent& event);

  AssociationTable associations_;
  RelationTable relations_;
  LocationTable locations_;
  StoredFold stored_fold_;
  LifeReader lives_;
};

}  // namespace ledger::storage
