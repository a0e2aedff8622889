// Reads rows of association_state as values of the domain.
#pragma once

#include "domain/association.h"
#include "storage/bounded_cache.h"
#include "storage/sqlite/definitions.h"
#include "storage/sqlite/rows.h"

#include <SQLiteCpp/Database.h>

#include <cstdint>

namespace ledger::storage {

/// The columns of StateReader::read(), where association_state is `t`.
inline constexpr const char* kStateColumns =
    "t.definition_ref, t.created_at, t.updated_at, t.deleted_at, t.last_sequence, t.deleted_by, t.deleted_at_is_dated, t.former_lives, t.inferred";

/// Which of kStateColumns is last_sequence.
inline constexpr int kLastSequenceColumn = 4;

/// Keeps the latest definitions in memory: the associations of a list have the same few definitions, and a join for each would take much of the time
/// of a list. Not thread-safe, like its connection, which must outlive it.
class StateReader {
 public:
  explicit StateReader(SQLite::Database& database);

  /// Reads kStateColumns from column `first` on. Throws SQLite::Exception, and std::runtime_error when the definition is missing.
  [[nodiscard]] Association read(Query& row, int first, AssociationKey key);

  /// Throws as read().
  [[nodiscard]] SharedDefinition definition(DefinitionRef ref);

  /// For a connection that writes, after a rollback: the surrogates of the transaction can belong to other definitions now.
  void forget() noexcept { definitions_.clear(); }

 private:
  SQLite::Statement select_definition_;
  BoundedCache<std::int64_t, SharedDefinition> definitions_{kDefinitionsCachedMax};  ///< By surrogate.
};

}  // namespace ledger::storage
