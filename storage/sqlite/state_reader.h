// How a row of association_state becomes a value of the domain.
#pragma once

#include "domain/association.h"
#include "storage/sqlite/rows.h"

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <unordered_map>

namespace ledger::storage {

/// The columns of StateReader::read(), where association_state is `t`.
inline constexpr const char* kStateColumns = "t.definition_ref, t.created_at, t.updated_at, t.deleted_at, t.last_sequence, t.deleted_by";

/// Which of kStateColumns is last_sequence.
inline constexpr int kLastSequenceColumn = 4;

/// Remembers the latest definitions: the associations of a list say the same few things of their objects, and joining the table for each was much of
/// the list's time. Not thread-safe, like its connection, which must outlive it.
class StateReader {
 public:
  explicit StateReader(SQLite::Database& database);

  /// Reads kStateColumns from column `first` on. Throws SQLite::Exception, and std::runtime_error when the definition is not there.
  [[nodiscard]] Association read(Query& row, int first, AssociationKey key);

  /// On a connection that writes, after a transaction that was rolled back, whose surrogates may stand for something else now.
  void forget() noexcept { remembered_.clear(); }

 private:
  Definition definition(DefinitionRef ref);

  SQLite::Statement select_definition_;
  std::unordered_map<std::int64_t, Definition> remembered_;  ///< By surrogate; bounded.
};

}  // namespace ledger::storage
