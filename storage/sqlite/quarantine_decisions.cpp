// Writes what an operator decided about deliveries in quarantine, inside the writer's transaction.
#include "storage/sqlite/quarantine_decisions.h"

#include "storage/sqlite/quarantine_reader.h"

#include <string>

namespace ledger::storage {

QuarantineDecisions::QuarantineDecisions(SQLite::Database& database)
    : look_(database,
            "SELECT max(d.sequence), max(d.decided_at) FROM quarantine q LEFT JOIN quarantine_decision d ON d.quarantine_id = q.quarantine_id"
            " WHERE q.quarantine_id = ? GROUP BY q.quarantine_id"),
      insert_(database, "INSERT INTO quarantine_decision (quarantine_id, decision, decided_at, sequence) VALUES (?, ?, ?, ?)") {}

Result<std::optional<Timestamp>> QuarantineDecisions::look(QuarantineId id) {
  Query row(look_);
  if (!row.bind(id.value()).next()) return quarantined_not_found();
  if (const auto sequence = row.optional_integer(0)) return already_admitted(Sequence(*sequence));
  return to_timestamp(row.optional_integer(1));
}

void QuarantineDecisions::admit(QuarantineId id, const Appended& appended, Timestamp now) {
  using Kind = QuarantineDecision::Kind;
  const bool is_new = appended.status == Appended::Status::recorded;
  insert(id, {is_new ? Kind::admitted : Kind::duplicate, now, appended.sequence});
}

void QuarantineDecisions::insert(QuarantineId id, const QuarantineDecision& decision) {
  const std::string kind(name(decision.kind));
  Query row(insert_);
  row.bind(id.value()).bind(kind).bind(to_column(decision.decided_at));
  row.bind(decision.sequence ? std::optional(decision.sequence->value()) : std::nullopt).run();
}

Result<QuarantineId> QuarantineDecisions::dismiss(QuarantineId id, Timestamp now) {
  const Result<std::optional<Timestamp>> dismissed_at = look(id);
  if (!dismissed_at) return dismissed_at.error();
  if (*dismissed_at) {
    return Error{Errc::conflict, "already-dismissed", "The delivery was dismissed already, at " + format_rfc3339(**dismissed_at) + "."};
  }
  insert(id, {QuarantineDecision::Kind::dismissed, now});
  return id;
}

}  // namespace ledger::storage
