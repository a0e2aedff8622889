// Answers questions about the quarantine.
#include "storage/sqlite/quarantine_reader.h"

#include <stdexcept>
#include <string>

namespace ledger::storage {
namespace {

/// A page looks at this many rows at most, whatever it looks for.
constexpr std::size_t kRowsLookedAtMax = 10'000;

constexpr const char* kQuarantinedColumns =
    "SELECT q.quarantine_id, q.path_kind, q.reason, q.recorded_at, q.source, g.scheme, g.key_id, q.signature, q.body_sha256, length(q.body),"
    " coalesce(f.decision, x.decision), coalesce(f.decided_at, x.decided_at), f.sequence";
constexpr const char* kFromQuarantine =
    " FROM quarantine q LEFT JOIN signing_key g ON g.key_ref = q.key_ref"
    " LEFT JOIN quarantine_decision f ON f.quarantine_id = q.quarantine_id AND f.decision <> 'dismissed'"
    " LEFT JOIN quarantine_decision x ON x.quarantine_id = q.quarantine_id AND x.decision = 'dismissed'";

/// Reads kQuarantinedColumns.
QuarantinedDelivery read_quarantined(Query& row) {
  QuarantinedDelivery found;
  found.id = QuarantineId(row.integer(0));
  if (const auto kind = row.optional_integer(1)) found.path_event = read_kind(*kind);
  found.reason = row.bytes(2);
  found.received_at = to_timestamp(row.integer(3));
  found.delivery.source = read_source(row.integer(4));
  found.delivery.signature = read_signature(row, 5);
  found.delivery.body_sha256 = row.digest(8);
  found.body_bytes = static_cast<std::size_t>(row.integer(9));
  found.decision = read_decision(row, 10);
  return found;
}

}  // namespace

Error quarantined_not_found() {
  return {Errc::not_found, "quarantined-not-found", "No delivery in quarantine has this id."};
}

std::optional<QuarantineDecision> read_decision(Query& row, int first) {
  using Kind = QuarantineDecision::Kind;
  const auto text = row.optional_bytes(first);
  if (!text) return std::nullopt;
  for (const Kind kind : {Kind::admitted, Kind::duplicate, Kind::dismissed}) {
    if (name(kind) != *text) continue;
    const auto sequence = row.optional_integer(first + 2);
    return QuarantineDecision{kind, to_timestamp(row.integer(first + 1)), sequence ? std::optional(Sequence(*sequence)) : std::nullopt};
  }
  throw std::runtime_error("a decision is unknown to this release");
}

QuarantineReader::QuarantineReader(ReadConnection& connection)
    : list_(connection.database(), std::string(kQuarantinedColumns) + kFromQuarantine + " WHERE q.quarantine_id > ? ORDER BY q.quarantine_id"),
      find_(connection.database(), std::string(kQuarantinedColumns) + ", q.body" + kFromQuarantine + " WHERE q.quarantine_id = ?") {}

Result<QuarantinePage> QuarantineReader::list(const QuarantineQuery& query) {
  QuarantinePage page;
  Query row(list_);
  row.bind(query.after.value());
  QuarantineId last = query.after;
  for (std::size_t rows = 0; row.next(); ++rows) {
    if (page.deliveries.size() == query.limit || rows == kRowsLookedAtMax) {
      page.next = last;
      break;
    }
    QuarantinedDelivery found = read_quarantined(row);
    last = found.id;
    if ((query.reason && found.reason != *query.reason) || (query.only_open && found.decision)) continue;
    page.deliveries.push_back(std::move(found));
  }
  return page;
}

Result<QuarantinedDelivery> QuarantineReader::find(QuarantineId id) {
  Query row(find_);
  if (!row.bind(id.value()).next()) return quarantined_not_found();
  QuarantinedDelivery found = read_quarantined(row);
  found.delivery.body = row.bytes(13);
  return found;
}

}  // namespace ledger::storage
