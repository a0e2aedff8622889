// Reads the associations of a location as they were at a prefix of the log.
#pragma once

#include "storage/sqlite/state_reader.h"
#include "storage/sqlite/stored_fold.h"

#include <limits>
#include <vector>

namespace ledger::storage {

/// The columns of StateAsOf::read(), where subject is `b` and kStateAsOfJoin follows: three, and then kStateColumns. The CASE spares each row a look
/// into the table of stale subjects, which is empty as a rule.
inline constexpr const char* kStateAsOfColumns =
    "b.subject_ref, b.subject_id,"
    " CASE WHEN t.subject_ref IS NULL THEN 1 WHEN EXISTS (SELECT 1 FROM stale_subject) THEN b.subject_ref IN stale_subject ELSE 0 END,"
    " t.definition_ref, t.created_at, t.updated_at, t.deleted_at, t.last_sequence, t.deleted_by, t.deleted_at_is_dated, t.former_lives, t.inferred";
inline constexpr const char* kStateAsOfJoin = " LEFT JOIN association_state t ON t.subject_ref = b.subject_ref";

/// In place of ReadConnection::newest_by() where no association is to be left out.
inline const SubjectRef kNewestOfAll(std::numeric_limits<std::int64_t>::max());

/// Not thread-safe, like its connection, which must outlive it.
class StateAsOf {
 public:
  explicit StateAsOf(SQLite::Database& database);

  /// Whether read() must fold the association of the row, because it has changed after `through` or its state is stale.
  [[nodiscard]] static bool must_fold(Query& row, Sequence through);

  /// The association of a row of kStateAsOfColumns, as it was after the event `through`. Reads the present state when that is it, else folds the
  /// association's events. REQUIRES that the association had an event by then: see ReadConnection::newest_by(). Throws as StateReader and StoredFold.
  [[nodiscard]] Association read(Query& row, const LocationId& location, Sequence through);

  struct Stale {
    SubjectKind kind{};
    FoldedSubject folded;  ///< An association has its key, others do not.
  };
  /// Every stale subject of the location, as of the end of the log. As a rule nothing is stale, and the call looks into an empty table.
  [[nodiscard]] std::vector<Stale> stale_of(LocationRef location, const LocationId& id);
  [[nodiscard]] SharedDefinition definition(DefinitionRef ref) { return state_reader_.definition(ref); }

  /// How many events were folded since the object was made.
  [[nodiscard]] std::size_t events_folded() const noexcept { return stored_fold_.events_read(); }

 private:
  StoredFold stored_fold_;
  StateReader state_reader_;
  SQLite::Statement stale_;
};

}  // namespace ledger::storage
