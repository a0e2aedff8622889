// Answers questions about the relations of a location.
#pragma once

#include "storage/sqlite/read_connection.h"
#include "storage/sqlite/relation_table.h"
#include "storage/sqlite/state_as_of.h"
#include "storage/sqlite/stored_fold.h"

#include <map>
#include <optional>

namespace ledger::storage {

/// As AssociationReader with Effort::full.
class RelationReader {
 public:
  explicit RelationReader(ReadConnection& connection);

  [[nodiscard]] Result<RelationPage> list_relations(const RelationQuery& query);

 private:
  /// When the last life of an association ended, by its id. Many relations have the same one.
  using Ends = std::map<AssociationId, std::optional<Timestamp>>;

  /// The place after which a page begins; nullopt if that relation is unknown.
  [[nodiscard]] std::optional<SubjectRef> start_of(const RelationQuery& query);
  /// Whether subjects of the location must be folded, because their state is wrong.
  [[nodiscard]] bool has_stale(LocationRef location);
  /// `past` is the prefix that the page shows, if it does not show the present.
  [[nodiscard]] std::optional<Timestamp> association_end(LocationRef location, const AssociationKey& association, std::optional<Sequence> past,
                                                         bool is_stale);

  ReadConnection& connection_;
  StoredFold stored_fold_;
  SQLite::Statement all_;
  SQLite::Statement one_;
  SQLite::Statement beside_stale_;
  SQLite::Statement has_stale_;
  SQLite::Statement of_association_;
  SQLite::Statement of_record_;
  SQLite::Statement association_end_;
};

}  // namespace ledger::storage
