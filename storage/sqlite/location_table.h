// Writes what location_state says about relations and installs. Projection writes what it says about associations.
#pragma once

#include "domain/installs.h"
#include "storage/sqlite/rows.h"

#include <SQLiteCpp/Database.h>

#include <cstdint>

namespace ledger::storage {

/// Prepared statements on the writer's connection. REQUIRES an open write transaction. A location without a row gets one. Throws SQLite::Exception.
/// Not thread-safe, like its connection, which must outlive it.
class LocationTable {
 public:
  explicit LocationTable(SQLite::Database& database);

  /// Adds to the numbers of relations.
  void count_relations(LocationRef location, std::int64_t active, std::int64_t deleted, Sequence last);
  /// Counts the relations of the location. `last` is used if it has no row yet.
  void recount_relations(LocationRef location, Sequence last);
  /// 0 if the location has no row.
  [[nodiscard]] Sequence last_sequence(LocationRef location);

  [[nodiscard]] Installs installs(LocationRef location);
  void set_installs(LocationRef location, const Installs& installs, Sequence last);

 private:
  SQLite::Statement insert_missing_;
  SQLite::Statement count_relations_;
  SQLite::Statement recount_relations_;
  SQLite::Statement last_sequence_;
  SQLite::Statement find_installs_;
  SQLite::Statement set_installs_;
};

}  // namespace ledger::storage
