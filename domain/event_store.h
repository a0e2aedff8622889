// The port between the server and a store of the ledger: append events, ask for state, read the log. Each store implements it.
#pragma once

#include "domain/association.h"
#include "domain/event.h"
#include "domain/installs.h"
#include "domain/relation.h"
#include "domain/result.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace ledger {

/// Receives one result, exactly once: on a thread of the store, or inside of the call itself when the store refuses at once. It must neither block
/// nor throw.
template <class T>
using Callback = std::function<void(Result<T>)>;

/// The outcome of append().
struct Appended {
  enum class Status { recorded, duplicate };
  Status status{};
  Sequence sequence;      ///< Of the event, or of the first recording of it.
  EventFlags flags = {};  ///< Of the event that was recorded; none of a duplicate.
};

/// The prefix of the log that a question is about. Moments are inclusive and mean recorded-at.
struct Latest {
  friend bool operator==(Latest, Latest) = default;
};
using AsOf = std::variant<Latest, Sequence, Timestamp>;

/// The default bound of a page, in bytes of bodies or of the texts of definitions.
inline constexpr std::size_t kPageBytesMax = std::size_t{4} * 1024 * 1024;

/// Associations of one location, ordered by id (bytes).
struct AssociationQuery {
  LocationId location;
  AssociationFilter filter;
  AsOf as_of;
  std::optional<AssociationId> after;  ///< Start after this id.
  std::size_t limit = 100;
  std::size_t bytes_max = kPageBytesMax;
};
/// A page can be short, even empty, and still have a `next`, since the rows read for one page are bounded. It ends early when the texts of its
/// definitions reach `bytes_max`, but not before its first association.
struct AssociationPage {
  /// The prefix that the page shows. For Latest: the last event of this location, 0 when it has none.
  Sequence as_of;
  std::vector<Association> associations;
  std::optional<AssociationId> next;
};

/// Relations of one location, in the order of their first events.
struct RelationQuery {
  LocationId location;
  RelationFilter filter;
  AsOf as_of = {};
  std::optional<RelationId> after;  ///< Start after this relation. After one that is unknown there is nothing.
  std::size_t limit = 100;
};
/// As AssociationPage.
struct RelationPage {
  Sequence as_of;
  std::vector<ShownRelation> relations;
  std::optional<RelationId> next;
};

/// A life of an association that ended, with the event that ended it.
struct Deletion {
  AssociationKey key;
  EndedLife life;
  EventKind deleted_by_kind{};  ///< A Delete, or Missing: then nobody signed it.
  bool is_last_life = false;    ///< The association did not come back.
  std::optional<WebhookId> webhook_id;
  std::optional<TraceId> trace_id;
  Timestamp recorded_at;

  friend bool operator==(const Deletion&, const Deletion&) = default;
};
/// A place in a list of deletions: newest first, then the one that was recorded later.
struct DeletionPosition {
  Timestamp deleted_at;
  Sequence deleted_by;

  friend auto operator<=>(const DeletionPosition&, const DeletionPosition&) = default;
};
/// The deletion history of one location: every life that ended, by deleted_at, newest first.
struct DeletionQuery {
  LocationId location;
  std::optional<Timestamp> from;  ///< Inclusive, compared with deleted_at.
  std::optional<Timestamp> to;    ///< Exclusive.
  std::optional<DeletionPosition> after;
  std::size_t limit = 100;
  std::size_t bytes_max = kPageBytesMax;
};
/// Ends early like AssociationPage.
struct DeletionPage {
  Sequence as_of;  ///< The last event of this location, 0 when it has none.
  std::vector<Deletion> deletions;
  std::optional<DeletionPosition> next;
};

