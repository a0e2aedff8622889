// Answers which associations a location lost.
#include "storage/sqlite/deletion_reader.h"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>

namespace ledger::storage {
namespace {

constexpr std::int64_t kAnyTime = std::numeric_limits<std::int64_t>::min();

/// The place in front of the first deletion that a query asks for.
DeletionPosition start_of(const DeletionQuery& query) {
  constexpr std::int64_t kAll = std::numeric_limits<std::int64_t>::max();
  // `to` is exclusive, and every sequence is greater than 0.
  DeletionPosition start{Timestamp(std::chrono::milliseconds(kAll)), Sequence(kAll)};
  if (query.to) start = {*query.to, Sequence(0)};
  return query.after ? std::min(start, *query.after) : start;
}

DeletionPosition position(const EndedLife& life) {
  return {life.deleted_at, life.deleted_by};
}

DeletionPosition position(Query& row) {
  return {to_timestamp(row.integer(3)), Sequence(row.integer(4))};
}

}  // namespace

DeletionReader::DeletionReader(ReadConnection& connection, StateAsOf& states)
    : connection_(connection),
      states_(states),
      list_(connection.database(),
            "SELECT b.subject_id, x.definition_ref, x.created_at, x.deleted_at, x.deleted_by, e.kind, t.deleted_by IS x.deleted_by, e.webhook_id,"
            " e.webhook_uuid, e.trace_id, e.recorded_at"
            " FROM deletion x JOIN subject b ON b.subject_ref = x.subject_ref JOIN event e ON e.sequence = x.deleted_by"
            " JOIN association_state t ON t.subject_ref = x.subject_ref"
            " WHERE x.location_ref = ? AND (x.deleted_at, x.deleted_by) < (?, ?) AND x.deleted_at >= ? AND x.subject_ref NOT IN stale_subject"
            " ORDER BY x.deleted_at DESC, x.deleted_by DESC"),
      event_(connection.database(), std::string(kSelectEvent) + " WHERE e.sequence = ?") {}

Result<DeletionPage> DeletionReader::list_deletions(const DeletionQuery& query) {
  DeletionPage page;
  const auto location = connection_.find_location(query.location);
  if (!location) return page;
  page.as_of = location->last_sequence;
  const DeletionPosition start = start_of(query);
  std::vector<Deletion> folded = of_stale(*location, query, start);
  auto next_folded = folded.begin();
  Query row(list_);
  row.bind(location->ref.value())
      .bind(to_column(start.deleted_at))
      .bind(start.deleted_by.value())
      .bind(query.from ? to_column(*query.from) : kAnyTime);
  std::size_t bytes = 0;
  bool has_row = row.next();
  while (has_row || next_folded != folded.end()) {
    if (page.deletions.size() == query.limit || bytes >= query.bytes_max) {
      page.next = position(page.deletions.back().life);
      break;
    }
    if (next_folded != folded.end() && (!has_row || position(next_folded->life) > position(row))) {
      page.deletions.push_back(std::move(*next_folded++));
    } else {
      page.deletions.push_back(read(row, query.location));
      has_row = row.next();
    }
    bytes += text_bytes(*page.deletions.back().life.definition);
  }
  return page;
}

std::vector<Deletion> DeletionReader::of_stale(const ReadConnection::Location& location, const DeletionQuery& query, DeletionPosition start) {
  std::vector<Deletion> deletions;
  const auto add = [&](const FoldedAssociation& folded, const EndedLife& life) {
    if (position(life) < start && (!query.from || life.deleted_at >= *query.from)) deletions.push_back(complete(folded, life));
  };
  for (const StateAsOf::Stale& stale : states_.stale_of(location.ref, query.location)) {
    const FoldedAssociation& folded = stale.folded.association;
    for (const EndedLife& life : folded.former_lives) add(folded, life);
    if (const auto end = present_end(folded.association)) add(folded, *end);
  }
  std::sort(deletions.begin(), deletions.end(),
            [](const Deletion& left, const Deletion& right) { return position(left.life) > position(right.life); });
  return deletions;
}

Deletion DeletionReader::complete(const FoldedAssociation& folded, EndedLife life) {
  Query row(event_);
  row.bind(life.deleted_by.value());
  if (!row.next()) throw std::runtime_error("event " + std::to_string(life.deleted_by.value()) + " is missing");
  RecordedEvent event = read_event(row);
  const bool is_last_life = folded.association.deleted_by == life.deleted_by;
  return {folded.association.key,      std::move(life),           event.kind,       is_last_life,
          std::move(event.webhook_id), std::move(event.trace_id), event.recorded_at};
}

Deletion DeletionReader::read(Query& row, const LocationId& location) {
  Deletion deletion;
  deletion.key = {location, AssociationId(row.bytes(0))};
  deletion.life.definition = states_.definition(DefinitionRef(row.integer(1)));
  deletion.life.created_at = to_timestamp(row.optional_integer(2));
  deletion.life.deleted_at = to_timestamp(row.integer(3));
  deletion.life.deleted_by = Sequence(row.integer(4));
  deletion.deleted_by_kind = read_kind(row.integer(5));
  deletion.is_last_life = row.integer(6) != 0;
  deletion.webhook_id = read_webhook_id(row, 7);
  if (auto id = row.optional_bytes(9)) deletion.trace_id = TraceId(*std::move(id));
  deletion.recorded_at = to_timestamp(row.integer(10));
  return deletion;
}

}  // namespace ledger::storage
