// Answers every question about the ledger on one read-only connection, each in one short read transaction.
#include "storage/sqlite/reader.h"

#include "storage/sqlite/migrations.h"
#include "storage/sqlite/sqlite_error.h"

#include <sqlite3.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace ledger::storage {
namespace {

/// A page of associations looks at no more rows than this, however few of them match its filter.
constexpr std::size_t kScanRowsMax = 10'000;

/// Leaves none out.
const AssociationRef kNewest(std::numeric_limits<std::int64_t>::max());

/// The columns of the statements that list the associations of a location: the surrogate, the id, and kStateColumns.
constexpr int kStateColumn = 2;

const Error kAssociationNotFound{Errc::not_found, "association-not-found", "The ledger has never seen this association."};
const Error kEventNotFound{Errc::not_found, "event-not-found", "The log has no event with this sequence."};
const Error kAsOfInFuture{Errc::invalid_request, "as-of-in-future", "The log does not reach that far yet."};
const Error kAsOfBeforeLog{Errc::invalid_request, "as-of-before-log", "The log begins after that; what was before it is not known."};

/// The order of a deletion history: newest first, then by id.
bool deleted_before(const Association& left, const Association& right) {
  if (left.state.deleted_at != right.state.deleted_at) return left.state.deleted_at > right.state.deleted_at;
  return left.key.id < right.key.id;
}

bool is_behind(const Association& association, const DeletionPosition& position) {
  if (association.state.deleted_at != position.deleted_at) return association.state.deleted_at < position.deleted_at;
  return association.key.id > position.id;
}

bool is_wanted(const Association& association, const DeletionQuery& query) {
  if (!association.is_deleted()) return false;
  const Timestamp deleted_at = *association.state.deleted_at;
  return (!query.from || deleted_at >= *query.from) && (!query.to || deleted_at < *query.to) &&
         (!query.after || is_behind(association, *query.after));
}

/// Reads events until the page is full; the one that shows there are more is read and dropped.
EventPage read_page(Query& row, std::size_t limit, std::size_t bytes_max) {
  EventPage page;
  std::size_t bytes = 0;
  while (row.next()) {
    if (page.events.size() == limit || bytes >= bytes_max) {
      page.has_more = true;
      break;
    }
    page.events.push_back(read_event(row));
    bytes += page.events.back().delivery.body.size();
  }
  return page;
}

}  // namespace

struct Reader::Statements {
  explicit Statements(SQLite::Database& database)
      : head(database, "SELECT coalesce(max(sequence), 0) FROM event"),
        recorded_at(database, "SELECT recorded_at FROM event WHERE sequence = ?"),
        find_location(database,
                      "SELECT l.location_ref, s.last_sequence FROM location l JOIN location_state s ON s.location_ref = l.location_ref"
                      " WHERE l.location_id = ?"),
        find_association(database, std::string("SELECT a.association_ref, ") + kStateColumns +
                                       " FROM location l JOIN association a ON a.location_ref = l.location_ref"
                                       " JOIN association_state t ON t.association_ref = a.association_ref"
                                       " WHERE l.location_id = ? AND a.association_id = ?"),
        associations(database, std::string("SELECT a.association_ref, a.association_id, ") + kStateColumns +
                                   " FROM association a JOIN association_state t ON t.association_ref = a.association_ref"
                                   " WHERE a.location_ref = ? AND a.association_id > ? AND a.association_ref <= ? ORDER BY a.association_id"),
        // Who is deleted was not always so, but who is not never was: a Delete is final.
        deleted_associations(database, std::string("SELECT a.association_ref, a.association_id, ") + kStateColumns +
                                           " FROM association_state t INDEXED BY association_state_deleted"
                                           " JOIN association a ON a.association_ref = t.association_ref"
                                           " WHERE t.location_ref = ? AND t.association_ref <= ? AND t.deleted_at IS NOT NULL"),
        last_association(database, "SELECT coalesce(max(association_ref), 0) FROM association"),
        first_of_association(database, "SELECT coalesce(min(sequence), 0) FROM event WHERE association_ref = ?"),
        last_of_association(database, "SELECT max(sequence) FROM event WHERE association_ref = ? AND sequence <= ?"),
        history(database, std::string(kSelectEvent) + " WHERE e.association_ref = ? AND e.sequence > ? AND e.sequence <= ? ORDER BY e.sequence"),
        events(database, std::string(kSelectEvent) + " WHERE e.sequence > ? ORDER BY e.sequence"),
        event(database, std::string(kSelectEvent) + " WHERE e.sequence = ?"),
        evidence(database, "SELECT webhook_id, webhook_uuid, trace_id, recorded_at FROM event WHERE sequence = ?"),
        locations(database,
                  "SELECT l.location_ref, l.location_id, s.active_associations, s.deleted_associations, s.last_sequence"
                  " FROM location l JOIN location_state s ON s.location_ref = l.location_ref WHERE l.location_id > ? ORDER BY l.location_id") {}

