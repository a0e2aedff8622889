// Reads and writes rows of location_state: the numbers of a location's associations and relations, its installs, and its last event.
#pragma once

#include "domain/installs.h"
#include "storage/sqlite/rows.h"

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <optional>

namespace ledger::storage {

/// By how much the numbers of active and of deleted subjects change.
struct Change {
  std::int64_t active = 0;
  std::int64_t deleted = 0;
};

/// Of one subject, which is new if there is no `before`.
template <class State>
Change change_of(const std::optional<State>& before, const State& after) {
  Change change;
  if (before) --(before->is_deleted() ? change.deleted : change.active);
  ++(after.is_deleted() ? change.deleted : change.active);
  return change;
}

/// Prepared statements on the writer's connection. REQUIRES an open write transaction. Throws SQLite::Exception. Not thread-safe, like its
/// connection, which must outlive it.
class LocationTable {
 public:
  explicit LocationTable(SQLite::Database& database);

  /// Adds to the numbers. `last` is the last event of the location. A location without a row gets one.
  void count(LocationRef location, const Change& associations, const Change& relations, Sequence last);
  /// Counts the states of the location anew. If it has no row, it gets one with the last event of those that are not stale.
  void recount(LocationRef location);
  /// Sets the last event, whatever the numbers are. A location without a row gets one.
  void touch(LocationRef location, Sequence last);

  [[nodiscard]] Installs installs(LocationRef location);
  /// REQUIRES that the location has a row.
  void set_installs(LocationRef location, const Installs& installs);

 private:
  SQLite::Database& database_;
  SQLite::Statement update_;
  SQLite::Statement insert_;
  SQLite::Statement recount_;
  SQLite::Statement touch_;
  SQLite::Statement find_installs_;
  SQLite::Statement set_installs_;
};

}  // namespace ledger::storage
