// Answers which locations there are, and how many associations each has.
#pragma once

#include "storage/sqlite/read_connection.h"

namespace ledger::storage {

/// As AssociationReader.
class LocationReader {
 public:
  explicit LocationReader(ReadConnection& connection);

  [[nodiscard]] Result<LocationPage> list_locations(const LocationQuery& query);

 private:
  ReadConnection& connection_;
  SQLite::Statement locations_;
};

}  // namespace ledger::storage
