// Answers which associations a location lost.
#include "storage/sqlite/deletion_reader.h"

#include <algorithm>
#include <limits>

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

}  // namespace

DeletionReader::DeletionReader(ReadConnection& connection)
    : connection_(connection),
      definitions_(connection.database()),
      list_(connection.database(),
            "SELECT b.subject_id, x.definition_ref, x.created_at, x.deleted_at, x.deleted_by, e.kind, t.deleted_by IS x.deleted_by, e.webhook_id,"
            " e.webhook_uuid, e.trace_id, e.recorded_at"
            " FROM deletion x JOIN subject b ON b.subject_ref = x.subject_ref JOIN event e ON e.sequence = x.deleted_by"
            " JOIN association_state t ON t.subject_ref = x.subject_ref"
            " WHERE x.location_ref = ? AND (x.deleted_at, x.deleted_by) < (?, ?) AND x.deleted_at >= ?"
            " ORDER BY x.deleted_at DESC, x.deleted_by DESC") {}

Result<DeletionPage> DeletionReader::list_deletions(const DeletionQuery& query) {
  DeletionPage page;
  const auto location = connection_.find_location(query.location);
  if (!location) return page;
  page.as_of = location->last_sequence;
  const DeletionPosition start = start_of(query);
  Query row(list_);
  row.bind(location->ref.value())
      .bind(to_column(start.deleted_at))
      .bind(start.deleted_by.value())
      .bind(query.from ? to_column(*query.from) : kAnyTime);
  std::size_t bytes = 0;
  while (row.next()) {
    if (page.deletions.size() == query.limit || bytes >= query.bytes_max) {
      const EndedLife& last = page.deletions.back().life;
      page.next = DeletionPosition{last.deleted_at, last.deleted_by};
      break;
    }
    page.deletions.push_back(read(row, query.location));
    bytes += text_bytes(*page.deletions.back().life.definition);
  }
  return page;
}

Deletion DeletionReader::read(Query& row, const LocationId& location) {
  Deletion deletion;
  deletion.key = {location, AssociationId(row.bytes(0))};
  deletion.life.definition = definitions_.definition(DefinitionRef(row.integer(1)));
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
