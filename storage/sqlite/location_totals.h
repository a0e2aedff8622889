// Computes location_state from the states of all associations.
#pragma once

#include "domain/fold.h"
#include "storage/sqlite/rows.h"

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>

namespace ledger::storage {

/// For `rebuild` and `verify`, which read every state anyway: sorting four million states by location in SQLite would take a quarter of a rebuild.
/// Needs some 80 bytes of memory for each location. Not thread-safe.
class LocationTotals {
 public:
  /// Call it once for each association of the ledger, in any order.
  void add(LocationRef location, const Association& association);

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

    friend bool operator==(const Total&, const Total&) = default;
  };

  [[nodiscard]] std::map<std::int64_t, Total> in_order() const { return {totals_.begin(), totals_.end()}; }

  std::unordered_map<std::int64_t, Total> totals_;  ///< By surrogate.
};

}  // namespace ledger::storage
