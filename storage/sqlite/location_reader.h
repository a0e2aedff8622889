// Answers which locations there are, and how many associations each has.
#pragma once

#include "storage/sqlite/read_connection.h"
#include "storage/sqlite/stale_reader.h"

namespace ledger::storage {

/// As AssociationReader.
class LocationReader {
 public:
  explicit LocationReader(ReadConnection& connection);

  [[nodiscard]] Result<LocationPage> list_locations(const LocationQuery& query);

 private:
  /// Counts anew what the row of a location says, because some of its associations are stale.
  void recount(LocationSummary& summary, LocationRef location);

  ReadConnection& connection_;
  StaleReader stale_;
  SQLite::Statement locations_;
  SQLite::Statement count_;
};

}  // namespace ledger::storage