/// Events of one association or relation, oldest first. A page ends early when its bodies reach `bytes_max`, but not before its first event.
struct HistoryQuery {
  AssociationKey association;
  std::optional<Sequence> through;  ///< The prefix to show; absent: the whole log.
  Sequence after;
  std::size_t limit = 100;
  std::size_t bytes_max = kPageBytesMax;
  SubjectKind subject = SubjectKind::association;  ///< What the id of `association` is: that of an association or of a relation.
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

/// Locations, ordered by id (bytes). Every page shows the present.
struct LocationQuery {
  std::optional<LocationId> after;
  std::size_t limit = 100;
};
struct LocationSummary {
  LocationId location;
  std::int64_t active_associations = 0;
  std::int64_t deleted_associations = 0;
  Sequence last_sequence;
  Timestamp last_recorded_at;
  std::int64_t active_relations = 0;   ///< Those that no Delete of their own ended.
  std::int64_t deleted_relations = 0;  ///< Those that one ended.
  Installs installs = {};

  friend bool operator==(const LocationSummary&, const LocationSummary&) = default;
};
struct LocationPage {
  Sequence as_of;  ///< The last event of the log.
  std::vector<LocationSummary> locations;
  std::optional<LocationId> next;
};

/// The quarantine, oldest first.
struct QuarantineQuery {
  QuarantineId after;
  std::size_t limit = 100;
  std::optional<std::string> reason = {};  ///< Only deliveries with this reason.
  bool only_open = false;                  ///< Only deliveries about which nothing was decided.
};
/// A page can be short, as an AssociationPage.
struct QuarantinePage {
  std::vector<QuarantinedDelivery> deliveries;
  std::optional<QuarantineId> next;  ///< The next page is after this one; absent: there is none.
};

/// The state of a store. Readiness asks for `can_record`.
struct StoreHealth {
  bool can_record = false;
  std::string why_not;  ///< One sentence; empty when it can.
  Sequence last_sequence;
  std::size_t queued_items = 0;
  std::size_t queued_bytes = 0;
  std::uintmax_t log_bytes = 0;  ///< Of the write-ahead log.
  /// How long a reader has kept the log from being emptied, so it is at least that old; nullopt when none does.
  std::optional<std::chrono::milliseconds> log_held_for = {};
  /// Subjects whose state does not follow from the log: they are folded for each answer until they are repaired.
  std::int64_t stale_subjects = 0;
};

/// Answers short questions on the thread that asks them. Not thread-safe: one reader, one thread. Destroy it before the store is closed.
///
/// Each method reads a few rows, and sees a prefix of the log that holds all that was acknowledged before the call. It answers as the method of
/// EventStore with the same name, or unavailable ("question-not-short", "read-timeout", …): then ask the store, which takes its time. A ShortReader
/// itself takes every question for a long one.
class ShortReader {
 public:
  ShortReader() = default;
  ShortReader(const ShortReader&) = delete;
  ShortReader& operator=(const ShortReader&) = delete;
  virtual ~ShortReader() = default;

  [[nodiscard]] virtual Result<AssociationPage> list_associations(const AssociationQuery& /*query*/) { return not_short(); }
  [[nodiscard]] virtual Result<Association> find_association(const AssociationKey& /*key*/) { return not_short(); }
  [[nodiscard]] virtual Result<RecordedEvent> find_event(Sequence /*sequence*/) { return not_short(); }

  /// The last event of the log; 0 when it is empty.
  [[nodiscard]] virtual Result<Sequence> head() { return not_short(); }
  /// The `as_of` that a page about the location would name.
  [[nodiscard]] virtual Result<Sequence> resolve(const LocationId& /*location*/, const AsOf& /*as_of*/) { return not_short(); }

 private:
  static Error not_short() { return {Errc::unavailable, "question-not-short", "Ask the store."}; }
};

/// A store of the ledger. All methods may be called from any thread. Only close() blocks, and health(), which asks the file system for its free
/// space. Results arrive through callbacks.
///
/// append() and quarantine() answer only when the data is on disk. Their errors: overloaded ("queue-full"), unavailable ("closing", "disk-full",
/// "store-failing", …), outcome_unknown ("commit-failed"), internal. A read sees a prefix of the log that holds all that was acknowledged before the
/// call. Its errors: invalid_request ("as-of-in-future", "as-of-before-log"), not_found, overloaded, unavailable ("read-timeout"), internal.
class EventStore {
 public:
  EventStore() = default;
  EventStore(const EventStore&) = delete;
  EventStore& operator=(const EventStore&) = delete;
  virtual ~EventStore() = default;

