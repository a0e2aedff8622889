// Answers questions about the events of the log.
#include "storage/sqlite/event_reader.h"

#include <string>

namespace ledger::storage {
namespace {

/// Reads events until the page is full. The event that shows that there are more is read and dropped.
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

EventReader::EventReader(ReadConnection& connection)
    : connection_(connection),
      last_of_subject_(connection.database(), "SELECT max(sequence) FROM event WHERE subject_ref = ? AND sequence <= ?"),
      history_(
          connection.database(),
          // The index is in the order of the fold. So only sequences are sorted, not bodies.
          std::string(kSelectEvent) +
              " WHERE e.sequence IN (SELECT sequence FROM event WHERE subject_ref = ? AND sequence > ? AND sequence <= ? ORDER BY sequence LIMIT ?)"
              " ORDER BY e.sequence"),
      events_(connection.database(), std::string(kSelectEvent) + " WHERE e.sequence > ? ORDER BY e.sequence"),
      event_(connection.database(), std::string(kSelectEvent) + " WHERE e.sequence = ?") {}

Result<EventPage> EventReader::list_history(const HistoryQuery& query) {
  const auto found = connection_.find_subject(query.subject, query.association);
  if (!found) return not_found(query.subject);
  const Sequence through = query.through ? last_of_subject(found->ref, *query.through) : found->last_sequence;
  Query row(history_);
  row.bind(found->ref.value()).bind(query.after.value()).bind(through.value()).bind(static_cast<std::int64_t>(query.limit) + 1);
  EventPage page = read_page(row, query.limit, query.bytes_max);
  page.last_sequence = through;
  return page;
}

Sequence EventReader::last_of_subject(SubjectRef ref, Sequence through) {
  Query row(last_of_subject_);
  row.bind(ref.value()).bind(through.value());
  return Sequence(row.next() ? row.integer(0) : 0);
}

Result<EventPage> EventReader::list_events(const EventQuery& query) {
  const Sequence head = connection_.head();
  // An empty page would look like the end of the log to a reader of a log that was exchanged for a shorter one.
  if (query.after > head) return Error{Errc::invalid_request, "after-in-future", "The log ends with event " + std::to_string(head.value()) + "."};
  Query row(events_);
  row.bind(query.after.value());
  EventPage page = read_page(row, query.limit, query.bytes_max);
  page.last_sequence = head;
  return page;
}

Result<RecordedEvent> EventReader::find_event(Sequence sequence) {
  Query row(event_);
  row.bind(sequence.value());
  if (!row.next()) return Error{Errc::not_found, "event-not-found", "The log has no event with this sequence."};
  return read_event(row);
}

}  // namespace ledger::storage
