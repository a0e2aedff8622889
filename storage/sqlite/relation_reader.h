// Answers questions about the relations of a location.
#pragma once

#include "storage/sqlite/read_connection.h"
#include "storage/sqlite/relation_table.h"

#include <map>
#include <string>

namespace ledger::storage {

/// As AssociationReader. A page looks at 10,000 rows, and then ends early.
class RelationReader {
 public:
  explicit RelationReader(ReadConnection& connection);

  [[nodiscard]] Result<RelationPage> list_relations(const RelationQuery& query);

 private:
  /// When the last life of an association ended, by its id. Many relations have the same one.
  using Ends = std::map<std::string, std::optional<Timestamp>>;

  /// The place after which a page begins; nullopt if that relation is unknown.
  [[nodiscard]] std::optional<SubjectRef> start_of(const RelationQuery& query);
  [[nodiscard]] std::optional<Timestamp> association_end(LocationRef location, const AssociationId& association, Ends& known);

  ReadConnection& connection_;
  SQLite::Statement all_;
  SQLite::Statement one_;
  SQLite::Statement of_association_;
  SQLite::Statement of_record_;
  SQLite::Statement association_end_;
};

}  // namespace ledger::storage