  SQLite::Statement head;
  SQLite::Statement recorded_at;
  SQLite::Statement find_location;
  SQLite::Statement find_association;
  SQLite::Statement associations;
  SQLite::Statement deleted_associations;
  SQLite::Statement last_association;
  SQLite::Statement first_of_association;
  SQLite::Statement last_of_association;
  SQLite::Statement history;
  SQLite::Statement events;
  SQLite::Statement event;
  SQLite::Statement evidence;
  SQLite::Statement locations;
};

Reader::Reader(const ConnectionOptions& connection, int deadline_ms, Log& log)
    : log_(log),
      database_(open_reader(connection)),
      stored_fold_((require_current_schema(database_, embedded_migrations()), database_)),
      state_reader_(database_),
      statements_(std::make_unique<Statements>(database_)),
      budget_(deadline_ms) {
  // Every 1,000 steps of SQLite's virtual machine, some tens of microseconds.
  sqlite3_progress_handler(database_.getHandle(), 1000, &Reader::on_progress, this);
}

Reader::~Reader() {
  sqlite3_progress_handler(database_.getHandle(), 0, nullptr, nullptr);
}

int Reader::on_progress(void* self) noexcept {
  return std::chrono::steady_clock::now() >= static_cast<Reader*>(self)->deadline_ ? 1 : 0;
}

template <class T, class Work>
Result<T> Reader::read(Work work) {
  deadline_ = std::chrono::steady_clock::now() + budget_;
  try {
    const ReadTransaction transaction(database_);
    return work();
  } catch (const std::exception& thrown) {
    const SqliteFailure failure = failure_of(thrown);
    log_.write(LogLevel::error, "read_failed", {{"fault", name(failure.fault)}, {"code", std::int64_t{failure.code}}, {"error", failure.text}});
    return read_error(failure.fault);
  }
}

Sequence Reader::head() {
  Query row(statements_->head);
  return Sequence(row.next() ? row.integer(0) : 0);
}

std::optional<Reader::Location> Reader::find_location(const LocationId& id) {
  Query row(statements_->find_location);
  row.bind(id.value());
  if (!row.next()) return std::nullopt;
  return Location{LocationRef(row.integer(0)), Sequence(row.integer(1))};
}

std::optional<Reader::Found> Reader::find(const AssociationKey& key) {
  Query row(statements_->find_association);
  row.bind(key.location.value()).bind(key.id.value());
  if (!row.next()) return std::nullopt;
  return Found{AssociationRef(row.integer(0)), state_reader_.read(row, 1, key)};
}

Timestamp Reader::recorded_at(Sequence sequence) {
  Query row(statements_->recorded_at);
  row.bind(sequence.value());
  return row.next() ? to_timestamp(row.integer(0)) : Timestamp{};
}

Result<Sequence> Reader::resolve(const AsOf& as_of, const std::optional<Location>& location) {
  if (std::holds_alternative<Latest>(as_of)) return location ? location->last_sequence : Sequence(0);

  const Sequence end = head();
  if (const auto* sequence = std::get_if<Sequence>(&as_of)) {
    if (sequence->value() < 1) return kAsOfBeforeLog;
    if (*sequence > end) return kAsOfInFuture;
    return *sequence;
  }
  // Sequences are dense and recorded_at never falls, so the last event recorded by then is found by halving, without an index.
  const Timestamp moment = std::get<Timestamp>(as_of);
  std::int64_t recorded = 0;
  std::int64_t beyond = end.value() + 1;
  while (beyond - recorded > 1) {
    const std::int64_t middle = recorded + (beyond - recorded) / 2;
    (recorded_at(Sequence(middle)) <= moment ? recorded : beyond) = middle;
  }
  if (recorded == 0) return kAsOfBeforeLog;
  return Sequence(recorded);
}

