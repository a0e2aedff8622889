// Computes location_state from the states of all subjects.
#pragma once

#include "domain/subject.h"
#include "storage/sqlite/rows.h"

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>

namespace ledger::storage {

/// For `rebuild` and `verify`, which read every state anyway: sorting four million states by location in SQLite would take a quarter of a rebuild.
/// Needs some 130 bytes of memory for each location. Not thread-safe.
class LocationTotals {
 public:
  /// Call one of them once for each subject of the ledger, in any order.
  void add(LocationRef location, const Association& association);
  void add(LocationRef location, const RelationState& relation);
  void add(LocationRef location, const Installs& installs, Sequence last);

  /// Inserts the rows into location_state. REQUIRES that it is empty and that a write transaction is open. Throws SQLite::Exception.
  void insert_into(SQLite::Database& database) const;

  /// The first location whose row in location_state is missing, differs, or should not exist. Throws SQLite::Exception.
  [[nodiscard]] std::optional<LocationRef> difference(SQLite::Database& database) const;

  [[nodiscard]] std::size_t size() const noexcept { return totals_.size(); }

 private:
  struct Total {
    std::int64_t active = 0;
    std::int64_t deleted = 0;
    Sequence last;
    std::int64_t active_relations = 0;
    std::int64_t deleted_relations = 0;
    Installs installs;

    friend bool operator==(const Total&, const Total&) = default;
  };

  [[nodiscard]] std::map<std::int64_t, Total> in_order() const { return {totals_.begin(), totals_.end()}; }

  std::unordered_map<std::int64_t, Total> totals_;  ///< By surrogate.
};

}  // namespace ledger::storage
