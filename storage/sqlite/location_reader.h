// Answers which locations there are, and how many associations each has.
#pragma once

#include "storage/sqlite/read_connection.h"
#include "storage/sqlite/state_as_of.h"

namespace ledger::storage {

/// As AssociationReader.
class LocationReader {
 public:
  LocationReader(ReadConnection& connection, StateAsOf& states);

  [[nodiscard]] Result<LocationPage> list_locations(const LocationQuery& query);

 private:
  /// Counts anew what the row of a location says, because some of its subjects are stale. Returns whether its installs were, too, and
  /// were read from the log.
  bool recount(LocationSummary& summary, LocationRef location);

  ReadConnection& connection_;
  StateAsOf& states_;
  SQLite::Statement locations_;
  SQLite::Statement count_associations_;
  SQLite::Statement count_relations_;
};

}  // namespace ledger::storage
