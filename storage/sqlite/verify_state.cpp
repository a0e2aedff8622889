// Checks the current state of a database against the fold of its events.
#include "storage/sqlite/verify_state.h"

#include "storage/sqlite/location_totals.h"
#include "storage/sqlite/relation_table.h"
#include "storage/sqlite/state_reader.h"
#include "storage/sqlite/stored_fold.h"

namespace ledger::storage {
namespace {

/// Compares rows of association_state and deletion with what was folded.
class AssociationCheck {
 public:
  explicit AssociationCheck(SQLite::Database& database)
      : states_(database),
        select_(database, std::string("SELECT ") + kStateColumns + " FROM association_state t WHERE t.subject_ref = ?"),
        select_deletion_(
            database, "SELECT subject_ref, created_at, definition_ref FROM deletion WHERE location_ref = ? AND deleted_at = ? AND deleted_by = ?") {}

  void check(const std::string& where, LocationRef location, const FoldOfAll::Folded& folded) {
    const FoldedAssociation& expected = folded.folded.association;
    {
      Query row(select_);
      row.bind(folded.ref.value());
      if (!row.next()) diverges(where, "it has events and no state");
      const Association state = readable(where + ": ", [&] { return states_.read(row, 0, {}); });
      if (state != expected.association) diverges(where, "its state is not the fold of its events");
    }
    for (const EndedLife& life : expected.former_lives) check_deletion(where, location, folded.ref, life);
    if (const auto end = present_end(expected.association)) check_deletion(where, location, folded.ref, *end);
  }

  [[nodiscard]] std::int64_t ended_lives() const noexcept { return ended_lives_; }

 private:
  void check_deletion(const std::string& where, LocationRef location, SubjectRef association, const EndedLife& life) {
    Query row(select_deletion_);
    row.bind(location.value()).bind(to_column(life.deleted_at)).bind(life.deleted_by.value());
    const bool is_there =
        row.next() && row.integer(0) == association.value() && readable(where + ": ", [&] {
          return to_timestamp(row.optional_integer(1)) == life.created_at && states_.definition(DefinitionRef(row.integer(2))) == life.definition;
        });
    if (!is_there) diverges(where, "its deletions are not those of its events");
    ++ended_lives_;
  }

  StateReader states_;
  SQLite::Statement select_;
  SQLite::Statement select_deletion_;
  std::int64_t ended_lives_ = 0;
};

/// Compares rows of relation_state with what was folded.
class RelationCheck {
 public:
  explicit RelationCheck(SQLite::Database& database)
      : select_(database, std::string("SELECT t.location_ref, ") + kRelationColumns + " FROM relation_state t WHERE t.subject_ref = ?") {}

  void check(const std::string& where, LocationRef location, const FoldOfAll::Folded& folded) {
    Query row(select_);
    row.bind(folded.ref.value());
    if (!row.next()) diverges(where, "it has events and no state");
    const RelationState state = readable(where + ": ", [&] { return read_relation(row, 1, {}); });
    if (state != folded.folded.relation || LocationRef(row.integer(0)) != location) diverges(where, "its state is not the fold of its events");
  }

 private:
  SQLite::Statement select_;
};

std::int64_t count(SQLite::Database& database, const char* query) {
  return database.execAndGet(query).getInt64();
}

void check_marks(SQLite::Database& database) {
  SQLite::Statement select(
      database,
      "SELECT l.location_id, b.subject_id, k.name FROM stale_subject s JOIN subject b ON b.subject_ref = s.subject_ref"
      " JOIN subject_kind k ON k.kind = b.kind JOIN location l ON l.location_ref = b.location_ref ORDER BY s.subject_ref LIMIT 1");
  Query row(select);
  if (row.next()) diverges(row.bytes(2) + " " + row.bytes(1) + " of location " + row.bytes(0), "it is marked as stale and not repaired yet");
}

}  // namespace

void check_state(SQLite::Database& database, const Advance& advance, VerifyReport& report) {
  check_marks(database);
  FoldOfAll folds(database);
  LocationTotals totals;
  Sequence last_first;
  SQLite::Statement select(database,
                           "SELECT b.subject_ref, b.location_ref, b.kind, l.location_id, b.subject_id FROM subject b"
                           " JOIN location l ON l.location_ref = b.location_ref ORDER BY b.subject_ref");
  AssociationCheck associations(database);
  RelationCheck relations(database);
  Query row(select);
  while (row.next()) {
    const SubjectKind kind = readable("subject: ", [&row] { return read_subject_kind(row.integer(2)); });
    const std::string where = std::string(name(kind)) + " " + row.bytes(4) + " of location " + row.bytes(3);
    const FoldOfAll::Folded* const folded = folds.next();
    if (folded == nullptr || folded->ref != SubjectRef(row.integer(0))) diverges(where, "it has no event");
    // Queries about the past depend on this order.
    if (folded->first_sequence < last_first) diverges(where, "it was numbered before a subject that is older");
    last_first = folded->first_sequence;
    const LocationRef location(row.integer(1));
    switch (kind) {
      case SubjectKind::association:
        associations.check(where, location, *folded);
        totals.add(location, folded->folded.association.association);
        ++report.associations;
        break;
      case SubjectKind::relation:
        relations.check(where, location, *folded);
        totals.add(location, folded->folded.relation);
        ++report.relations;
        break;
      case SubjectKind::location: totals.add(location, folded->folded.installs, folded->last_sequence); break;
    }
    advance();
  }
  if (count(database, "SELECT count(*) FROM association_state") != report.associations)
    diverges("association_state", "there is a state without an association");
  if (count(database, "SELECT count(*) FROM relation_state") != report.relations) diverges("relation_state", "there is a state without a relation");
  if (count(database, "SELECT count(*) FROM deletion") != associations.ended_lives()) diverges("deletion", "there is a row that no event explains");
  if (const auto location = readable("location_state: ", [&] { return totals.difference(database); })) {
    diverges("location_state row " + std::to_string(location->value()), "it does not follow from the subjects of the location");
  }
}

}  // namespace ledger::storage