  /// Records an event, or recognises it as a duplicate:
  ///   - same kind, webhook id and body: duplicate;
  ///   - a Delete without webhook id, with the same body as the one that ended the present life: duplicate;
  ///   - everything else is recorded, also a known webhook id with another body: it is evidence. The same bytes once more are flagged `repeat`; the
  ///     same bytes and webhook id as another kind are flagged `kind_conflict` and change no state.
  /// A signature is evidence, too: an event that was recorded unsigned, in development mode, is recorded again when it comes signed.
  ///
  /// With an admission the outcome is also kept as the decision about the quarantined delivery. REQUIRES that the event is what that decodes to. More
  /// errors: conflict ("already-admitted"), naming the sequence.
  virtual void append(NewEvent event, Callback<Appended> done) = 0;

  /// Keeps a delivery that could not be decoded. The same body on the same path has one id, however often it comes. As in append(), a signed delivery
  /// is no duplicate of an unsigned one.
  virtual void quarantine(NewQuarantine delivery, Callback<QuarantineId> done) = 0;
  /// Keeps the decision that the delivery stays what it is. Answers when that is on disk, with the errors of append() and
  /// not_found ("quarantined-not-found"), conflict ("already-admitted", "already-dismissed").
  virtual void dismiss(QuarantineId id, Callback<QuarantineId> done) = 0;

  /// An unknown location has an empty page. An `as_of` that the log has not reached, or before its first event: invalid_request.
  virtual void list_associations(AssociationQuery query, Callback<AssociationPage> done) = 0;
  /// not_found ("association-not-found") when it was never recorded. A deleted association is found.
  virtual void find_association(AssociationKey key, Callback<Association> done) = 0;
  /// As list_associations().
  virtual void list_relations(RelationQuery query, Callback<RelationPage> done) = 0;
  virtual void list_deletions(DeletionQuery query, Callback<DeletionPage> done) = 0;
  /// not_found ("association-not-found", "relation-not-found") when it was never recorded.
  virtual void list_history(HistoryQuery query, Callback<EventPage> done) = 0;
  /// invalid_request ("after-in-future") when the log ends before `after`.
  virtual void list_events(EventQuery query, Callback<EventPage> done) = 0;
  /// not_found ("event-not-found").
  virtual void find_event(Sequence sequence, Callback<RecordedEvent> done) = 0;
  virtual void list_locations(LocationQuery query, Callback<LocationPage> done) = 0;

  virtual void list_quarantine(QuarantineQuery query, Callback<QuarantinePage> done) = 0;
  /// not_found ("quarantined-not-found").
  virtual void find_quarantined(QuarantineId id, Callback<QuarantinedDelivery> done) = 0;

  /// A reader for the calling thread, or for the one thread that it is given to. The store outlives it. Errors: unavailable
  /// ("database-cannot-be-opened").
  [[nodiscard]] virtual Result<std::unique_ptr<ShortReader>> open_short_reader() = 0;

  /// A short text that names this log, of letters, digits, '-' and '_'. It stays the same for the life of the log and differs from that of other
  /// logs. Equal questions about an equal prefix of the same log have equal answers.
  [[nodiscard]] virtual const std::string& log_identity() const noexcept = 0;

  /// The state of the store now. A store that failed to write also tries again, so that readiness recovers without traffic.
  [[nodiscard]] virtual StoreHealth health() = 0;

  /// Refuses new requests, commits and answers the accepted ones, and closes the database. Blocks until done. Later calls do nothing.
  virtual void close() noexcept = 0;
};

}  // namespace ledger
