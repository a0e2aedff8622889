// The port behind which the ledger is kept: append events, ask for state, read the log. Whoever keeps it implements this.
#pragma once

#include "domain/association.h"
#include "domain/event.h"
#include "domain/result.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace ledger {

/// Receives one result, exactly once: on a thread of the store, or inside the call itself when the store refuses at once. It must neither block nor
/// throw; whoever wants the result elsewhere carries it there.
template <class T>
using Callback = std::function<void(Result<T>)>;

/// What became of an event handed to append().
struct Appended {
  enum class Status { recorded, duplicate };
  Status status{};
  Sequence sequence;  ///< Of the event, or of the first recording of it.
};

/// The prefix of the log that a question is about. Moments are inclusive and mean recorded-at.
struct Latest {
  friend bool operator==(Latest, Latest) = default;
};
using AsOf = std::variant<Latest, Sequence, Timestamp>;

/// What a page holds in bytes, if nobody says otherwise: of bodies, or of what definitions say.
inline constexpr std::size_t kPageBytesMax = std::size_t{4} * 1024 * 1024;

/// Associations of one location, ordered by id (bytes).
struct AssociationQuery {
  LocationId location;
  AssociationFilter filter;
  AsOf as_of;
  std::optional<AssociationId> after;  ///< Resume behind this id.
  std::size_t limit = 100;
  std::size_t bytes_max = kPageBytesMax;
};
/// A page may be short, even empty, and yet have a `next`: the work for one page is bounded. It ends early when the texts of its definitions have
/// `bytes_max`, but never before its first association.
struct AssociationPage {
  /// The prefix that the page shows. For Latest: the last event of this location, 0 when it has none; nothing in the location changed since.
  Sequence as_of;
  std::vector<Association> associations;
  std::optional<AssociationId> next;
};

/// A deleted association with the Delete that decided the moment.
struct Deletion {
  Association association;
  std::optional<WebhookId> webhook_id;
  std::optional<TraceId> trace_id;
  Timestamp recorded_at;
};
/// Place in a deletion history: newest first, then by id.
struct DeletionPosition {
  Timestamp deleted_at;
  AssociationId id;
};
/// Deleted associations of one location, by deleted_at, newest first; ties by id, ascending.
struct DeletionQuery {
  LocationId location;
  std::optional<Timestamp> from;  ///< Inclusive, compared with deleted_at.
  std::optional<Timestamp> to;    ///< Exclusive.
  AsOf as_of;
  std::optional<DeletionPosition> after;
  std::size_t limit = 100;
  std::size_t bytes_max = kPageBytesMax;
};
/// Ends early as AssociationPage.
struct DeletionPage {
  Sequence as_of;  ///< As in AssociationPage.
  std::vector<Deletion> deletions;
  std::optional<DeletionPosition> next;
};

/// Events of one association, oldest first. A page ends early when its bodies pass `bytes_max`, but never before its first event.
struct HistoryQuery {
  AssociationKey association;
  std::optional<Sequence> through;  ///< The prefix to show; absent: all that is recorded.
  Sequence after;
  std::size_t limit = 100;
  std::size_t bytes_max = kPageBytesMax;
};
/// Events of the whole log, oldest first.
struct EventQuery {
  Sequence after;
  std::size_t limit = 100;
  std::size_t bytes_max = kPageBytesMax;
};
struct EventPage {
  std::vector<RecordedEvent> events;
  /// The prefix shown: of a history, the association's last event in it; of the log, its last event; 0 when empty.
  Sequence last_sequence;
  bool has_more = false;
};

/// Locations, ordered by id (bytes).
struct LocationQuery {
  std::optional<LocationId> after;
  std::optional<Sequence> as_of;  ///< Absent: all that is recorded.
  std::size_t limit = 100;
};
struct LocationSummary {
  LocationId location;
  std::int64_t active_associations = 0;
  std::int64_t deleted_associations = 0;
  Sequence last_sequence;
  Timestamp last_recorded_at;

  friend bool operator==(const LocationSummary&, const LocationSummary&) = default;
};
struct LocationPage {
  Sequence as_of;  ///< The last event of the log, or the one asked for.
  std::vector<LocationSummary> locations;
  std::optional<LocationId> next;
};

/// How the store is. `can_record` is what readiness asks.
struct StoreHealth {
  bool can_record = false;
  std::string why_not;  ///< One sentence; empty when it can.
  Sequence last_sequence;
  std::size_t queued_items = 0;
  std::size_t queued_bytes = 0;
};

