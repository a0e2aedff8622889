// Deletes the current state and folds it again from the log.
#include "storage/sqlite/rebuild.h"

#include "storage/sqlite/association_table.h"
#include "storage/sqlite/checkpointer.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/location_totals.h"
#include "storage/sqlite/migrations.h"
#include "storage/sqlite/process_lock.h"
#include "storage/sqlite/relation_table.h"
#include "storage/sqlite/sqlite_error.h"
#include "storage/sqlite/stored_fold.h"

#include <SQLiteCpp/Transaction.h>

#include <filesystem>
#include <stdexcept>

namespace ledger::storage {
namespace {

constexpr std::int64_t kProgressEvery = 1000;

RebuildReport fold_all(SQLite::Database& database, const Progress& progress) {
  RebuildReport report;
  const std::int64_t total = database.execAndGet("SELECT count(*) FROM subject").getInt64();

  database.exec("DELETE FROM stale_subject");
  database.exec("DELETE FROM location_state");
  database.exec("DELETE FROM deletion");
  database.exec("DELETE FROM association_state");
  database.exec("DELETE FROM relation_state");
  AssociationTable associations(database);
  RelationTable relations(database);
  LocationTotals totals;
  FoldOfAll folds(database);
  const FoldOfAll::Folded* folded = folds.next();
  SQLite::Statement select(database, "SELECT subject_ref, location_ref, kind FROM subject ORDER BY subject_ref");
  std::int64_t done = 0;
  Query row(select);
  while (row.next()) {
    if (folded == nullptr || folded->ref != SubjectRef(row.integer(0))) continue;
    const LocationRef location(row.integer(1));
    const FoldedSubject& subject = folded->folded;
    switch (read_subject_kind(row.integer(2))) {
      case SubjectKind::association:
        associations.insert(location, folded->ref, subject.association);
        totals.add(location, subject.association.association);
        ++report.associations;
        break;
      case SubjectKind::relation:
        relations.insert(location, folded->ref, subject.relation);
        totals.add(location, subject.relation);
        ++report.relations;
        break;
      case SubjectKind::location: totals.add(location, subject.installs, folded->last_sequence); break;
    }
    report.events += folded->events;
    if (++done % kProgressEvery == 0 || done == total) progress(done, total);
    folded = folds.next();
  }
  if (folded != nullptr) throw std::runtime_error("the log has events of a subject that is not there");
  totals.insert_into(database);
  report.locations = static_cast<std::int64_t>(totals.size());
  return report;
}

}  // namespace

RebuildReport rebuild_state(SQLite::Database& database, const Progress& progress) {
  require_current_schema(database, embedded_migrations());
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  const RebuildReport report = fold_all(database, progress);
  transaction.commit();
  empty_log(database);
  return report;
}

Result<RebuildReport> rebuild(const std::string& path, const Progress& progress) {
  std::error_code unseen;
  if (!std::filesystem::is_regular_file(path, unseen))
    return Error{Errc::invalid_request, "database-not-found", path + ": there is no such database"};
  const auto lock = ProcessLock::acquire(path);
  if (!lock) return lock.error();
  try {
    SQLite::Database database = open_writer({.path = path});
    trust_to_append(database);
    return rebuild_state(database, progress);
  } catch (const std::exception& thrown) {
    return opening_error(path, thrown);
  }
}

}  // namespace ledger::storage