AssociationRef Reader::newest_by(Sequence through) {
  std::int64_t known = 0;
  std::int64_t beyond = 1;
  {
    Query last(statements_->last_association);
    if (last.next()) beyond += last.integer(0);
  }
  while (beyond - known > 1) {
    const std::int64_t middle = known + (beyond - known) / 2;
    Query first(statements_->first_of_association);
    first.bind(middle);
    (first.next() && first.integer(0) <= through.value() ? known : beyond) = middle;
  }
  return AssociationRef(known);
}

Association Reader::as_of(Query& row, const LocationId& location, Sequence through) {
  AssociationKey key{location, AssociationId(row.bytes(1))};
  if (Sequence(row.integer(kStateColumn + kLastSequenceColumn)) <= through) return state_reader_.read(row, kStateColumn, std::move(key));
  return stored_fold_.fold_through(AssociationRef(row.integer(0)), key, through).value();
}

Result<AssociationPage> Reader::list_associations(const AssociationQuery& query) {
  return read<AssociationPage>([&]() -> Result<AssociationPage> {
    const std::optional<Location> location = find_location(query.location);
    const Result<Sequence> through = resolve(query.as_of, location);
    if (!through) return through.error();
    AssociationPage page;
    page.as_of = *through;
    if (!location) return page;
    const AssociationRef newest = *through < location->last_sequence ? newest_by(*through) : kNewest;

    const AssociationId start = query.after.value_or(AssociationId{});
    Query row(statements_->associations);
    row.bind(location->ref.value()).bind(start.value()).bind(newest.value());
    AssociationId last_seen = start;
    std::size_t bytes = 0;
    for (std::size_t scanned = 0; row.next(); ++scanned) {
      if (scanned == kScanRowsMax) {
        page.next = last_seen;
        break;
      }
      last_seen = AssociationId(row.bytes(1));
      Association association = as_of(row, query.location, *through);
      if (!query.filter.matches(association)) continue;
      if (page.associations.size() == query.limit || bytes >= query.bytes_max) {
        page.next = page.associations.back().key.id;
        break;
      }
      bytes += text_bytes(association.state.definition);
      page.associations.push_back(std::move(association));
    }
    return page;
  });
}

Result<Association> Reader::find_association(const AssociationKey& key) {
  return read<Association>([&]() -> Result<Association> {
    auto found = find(key);
    if (!found) return kAssociationNotFound;
    return std::move(found->association);
  });
}

Deletion Reader::with_evidence(Association association) {
  Deletion deletion;
  Query row(statements_->evidence);
  row.bind(association.deleted_by.value_or(Sequence{}).value());
  if (row.next()) {
    deletion.webhook_id = read_webhook_id(row, 0);
    if (auto id = row.optional_bytes(2)) deletion.trace_id = TraceId(*std::move(id));
    deletion.recorded_at = to_timestamp(row.integer(3));
  }
  deletion.association = std::move(association);
  return deletion;
}

