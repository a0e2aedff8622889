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
  /// Null when the location had no event by `through`.
  [[nodiscard]] std::optional<LocationSummary> summary_as_of(LocationRef ref, const LocationId& id, Sequence through, AssociationRef newest);

  ReadConnection& connection_;
  StateAsOf& states_;
  SQLite::Statement locations_;
  SQLite::Statement associations_;
};

}  // namespace ledger::storage
