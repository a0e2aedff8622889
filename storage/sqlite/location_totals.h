// What the rows of location_state must say, summed up from the states of all associations.
#pragma once

#include "domain/fold.h"
#include "storage/sqlite/rows.h"

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>

namespace ledger::storage {

/// For those who have every state at hand anyway, `rebuild` and `verify`: sorting four million of them by location took SQLite a quarter of a
/// rebuild. Memory: some 80 bytes for each location. Not thread-safe.
class LocationTotals {
 public:
  /// Once for each association of the ledger, in any order.
  void add(LocationRef location, const Association& association);

  /// Puts the rows into location_state, which REQUIRES to be empty, and a write transaction to be open. Throws SQLite::Exception.
  void insert_into(SQLite::Database& database) const;

  /// The first location whose row in location_state is missing, says something else, or should not be there. Throws SQLite::Exception.
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