Result<DeletionPage> Reader::list_deletions(const DeletionQuery& query) {
  return read<DeletionPage>([&]() -> Result<DeletionPage> {
    const std::optional<Location> location = find_location(query.location);
    const Result<Sequence> through = resolve(query.as_of, location);
    if (!through) return through.error();
    DeletionPage page;
    page.as_of = *through;
    if (!location) return page;
    const AssociationRef newest = *through < location->last_sequence ? newest_by(*through) : kNewest;

    // All that are gone are looked at, since a late Delete may have moved any of them, but only one page is held: a heap with the last one on top.
    std::vector<Association> best;
    std::size_t bytes = 0;
    bool has_more = false;
    Query row(statements_->deleted_associations);
    row.bind(location->ref.value()).bind(newest.value());
    while (row.next()) {
      Association association = as_of(row, query.location, *through);
      if (!is_wanted(association, query)) continue;
      bytes += text_bytes(association.state.definition);
      best.push_back(std::move(association));
      std::push_heap(best.begin(), best.end(), deleted_before);
      // The last one has no place where there are enough before it.
      const auto bytes_of_last = [&best] { return text_bytes(best.front().state.definition); };
      while (best.size() > query.limit || bytes - bytes_of_last() >= query.bytes_max) {
        bytes -= bytes_of_last();
        std::pop_heap(best.begin(), best.end(), deleted_before);
        best.pop_back();
        has_more = true;
      }
    }
    std::sort_heap(best.begin(), best.end(), deleted_before);
    if (has_more) page.next = DeletionPosition{*best.back().state.deleted_at, best.back().key.id};
    for (Association& association : best) page.deletions.push_back(with_evidence(std::move(association)));
    return page;
  });
}

Sequence Reader::last_of_association(AssociationRef ref, Sequence through) {
  Query row(statements_->last_of_association);
  row.bind(ref.value()).bind(through.value());
  return Sequence(row.next() ? row.integer(0) : 0);
}

Result<EventPage> Reader::list_history(const HistoryQuery& query) {
  return read<EventPage>([&]() -> Result<EventPage> {
    const auto found = find(query.association);
    if (!found) return kAssociationNotFound;
    const Sequence through = query.through ? last_of_association(found->ref, *query.through) : found->association.last_sequence;
    Query row(statements_->history);
    row.bind(found->ref.value()).bind(query.after.value()).bind(through.value());
    EventPage page = read_page(row, query.limit, query.bytes_max);
    page.last_sequence = through;
    return page;
  });
}

Result<EventPage> Reader::list_events(const EventQuery& query) {
  return read<EventPage>([&]() -> Result<EventPage> {
    Query row(statements_->events);
    row.bind(query.after.value());
    EventPage page = read_page(row, query.limit, query.bytes_max);
    page.last_sequence = head();
    return page;
  });
}

Result<RecordedEvent> Reader::find_event(Sequence sequence) {
  return read<RecordedEvent>([&]() -> Result<RecordedEvent> {
    Query row(statements_->event);
    row.bind(sequence.value());
    if (!row.next()) return kEventNotFound;
    return read_event(row);
  });
}

std::optional<LocationSummary> Reader::summary_as_of(LocationRef ref, const LocationId& id, Sequence through, AssociationRef newest) {
  LocationSummary summary;
  summary.location = id;
  const AssociationId start;
  Query row(statements_->associations);
  row.bind(ref.value()).bind(start.value()).bind(newest.value());
  while (row.next()) {
    const Association association = as_of(row, id, through);
    ++(association.is_deleted() ? summary.deleted_associations : summary.active_associations);
    summary.last_sequence = std::max(summary.last_sequence, association.last_sequence);
  }
  if (summary.last_sequence == Sequence(0)) return std::nullopt;
  return summary;
}

Result<LocationPage> Reader::list_locations(const LocationQuery& query) {
  return read<LocationPage>([&]() -> Result<LocationPage> {
    LocationPage page;
    const Sequence end = head();
    if (query.as_of && *query.as_of > end) return kAsOfInFuture;
    page.as_of = query.as_of.value_or(end);
    const AssociationRef newest = page.as_of < end ? newest_by(page.as_of) : kNewest;
    const LocationId start = query.after.value_or(LocationId{});
    Query row(statements_->locations);
    row.bind(start.value());
    while (row.next()) {
      const LocationId id(row.bytes(1));
      std::optional<LocationSummary> summary;
      if (Sequence(row.integer(4)) <= page.as_of) {
        summary = LocationSummary{id, row.integer(2), row.integer(3), Sequence(row.integer(4)), {}};
      } else {
        summary = summary_as_of(LocationRef(row.integer(0)), id, page.as_of, newest);
      }
      if (!summary) continue;
      if (page.locations.size() == query.limit) {
        page.next = page.locations.back().location;
        break;
      }
      summary->last_recorded_at = recorded_at(summary->last_sequence);
      page.locations.push_back(*std::move(summary));
    }
    return page;
  });
}

}  // namespace ledger::storage