/// Answers short questions on the thread that asks them. Not thread-safe: one reader, one thread. Destroy it before the store is closed.
///
/// Each method reads a few rows, and sees a prefix of the log that holds all that was acknowledged before the call. It answers as the method of
/// EventStore with the same name, or unavailable ("question-not-short", "read-timeout", …): then ask the store, which takes its time.
class ShortReader {
 public:
  ShortReader() = default;
  ShortReader(const ShortReader&) = delete;
  ShortReader& operator=(const ShortReader&) = delete;
  virtual ~ShortReader() = default;

  [[nodiscard]] virtual Result<AssociationPage> list_associations(const AssociationQuery& query) = 0;
  [[nodiscard]] virtual Result<Association> find_association(const AssociationKey& key) = 0;
  [[nodiscard]] virtual Result<RecordedEvent> find_event(Sequence sequence) = 0;

  /// The last event of the log; 0 when it is empty.
  [[nodiscard]] virtual Result<Sequence> head() = 0;
  /// The `as_of` that a page about the location would name.
  [[nodiscard]] virtual Result<Sequence> resolve(const LocationId& location, const AsOf& as_of) = 0;
};

/// The ledger's memory. All methods may be called from any thread, none waits for others except close(), though health()
/// asks the file system for its free space; results arrive through callbacks.
///
/// append() and quarantine() answer only when the data is on disk. Their errors: overloaded ("queue-full"), unavailable ("closing", "disk-full",
/// "store-failing", …), outcome_unknown ("commit-failed"), internal. Reads see a prefix of the log, never half an append, and all that was
/// acknowledged before the call. Their errors: invalid_request ("as-of-in-future", "as-of-before-log"), not_found, overloaded, unavailable
/// ("read-timeout"), internal.
class EventStore {
 public:
  EventStore() = default;
  EventStore(const EventStore&) = delete;
  EventStore& operator=(const EventStore&) = delete;
  virtual ~EventStore() = default;

  /// Records an event, or recognises it as recorded already:
  ///   - same kind, webhook id and body: duplicate;
  ///   - a Delete without webhook id, of the same body as another Delete: duplicate, because a delete is final;
  ///   - all else is recorded, also a known webhook id with another body: it is evidence. So is a signature: what came unsigned, as development mode
  ///     takes it, is recorded anew when it comes signed.
  virtual void append(NewEvent event, Callback<Appended> done) = 0;

  /// Keeps what could not be decoded. The same body on the same path has one id, however often it comes; but as append() where it came unsigned.
  virtual void quarantine(NewQuarantine delivery, Callback<QuarantineId> done) = 0;

  /// An unknown location has an empty page. A sequence that the log has not reached, or what lies before its first event: invalid_request.
  virtual void list_associations(AssociationQuery query, Callback<AssociationPage> done) = 0;
  /// not_found ("association-not-found") when never seen; a deleted one is found.
  virtual void find_association(AssociationKey key, Callback<Association> done) = 0;
  virtual void list_deletions(DeletionQuery query, Callback<DeletionPage> done) = 0;
  /// not_found ("association-not-found") when never seen.
  virtual void list_history(HistoryQuery query, Callback<EventPage> done) = 0;
  virtual void list_events(EventQuery query, Callback<EventPage> done) = 0;
  /// not_found ("event-not-found").
  virtual void find_event(Sequence sequence, Callback<RecordedEvent> done) = 0;
  /// as_of in the future: invalid_request.
  virtual void list_locations(LocationQuery query, Callback<LocationPage> done) = 0;

  /// A reader for the calling thread, or for the one thread that it is given to. The store outlives it. Errors: unavailable
  /// ("database-cannot-be-opened").
  [[nodiscard]] virtual Result<std::unique_ptr<ShortReader>> open_short_reader() = 0;

  /// A short text that names this log, of letters, digits, '-' and '_'. It stays the same for the life of the log and differs from that of other
  /// logs. Equal questions about an equal prefix of the same log have equal answers.
  [[nodiscard]] virtual const std::string& log_identity() const noexcept = 0;

  /// The state of the store now. Asking also makes a store that failed to write try again, so that readiness heals without traffic.
  [[nodiscard]] virtual StoreHealth health() = 0;

  /// Refuses new work, commits what was accepted, answers it, and lets go of the disk. Blocks until done; later calls do nothing.
  virtual void close() noexcept = 0;
};

}  // namespace ledger
