// Writes deliveries to the log, inside the writer's transaction.
#pragma once

#include "domain/subject.h"
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

    /// `kind_conflict` and `repeat`.
    [[nodiscard]] EventFlags flags() const noexcept;
  };
  /// Not needed for a new subject: equal bytes name the same subject, so they cannot have been recorded before.
  [[nodiscard]] Recordings find_recordings(const NewEvent& event);
  /// The first recording of an event that is a duplicate (domain/event_store.h). `before` is its subject before it.
  [[nodiscard]] std::optional<Sequence> find_duplicate(const NewEvent& event, const Recordings& known, const SubjectState& before);

  struct Interned {
    LocationRef location;
    SubjectRef subject;
    SubjectKind kind{};
    bool is_new = false;  ///< The subject has no event yet.
  };
  /// The integer of the subject of an event, inserted now if it is new. An event of another kind than the first recording of its bytes belongs to the
  /// subject of that, since it is folded into none.
  [[nodiscard]] Interned intern(const NewEvent& event);
  /// The same without inserting: nullopt if the subject is new.
  [[nodiscard]] std::optional<Interned> find(const NewEvent& event);

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
  /// The subject of the first recording of the bytes of an event, if they can be recorded as another kind: nullopt if there is none.
  std::optional<Interned> first_subject_of(const NewEvent& event);
  LocationRef intern(const LocationId& location);
  std::optional<LocationRef> find(const LocationId& location);
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
