// Writes deliveries to the log, inside the writer's transaction.
#pragma once

#include "storage/bounded_cache.h"
#include "storage/sqlite/rows.h"

#include <SQLiteCpp/Database.h>

#include <optional>
#include <string>

namespace ledger::storage {

/// The end of the log, as the writer knows it between transactions.
struct LogHead {
  Sequence sequence;        ///< 0 when the log is empty.
  Timestamp recorded_at;    ///< Of that event; the epoch when there is none.
  QuarantineId quarantine;  ///< 0 when nothing was quarantined.
};

/// Prepared statements over the log's tables on the writer's connection. Every method REQUIRES an open write transaction (but read_head), throws
/// SQLite::Exception, and leaves rolling back to the caller. REQUIRES trust_to_append(): the guard of `subject` would abort the INSERT that finds
/// out whether an id is known. Not thread-safe, like its connection, which must outlive it.
class EventLog {
 public:
  explicit EventLog(SQLite::Database& database);

  [[nodiscard]] LogHead read_head();

  /// Earlier recordings of the bytes of an event. A signed event has only signed ones, because a signature is evidence.
  struct Recordings {
    std::optional<Sequence> same_kind;  ///< The first one as the same kind.
    bool as_other_kind = false;         ///< Looked up only for an event with a webhook id that has no recording of the same kind.
  };
  /// Not needed for a new subject: equal bytes name the same subject, so they cannot have been recorded before.
  [[nodiscard]] Recordings find_recordings(const NewEvent& event);
  /// Whether the event `sequence` is a recording of these bytes as the same kind.
  [[nodiscard]] bool is_recorded_at(Sequence sequence, const NewEvent& event);

  struct Interned {
    LocationRef location;
    SubjectRef subject;
    SubjectKind kind{};
    bool is_new = false;  ///< The subject has no event yet.
  };
  /// If the bytes of the event were recorded before, possibly as another kind, because the kind came from the URL: the subject of that first
  /// recording, to which this event belongs, too. Else nullopt.
  [[nodiscard]] std::optional<Interned> first_subject_of(const NewEvent& event);
  /// The integer of the subject, inserted now if it is new. `is_probably_new` decides whether the row is looked up or inserted first.
  [[nodiscard]] Interned intern(const LocationId& location, SubjectKind kind, const std::string& id, bool is_probably_new);

  /// After a rollback: integers that the transaction inserted are not in the file.
  void forget() noexcept { locations_.clear(); }

  /// What the writer decides about an event.
  struct Placement {
    SubjectRef subject;
    EventFlags flags;
    Timestamp effective_at;
    Timestamp recorded_at;  ///< Not before the head's.
  };
  /// Appends the event after `head` and updates `head`.
  void append(const NewEvent& event, const Placement& placement, LogHead& head);

  /// The id under which the same body of the same path is in quarantine already, or a new one.
  QuarantineId quarantine(const NewQuarantine& delivery, Timestamp now, LogHead& head);

 private:
  LocationRef intern(const LocationId& location);
  std::optional<SubjectRef> insert(LocationRef location, SubjectKind kind, const std::string& id);
  std::optional<SubjectRef> find(LocationRef location, SubjectKind kind, const std::string& id);
  std::optional<std::int64_t> key_ref(const std::optional<Signature>& signature);

  SQLite::Database& database_;
  SQLite::Statement head_;
  SQLite::Statement quarantine_head_;
  SQLite::Statement find_same_kind_;
  SQLite::Statement find_other_kind_;
  SQLite::Statement find_first_;
  SQLite::Statement is_recording_;
  SQLite::Statement find_location_;
  SQLite::Statement insert_location_;
  SQLite::Statement find_subject_;
  SQLite::Statement insert_subject_;
  SQLite::Statement find_key_;
  SQLite::Statement insert_key_;
  SQLite::Statement insert_event_;
  SQLite::Statement find_quarantine_;
  SQLite::Statement insert_quarantine_;
  BoundedCache<std::string, LocationRef> locations_;
};

}  // namespace ledger::storage
