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
/// SQLite::Exception, and leaves rolling back to the caller. REQUIRES trust_to_append(): the guard of `association` would abort the INSERT that finds
/// out whether an id is known. Not thread-safe, like its connection, which must outlive it.
class EventLog {
 public:
  explicit EventLog(SQLite::Database& database);

  [[nodiscard]] LogHead read_head();

  /// The first recording of the same event, if there is one: an event with the same webhook id and body, or a Delete without webhook id with the same
  /// body. The body names the association, so a new association (see intern()) has none.
  [[nodiscard]] std::optional<Sequence> find_duplicate(const NewEvent& event);

  /// The integer of the association, inserted now if it is new. `kind` is the kind of the event: it decides whether the row is looked up or inserted
  /// first.
  struct Interned {
    LocationRef location;
    AssociationRef association;
    bool is_new = false;  ///< The association has no event yet.
  };
  [[nodiscard]] Interned intern(const AssociationKey& key, EventKind kind);

  /// After a rollback: integers that the transaction inserted are not in the file.
  void forget() noexcept { locations_.clear(); }

  /// Appends the event after `head` and updates `head`. REQUIRES recorded_at not before the head's.
  void append(const NewEvent& event, AssociationRef association, EventFlags flags, Timestamp recorded_at, LogHead& head);

  /// The id under which the same body of the same path is in quarantine already, or a new one.
  QuarantineId quarantine(const NewQuarantine& delivery, Timestamp now, LogHead& head);

 private:
  LocationRef intern(const LocationId& location);
  std::optional<AssociationRef> insert(LocationRef location, const AssociationId& id);
  std::optional<AssociationRef> find(LocationRef location, const AssociationId& id);
  std::optional<std::int64_t> key_ref(const std::optional<Signature>& signature);

  SQLite::Database& database_;
  SQLite::Statement head_;
  SQLite::Statement quarantine_head_;
  SQLite::Statement find_delivery_;
  SQLite::Statement find_location_;
  SQLite::Statement insert_location_;
  SQLite::Statement find_association_;
  SQLite::Statement insert_association_;
  SQLite::Statement find_key_;
  SQLite::Statement insert_key_;
  SQLite::Statement insert_event_;
  SQLite::Statement find_quarantine_;
  SQLite::Statement insert_quarantine_;
  BoundedCache<std::string, LocationRef> locations_;
};

}  // namespace ledger::storage
